"""A type of a crate's ABI surface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from layoutcheck.bindings.rustdoc.accessors import Method
from layoutcheck.bindings.rustdoc.repr_words import Kind
from layoutcheck.location import SourceLocation

__all__ = ["SurfaceType"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceType:
    """A type of the crate with a `repr` that fixes its layout, or one that may lack such a `repr`.

    - `rust_path`: where it is declared.
    - `public_path`: how another crate can write it in Rust, after the surface's `openings` are made
      (None: it cannot).
    - `repr`: the words of the attributes ("C", "packed(4)"). A type with none is public, and has
      fields with names.
    - `generic`: it has type or const parameters, and so no single layout; lifetimes do not count.
    - `opaque`: no field takes any bytes; all are such as `[u8; 0]`, `()` and `PhantomData`.
    - `fields`: names, a tuple's "0", "1"; for an enum its variants.
    - `lines`: of the fields or variants, in their order, in the type's file; 0 for one that stands
      in another file, as a macro may write it.
    - `defined_in`: the C header in the type's documentation after "defined in", as it is written
      there.
    - `methods`: those that another crate can call.
    - `of`: path of the type that this is another name of, by `pub use`, or, if it `is_alias`, by
      `pub type`, which may give a generic type its arguments.
    - `is_foreign`: another crate declares it. Only rustc knows its fields, and its `repr` is
      unknown.
    """

    rust_path: str
    kind: Kind
    repr: tuple[str, ...]
    generic: bool
    public_path: str | None
    location: SourceLocation
    opaque: bool
    fields: tuple[str, ...]
    lines: tuple[int, ...] = ()
    defined_in: str | None = None
    methods: tuple[Method, ...] = ()
    of: str | None = None
    is_alias: bool = False
    is_foreign: bool = False

    @property
    def subject(self) -> Literal["record", "alias"]:
        """Return the kind under which it is compared."""
        return "alias" if self.is_alias else "record"

    @property
    def name(self) -> str:
        """Return the last segment of the path."""
        return self.rust_path.rpartition("::")[2]

    @property
    def member_names(self) -> frozenset[str]:
        """Return the names that may be renamed: fields, and methods with and without `set_`."""
        methods = [method.name for method in self.methods]
        return frozenset((*self.fields, *methods, *(n.removeprefix("set_") for n in methods)))
