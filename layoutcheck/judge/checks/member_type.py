"""A member of another type than in C, as far as memory can tell.

What cannot change the ABI is no mismatch: the name of a typedef, `const`, `*mut` for `*const`, what
a pointer points to, an array's dimensions written as more or fewer, `u8` for C's `bool`, `u8` or
`i8` for C's plain `char` (whose signedness C leaves open), either sign for an enum whose values
both hold, an array of integers or pointers as room for a record, a `long double` or an `__int128`,
one variant of a union for the union.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Final

from layoutcheck.judge.idioms import is_opaque, see_through
from layoutcheck.judge.pairing import RecordPair
from layoutcheck.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    PointerType,
    RecordLayout,
    Type,
    byte_size_of,
    spell,
    strip,
)
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check", "type_difference"]

ID: Final = "member-type"
SUMMARY: Final = "the member's kind, width or signedness differs"

WIDEST: Final = 8
"""The bytes of the widest scalar that every Rust has: for a `long double` there is only room."""
INTEGERS: Final = (Encoding.SIGNED, Encoding.UNSIGNED)


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """One mismatch for each pair of members of the same size but of types that do not agree.

    Members of different sizes are `member-size`'s, and records are compared member by member.
    """
    for member in pair.members:
        if member.c is None or member.rust is None or member.is_covered:
            continue
        if member.c.bit_size != member.rust.bit_size:
            continue
        difference = type_difference(member.c.type, member.rust.type)
        if difference is not None:
            c, rust = difference
            yield Mismatch(
                check_id=ID,
                member_path=member.path,
                c=f"{spell(member.c.type)} ({c})",
                rust=f"{spell(member.rust.type)} ({rust})",
                c_location=member.c.declared_at,
                rust_location=member.rust.declared_at,
            )


def type_difference(c_type: Type, rust_type: Type) -> tuple[str, str] | None:
    """What the two types are, in words, if that differs."""
    c, rust = strip(c_type), strip(rust_type)
    c_element = _element(c)
    if isinstance(c_element, RecordLayout):
        if _is_room(rust) or _holds_records(rust, c_element.byte_size):
            return None
        if isinstance(c, RecordLayout) and c.kind == "union":
            whole = [m for m in c.members if m.bit_size == c.byte_size * 8]
            if any(type_difference(variant.type, rust_type) is None for variant in whole):
                return None
        c = see_through(c)
    rust = see_through(rust)
    if isinstance(c, ArrayType) and isinstance(rust, ArrayType):
        c_inner, rust_inner = _innermost(c), _innermost(rust)
        c_size, rust_size = _element_sizes(c, rust)
        if c_size != rust_size:
            return f"elements of {c_size} bytes", f"elements of {rust_size} bytes"
        c_counts, rust_counts = _counts(c), _counts(rust)
        if len(c_counts) == len(rust_counts) and byte_size_of(c) and c_counts != rust_counts:
            return f"{_times(c_counts)} elements", f"{_times(rust_counts)} elements"
        return type_difference(c_inner, rust_inner)
    if isinstance(c, ArrayType) and byte_size_of(c) == byte_size_of(c.element):
        return type_difference(c.element, rust_type)
    if isinstance(rust, ArrayType) and byte_size_of(rust) == byte_size_of(rust.element):
        return type_difference(c_type, rust.element)
    kinds = (_kind(c), _kind(rust))
    return None if kinds[0] == kinds[1] or _are_alike(c, rust) else kinds


def _element_sizes(c: ArrayType, rust: ArrayType) -> tuple[int, int]:
    """The bytes of both sides' elements; of a flexible array, which has no total, the strides."""
    if byte_size_of(c):
        return byte_size_of(_innermost(c)), byte_size_of(_innermost(rust))
    return _stride(c), _stride(rust)


def _stride(array: ArrayType) -> int:
    """The bytes from one element of the outermost array to the next."""
    return byte_size_of(array.element) * prod(count or 0 for count in array.counts[1:])


def _counts(array: ArrayType) -> tuple[int | None, ...]:
    """Every dimension, those behind typedefs and in newtypes too."""
    inner = see_through(array.element)
    return array.counts + (_counts(inner) if isinstance(inner, ArrayType) else ())


def _times(counts: tuple[int | None, ...]) -> str:
    return " x ".join(str(count or 0) for count in counts)


def _holds_records(type_: Type | None, byte_size: int) -> bool:
    """Whether a type is a record of a size or an array of such: those are compared inside."""
    elements = (_element(type_), _element(see_through(type_)))
    return any(isinstance(e, RecordLayout) and e.byte_size == byte_size for e in elements)


def _element(type_: Type | None) -> Type | None:
    """The innermost element of an array, and any other type itself."""
    while isinstance(type_, ArrayType):
        type_ = strip(type_.element)
    return type_


def _innermost(array: ArrayType) -> Type:
    """The element of the innermost array, also of arrays behind typedefs and in newtypes."""
    inner = see_through(array.element)
    return _innermost(inner) if isinstance(inner, ArrayType) else array.element


def _is_room(type_: Type | None) -> bool:
    """Whether a type is bytes, words or pointers, not a flexible array, which has a stride."""
    inner = see_through(type_)
    return isinstance(inner, ArrayType) and byte_size_of(inner) > 0 and is_opaque(inner)


def _kind(type_: Type | None) -> str:
    match type_:
        case BaseType(encoding=encoding):
            return encoding.value if encoding not in INTEGERS else f"{encoding.value} integer"
        case EnumType(signed=signed):
            return "signed integer" if signed else "unsigned integer"
        case PointerType():
            return "pointer"
        case ArrayType():
            return "array"
        case RecordLayout(kind=kind):
            return kind
        case _:
            return "other"


def _are_alike(c: Type | None, rust: Type | None) -> bool:
    """Whether two types of different kinds still hold the same values in the same bits."""
    match c, rust:
        case BaseType(byte_size=size), ArrayType() if size > WIDEST:
            return _is_room(rust)
        case BaseType(encoding=Encoding.BOOLEAN), BaseType(encoding=Encoding.UNSIGNED):
            return True
        case BaseType(name="char"), BaseType(byte_size=1, encoding=encoding):
            return encoding in INTEGERS
        case EnumType(byte_size=size), BaseType(encoding=encoding) if encoding in INTEGERS:
            return _fit(c, size, signed=encoding is Encoding.SIGNED)
        case BaseType(byte_size=size, encoding=encoding), EnumType() if encoding in INTEGERS:
            return _fit(rust, size, signed=encoding is Encoding.SIGNED)
        case EnumType(byte_size=size), EnumType():
            return _fit(c, size, signed=rust.signed) and _fit(rust, size, signed=c.signed)
        case BaseType(encoding=Encoding.BOOLEAN), EnumType(enumerators=enumerators):
            return {value for _, value in enumerators} <= {0, 1}
        case _:
            return False


def _fit(enum: EnumType, byte_size: int, *, signed: bool) -> bool:
    """Whether an integer of a size and sign holds all the values of an enum."""
    low = -(1 << (8 * byte_size - 1)) if signed else 0
    high = (1 << (8 * byte_size - signed)) - 1
    return all(low <= value <= high for _, value in enum.enumerators)
