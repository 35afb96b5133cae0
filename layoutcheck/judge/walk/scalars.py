"""Compare kinds of scalars and strides of arrays, in memory.

These are no differences in memory: the name of a typedef; `const`; an array with more or fewer
dimensions; `u8` for C's `bool`; `u8` or `i8` for C's plain `char`; either sign for an enum if both
types hold all its values; two bytes for a `_Float16`; an array of integers or pointers for a
`long double` or an `__int128`.
"""

from __future__ import annotations

from math import prod
from typing import Final

from layoutcheck.judge.idioms import is_opaque, out_of_core, see_through, unwrapped
from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    Member,
    PointerType,
    RecordLayout,
    Type,
    byte_size_of,
    strip,
)
from layoutcheck.model.words import counted

__all__ = [
    "dimensions",
    "element_of",
    "have_one_shape",
    "innermost",
    "is_room",
    "kind_of",
    "scalar_words",
]

WIDEST: Final = 8
"""Bytes of the widest scalar of every Rust: a `long double` can only have a filler."""
INTEGERS: Final = (Encoding.SIGNED, Encoding.UNSIGNED)
HALF: Final = 2
"""Bytes of a `_Float16`, which is `u16` in older Rust and in bindgen's output."""


def kind_of(type_: Type | None) -> str:
    """Return the kind of a type, for a report: "signed integer", "pointer", "struct"."""
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


def scalar_words(c: Type | None, rust: Type | None, *, by_value: bool) -> tuple[str, str] | None:
    """Return the kinds of two scalars of one size, if they differ; None if they agree.

    By value, the sign of C's plain `char` counts, since it decides how the value is extended. By
    value, bytes or an array in Rust do not agree with a C scalar.
    """
    kinds = kind_of(c), kind_of(rust)
    if kinds[0] == kinds[1] or _hold_the_same(c, rust):
        return None
    return kinds if by_value or not _is_room_for(c, rust) else None


def _is_room_for(c: Type | None, rust: Type | None) -> bool:
    """Return whether Rust's type has the bits of the C scalar in memory, under another kind."""
    match c, rust:
        case BaseType(byte_size=size), ArrayType() if size > WIDEST and is_room(rust):
            return True
        case BaseType(encoding=Encoding.FLOAT, byte_size=size), BaseType(encoding=encoding):
            return size == HALF and encoding is Encoding.UNSIGNED
        case BaseType(name="char"), BaseType(byte_size=1, encoding=encoding):
            return encoding in INTEGERS
        case BaseType(encoding=Encoding.COMPLEX | Encoding.COMPLEX_INTEGER), _:
            return _is_complex(c, rust)
        case _:
            return False


def _is_complex(c: BaseType, rust: Type | None) -> bool:
    """Return whether a Rust type is two numbers, like C's `_Complex` (C17 6.2.5, paragraph 13)."""
    parts = list(_numbers(rust, 0))
    half = c.byte_size // 2
    encodings = {encoding for _, _, encoding in parts}
    alike = (
        encodings == {Encoding.FLOAT}
        if c.encoding is Encoding.COMPLEX
        else encodings <= {*INTEGERS} and len(encodings) == 1
    )
    return alike and [(at, size) for at, size, _ in parts] == [(0, half), (half, half)]


def _numbers(type_: Type | None, start: int) -> list[tuple[int, int, Encoding]]:
    """Return offset and size in bytes, and encoding, of each number in a type."""
    match strip(type_):
        case BaseType(byte_size=size, encoding=encoding):
            return [(start, size, encoding)]
        case ArrayType(element=element, counts=counts):
            size, count = byte_size_of(element), prod(count or 0 for count in counts)
            return [n for at in range(count) for n in _numbers(element, start + at * size)]
        case RecordLayout(members=members):
            return [n for m in members for n in _numbers(m.type, start + m.bit_offset // 8)]
        case _:
            return []


def _hold_the_same(c: Type | None, rust: Type | None) -> bool:
    """Return whether two scalars of different kinds hold the same values in the same bits."""
    match c, rust:
        case BaseType(encoding=Encoding.BOOLEAN), BaseType(encoding=Encoding.UNSIGNED):
            return True
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
    """Return whether an integer of that size and sign holds all values of an enum."""
    low = -(1 << (8 * byte_size - 1)) if signed else 0
    high = (1 << (8 * byte_size - signed)) - 1
    return all(low <= value <= high for _, value in enum.enumerators)


def is_room(type_: Type | None, stride: int = 0) -> bool:
    """Return whether a type is an array of bytes, words or pointers, fit for a filler.

    A flexible array needs the stride. Arrays of the crate's records are no fillers: each record
    has a stride of its own.
    """
    inner = see_through(type_)
    if not isinstance(inner, ArrayType):
        return False
    if byte_size_of(inner) == 0 and stride not in _strides(inner, 0):
        return False
    return is_opaque(inner) and not isinstance(out_of_core(element_of(inner)), RecordLayout)


def element_of(type_: Type | None) -> Type | None:
    """Return the innermost element of an array; any other type as it is."""
    inner = strip(type_)
    while isinstance(inner, ArrayType):
        inner = strip(inner.element)
    return inner


def innermost(type_: Type | None, byte_size: int | None = None) -> Type | None:
    """Return the innermost element of arrays and newtypes; any other type as it is.

    With `byte_size`, the first record of that size is returned.
    """
    inner = strip(type_)
    while inner is not None:
        within = _step(inner, byte_size)
        if within is None:
            break
        inner = strip(within)
    return inner


def dimensions(c: Type | None, rust: Type | None, byte_size: int) -> tuple[str, str] | None:
    """Return words for the strides of two arrays, if neither has all of the other's.

    Otherwise the arrays are the same, or one only has further dimensions. `byte_size` is the size
    of the elements.
    """
    both = _strides(c, byte_size), _strides(rust, byte_size)
    if both[0] <= both[1] or both[1] <= both[0]:
        return None
    return _rows(both[0]), _rows(both[1])


def have_one_shape(c: Type | None, rust: Type | None, c_size: int, rust_size: int) -> bool:
    """Return whether two arrays have as many elements, in dimensions that fit; or neither is one.

    `c_size` and `rust_size` are the bytes of C's and of Rust's element, which may differ.
    """
    if not c_size or not rust_size:
        return not any(isinstance(strip(one), ArrayType) for one in (c, rust))
    totals = byte_size_of(c) / c_size, byte_size_of(rust) / rust_size
    both = (
        {stride / c_size for stride in _strides(c, c_size)},
        {stride / rust_size for stride in _strides(rust, rust_size)},
    )
    return totals[0] == totals[1] and (both[0] <= both[1] or both[1] <= both[0])


def _rows(strides: frozenset[int]) -> str:
    return "rows of " + ", ".join(counted(size, "byte") for size in sorted(strides, reverse=True))


def _strides(type_: Type | None, byte_size: int) -> frozenset[int]:
    """Return the stride in bytes of each dimension, down to elements of `byte_size`."""
    found = set[int]()
    inner = strip(type_)
    while inner is not None:
        if isinstance(inner, ArrayType):
            size, counts = byte_size_of(inner.element), inner.counts
            found |= {size * prod(n or 0 for n in counts[k:]) for k in range(1, len(counts) + 1)}
        within = _step(inner, byte_size)
        if within is None:
            break
        inner = strip(within)
    return frozenset(found) - {0}


def _step(inner: Type, byte_size: int | None) -> Type | None:
    """Return the element of an array or the content of a newtype; None for any other type."""
    if isinstance(inner, ArrayType):
        return inner.element
    if isinstance(inner, RecordLayout) and inner.byte_size != byte_size:
        content: Member | None = unwrapped(inner)
        return None if content is None else content.type
    return None
