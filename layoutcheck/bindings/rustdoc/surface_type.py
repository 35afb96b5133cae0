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
    """A type of the crate whose layout its author fixed with `repr`, or which may lack that.

    `rust_path` is where it is declared, `public_path` how another crate can write it in Rust once
    the surface's `openings` are made (None: it cannot). `repr` holds the words of the attributes
    ("C", "packed(4)"), or none: such types are public, and have fields with names. `generic` types
    have type or const parameters, so no single layout; lifetimes do not count. An `opaque` type has
    no field that takes room, only such as `[u8; 0]`, `()` and `PhantomData`. `fields` are names,
    a tuple's "0", "1"; for an enum its variants. `defined_in` is the C header that the type's
    documentation says it is "defined in", as it is written there. `methods` are those that another
    crate can call.

    `of` is the path of the type of which this is another name: by `pub use`, or, if it `is_alias`,
    by `pub type`, which may give a generic type its parameters. Of a type that `is_foreign`, which
    another crate declares, only rustc knows the fields, and nobody the `repr`.
    """

    rust_path: str
    kind: Kind
    repr: tuple[str, ...]
    generic: bool
    public_path: str | None
    location: SourceLocation
    opaque: bool
    fields: tuple[str, ...]
    defined_in: str | None = None
    methods: tuple[Method, ...] = ()
    of: str | None = None
    is_alias: bool = False
    is_foreign: bool = False

    @property
    def subject(self) -> Literal["record", "alias"]:
        """The kind under which it is judged."""
        return "alias" if self.is_alias else "record"

    @property
    def name(self) -> str:
        """The last segment of the path."""
        return self.rust_path.rpartition("::")[2]

    @property
    def member_names(self) -> frozenset[str]:
        """Return the names that may be renamed: fields, and methods with and without `set_`."""
        methods = [method.name for method in self.methods]
        return frozenset((*self.fields, *methods, *(n.removeprefix("set_") for n in methods)))
