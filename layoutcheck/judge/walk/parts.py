"""Predicates and small functions on types, for the walk. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from layoutcheck.judge.idioms import ANYTHING, is_opaque, see_through
from layoutcheck.judge.walk.calls import is_called_alike
from layoutcheck.judge.walk.differences import Difference, Edge, unknown
from layoutcheck.judge.walk.scalars import element_of, innermost, is_room
from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    FunctionType,
    Member,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    byte_size_of,
    spell,
    strip,
)
from layoutcheck.model.words import counted

__all__ = [
    "Emit",
    "as_newtype",
    "at_path",
    "call_words",
    "ignore",
    "in_parts",
    "is_anything",
    "is_base",
    "is_complex",
    "is_data",
    "is_declared_only",
    "is_nothing",
    "pointed_function",
    "pointer_depth",
    "presence",
    "stands_for",
]

PARTS: Final = 2
"""Number of parts of a `_Complex`: the real and the imaginary one."""
Emit: TypeAlias = Callable[[Edge], None]
"""Function that takes the pairs of records that a walk meets."""


def pointed_function(type_: Type | None) -> FunctionType | None:
    """Return the function that a pointer, or each of an array of pointers, points to."""
    inner = see_through(type_)
    while isinstance(inner, ArrayType):
        inner = see_through(inner.element)
    pointee = strip(inner.pointee) if isinstance(inner, PointerType) else None
    return pointee if isinstance(pointee, FunctionType) else None


def pointer_depth(type_: Type | None) -> int:
    """Return the number of pointers that lead to a type that is no pointer."""
    inner, depth = see_through(type_), 0
    while isinstance(inner, PointerType):
        inner, depth = see_through(inner.pointee), depth + 1
    return depth


def is_data(rust: Type | None) -> Difference | None:
    """Return an unknown difference if a type is, or holds only, a Rust enum with data."""
    inner = innermost(rust)
    if isinstance(inner, RecordLayout) and inner.is_tagged:
        return unknown(f"{spell(inner)}, which carries data beside its tag")
    return None


def call_words(c: FunctionType, rust: FunctionType) -> tuple[str, str] | None:
    """Return words for a difference of two functions other than in types."""
    if not is_called_alike(c, rust):
        return f'extern "{c.convention}"', f'extern "{rust.convention}"'
    if c.is_unprototyped:
        return None
    counts = len(c.parameters), len(rust.parameters)
    if counts[0] != counts[1]:
        return counted(counts[0], "parameter"), counted(counts[1], "parameter")
    if c.variadic != rust.variadic:
        return ("variadic", "not variadic") if c.variadic else ("not variadic", "variadic")
    return None


def at_path(path: str, emit: Emit, edge: Edge) -> None:
    """Emit a pair of records with the path of a parameter or of the result."""
    emit(replace(edge, path=path))


def ignore(edge: Edge) -> None:
    """Ignore a pair of records."""


def as_newtype(type_: Type, rust: RecordLayout) -> RecordLayout:
    """Return C's type as a record with one member, or a `_Complex` as a record of its two parts.

    C has no names for the parts: they get the names of the Rust record's members.
    """
    size = byte_size_of(type_)
    members = [Member(name="__0", bit_offset=0, bit_size=size * 8, type=type_)]
    sized = [member for member in rust.members if member.bit_size]
    if is_complex(strip(type_)) and len(sized) == PARTS:
        members = [replace(one, bit_offset=n * size * 4) for n, one in enumerate(sized)]
    return RecordLayout(
        name=None, kind="struct", byte_size=size, alignment=None, members=tuple(members)
    )


def is_complex(type_: Type | None) -> bool:
    """Return whether a type is C's `_Complex`."""
    both = (Encoding.COMPLEX, Encoding.COMPLEX_INTEGER)
    return isinstance(type_, BaseType) and type_.encoding in both


def in_parts(c: Type | None, rust: Type | None) -> Type | None:
    """Return C's type with each `_Complex` in it as an array of two, if Rust has such an array."""
    inner = strip(c)
    is_array = isinstance(see_through(rust), ArrayType) and not is_room(rust)
    if not is_array or not is_complex(element_of(inner)):
        return c
    if isinstance(inner, ArrayType):
        element = in_parts(inner.element, rust)
        return inner if element is None else replace(inner, element=element)
    half = BaseType(name="part", byte_size=byte_size_of(inner) // PARTS, encoding=Encoding.FLOAT)
    return ArrayType(element=half, counts=(PARTS,))


def is_declared_only(type_: Type | None) -> bool:
    """Return whether a type is a record or an enum that the headers do not define."""
    if isinstance(type_, RecordLayout):
        return type_.is_declaration and not type_.byte_size
    return isinstance(type_, EnumType) and not type_.byte_size


def stands_for(c_type: Type | None, rust: Type | None) -> bool:
    """Return whether Rust has bytes for a C record, or an integer for an `_Atomic` one."""
    is_atomic = isinstance(c_type, QualifiedType) and c_type.qualifier == "_Atomic"
    return is_room(rust, byte_size_of(element_of(c_type))) or (is_atomic and is_opaque(rust))


def is_nothing(type_: Type | None) -> bool:
    """Return whether a type is `void`, or Rust's `()` or `!`."""
    return type_ is None or (isinstance(type_, BaseType) and not type_.byte_size)


def is_base(type_: Type | None, name: str) -> bool:
    """Return whether a type is the scalar of that name."""
    return isinstance(type_, BaseType) and type_.name == name


def presence(type_: Type | None) -> str:
    """Return the size of a value in the words of a report, or "nothing"."""
    return "nothing" if is_nothing(type_) else counted(byte_size_of(type_), "byte")


def is_anything(type_: Type | None, is_deep: bool) -> bool:
    """Return whether a pointer to a type may point to any type; bytes may only if not `is_deep`."""
    match type_:
        case None:
            return True
        case EnumType(name=name, byte_size=size):
            return name in ANYTHING or not size
        case BaseType(byte_size=size, encoding=encoding):
            return size <= (not is_deep) and encoding is not Encoding.BOOLEAN
        case RecordLayout(byte_size=size):
            return not size
        case _:
            return False
