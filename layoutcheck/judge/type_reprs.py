"""Layouts and ways of passing that rustc promises for Rust types. Pure.

DWARF says what rustc has chosen, not what it must choose. The promise for a crate's own types is in
rustdoc, for another crate's types in rustc's lint `improper_ctypes`. For types of `core`, `alloc`
and `std` it is in their documentation, and is listed here. A layout that is not promised may change
with any release.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from layoutcheck.model.layout import (
    ArrayType,
    EnumType,
    PointerType,
    RecordLayout,
    Type,
    strip,
)

__all__ = ["OPTION", "Repr", "Reprs", "is_part_of_library", "path_of"]

Repr: TypeAlias = Literal["free", "transparent", "fixed"]
"""Promise for a type.

- "free": rustc may lay it out as it likes.
- "transparent": it is laid out and passed like its one member.
- "fixed": it has any other fixed layout.
"""

LIBRARIES: Final = frozenset(("alloc", "core", "std"))

# Keys are the paths of declaration, which DWARF has. The std documentation of each type promises
# its layout ("guaranteed to have the same ... as `T`", or a public `repr`). The documentation of
# primitive `fn`, "ABI compatibility", promises that they are passed alike. Types without a comment
# are `repr(transparent)`.
PROMISED: Final[Mapping[str, Repr]] = MappingProxyType(
    {
        "core::cell::Cell": "transparent",
        "core::cell::SyncUnsafeCell": "transparent",
        "core::cell::UnsafeCell": "transparent",
        "core::cmp::Reverse": "transparent",
        "core::mem::manually_drop::ManuallyDrop": "transparent",
        "core::mem::maybe_dangling::MaybeDangling": "transparent",  # inside ManuallyDrop
        "core::mem::maybe_uninit::MaybeUninit": "transparent",
        "core::num::nonzero::NonZero": "transparent",
        "core::num::saturating::Saturating": "transparent",
        "core::num::wrapping::Wrapping": "transparent",
        "core::pin::Pin": "transparent",
        "core::ptr::non_null::NonNull": "transparent",
        "core::cmp::Ordering": "fixed",  # repr(i8)
        "core::ffi::c_void": "fixed",  # repr(u8)
        "core::marker::PhantomData": "fixed",  # no size, alignment 1
        "core::marker::PhantomPinned": "fixed",  # no size
    }
)
# Atomics have the size, alignment and bits of their integers. It is not documented that they are
# passed like them. The types of core::arch are those of the architecture's C.
FIXED: Final = re.compile(r"core::(?:sync::atomic::Atomic\w*|core_arch::(?:\w+::)*\w+)")
# Rust's type for C's `...` depends on the architecture, and is documented for none. A Result may
# have a type without a size other than `()`. Its alignment is not known here.
UNKNOWN: Final = re.compile(r"core::ffi::(?:va_list::)?VaList\w*|core::result::Result")

OPTION: Final = "core::option::Option"
RESULT: Final = re.compile(r"core::result::Result<(?:\(\), .*|.*, \(\))>")
"""`Result` of which one variant has no data."""
WITH_NICHE: Final = frozenset(("core::num::nonzero::NonZero", "core::ptr::non_null::NonNull"))

TUPLE: Final = re.compile(r"\((?!\))")
WIDE: Final = re.compile(r"[&*]")
"""Beginning of the names of pointers with a length or a table of methods."""
NAMELESS: Final = re.compile(r"\{(?:closure|async|gen|coroutine)\w*#\d+\}")


def path_of(type_: Type | None) -> str | None:
    """Return the path of a named type's declaration, without its generic arguments."""
    if not isinstance(type_, RecordLayout | EnumType) or type_.name is None:
        return None
    return type_.name.partition("<")[0]


def is_part_of_library(holder: RecordLayout | None, held: Type | None) -> bool:
    """Return whether a library's type has the held type as its own part, not as an argument.

    An argument is in the name of the holder. A part is not: an `Atomic<u32>` has the part
    `core::sync::atomic::private::Align4<u32>`. The promise for the holder covers the part, and the
    part may be another type in another release.
    """
    path = path_of(held)
    if holder is None or holder.name is None or path is None:
        return False
    are_librarys = all(one.partition("::")[0] in LIBRARIES for one in (holder.name, path))
    return are_librarys and path not in holder.name


def _is_option(record: RecordLayout) -> bool:
    """Return whether it is an Option, or a Result that is one apart from its variants' names."""
    return path_of(record) == OPTION or RESULT.fullmatch(record.name or "") is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprs:
    """Known `Repr`s of types that are not of Rust's own libraries, by the path of declaration.

    Nothing is known of a type that is in none of the three sets.
    """

    free: frozenset[str] = frozenset()
    transparent: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()

    def knows(self, path: str) -> bool:
        """Return whether the type is in one of the three sets."""
        return path in self.fixed or path in self.free or path in self.transparent

    def adding(self, known: Iterable[tuple[str, Repr]]) -> Reprs:
        """Return a copy with these paths added."""
        more: dict[Repr, set[str]] = {"free": set(), "transparent": set(), "fixed": set()}
        for path, said in known:
            more[said].add(path)
        return Reprs(
            free=self.free | more["free"],
            transparent=self.transparent | more["transparent"],
            fixed=self.fixed | more["fixed"],
        )

    def of(self, type_: Type | None) -> Repr | None:
        """Return how a type may be laid out; None if that is not known.

        Only the type itself counts, not the types that it holds. An array is like its elements, but
        "fixed" if they are "transparent". Scalars and thin pointers are "fixed".
        """
        type_ = strip(type_)
        if isinstance(type_, ArrayType):
            element = self.of(type_.element)
            return "fixed" if element == "transparent" else element
        name = path_of(type_)
        if name is None:
            return "fixed"
        if TUPLE.match(name) or WIDE.match(name) or NAMELESS.search(name):
            return "free"
        if name.partition("::")[0] in LIBRARIES:
            return self._of_library(type_, name)
        if name in self.free:
            return "free"
        if name in self.transparent:
            return "transparent"
        return "fixed" if name in self.fixed else None

    def _of_library(self, type_: Type | None, path: str) -> Repr | None:
        if isinstance(type_, RecordLayout) and _is_option(type_):
            return self._of_option(type_)
        if path in PROMISED:
            return PROMISED[path]
        if UNKNOWN.fullmatch(path):
            return None
        return "fixed" if FIXED.fullmatch(path) else "free"

    def _of_option(self, option: RecordLayout) -> Repr | None:
        """Return how an Option may be laid out.

        An Option of a type that is never null is passed as that type, with null for None (the std
        documentation of `Option` and `Result`, "Representation").
        """
        payload = next((member for member in option.members if member.bit_size), None)
        if payload is None and option.is_declaration:
            return None
        if payload is None or payload.bit_size != option.byte_size * 8:
            return "free"
        never_null = self._is_never_null(payload.type)
        return None if never_null is None else "transparent" if never_null else "free"

    def _is_never_null(self, type_: Type | None) -> bool | None:
        """Return whether it is promised that null is no value of a type; None if not known."""
        type_ = strip(type_)
        if isinstance(type_, PointerType) or path_of(type_) in WITH_NICHE:
            return True
        said = self.of(type_)
        if said != "transparent" or not isinstance(type_, RecordLayout):
            return None if said is None else False
        inner = next((member.type for member in type_.members if member.bit_size), None)
        return None if inner is None else self._is_never_null(inner)
