"""Records of the model laid out by C's rules, for tests that need no compiler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    Member,
    PointerType,
    RecordLayout,
    Type,
    byte_size_of,
    strip,
)

__all__ = [
    "BOOL",
    "CHAR",
    "F32",
    "I8",
    "I32",
    "I64",
    "PTR",
    "U8",
    "U16",
    "U32",
    "U64",
    "U128",
    "USIZE",
    "Bits",
    "array",
    "base",
    "record",
    "union",
]


def base(name: str, byte_size: int, encoding: Encoding) -> BaseType:
    """A scalar."""
    return BaseType(name=name, byte_size=byte_size, encoding=encoding)


U8: Final = base("u8", 1, Encoding.UNSIGNED)
U16: Final = base("u16", 2, Encoding.UNSIGNED)
U32: Final = base("u32", 4, Encoding.UNSIGNED)
U64: Final = base("u64", 8, Encoding.UNSIGNED)
U128: Final = base("u128", 16, Encoding.UNSIGNED)
USIZE: Final = base("usize", 8, Encoding.UNSIGNED)
I8: Final = base("i8", 1, Encoding.SIGNED)
I32: Final = base("i32", 4, Encoding.SIGNED)
I64: Final = base("i64", 8, Encoding.SIGNED)
F32: Final = base("f32", 4, Encoding.FLOAT)
BOOL: Final = base("bool", 1, Encoding.BOOLEAN)
CHAR: Final = base("char", 1, Encoding.SIGNED)
PTR: Final = PointerType(byte_size=8, pointee=None)


@dataclass(frozen=True, slots=True)
class Bits:
    """A bit-field of a scalar type, which does not cross the type's units."""

    type: BaseType
    count: int


def array(element: Type, *counts: int | None) -> ArrayType:
    """An array of some dimensions; flexible without any."""
    return ArrayType(element=element, counts=counts or (None,))


def record(
    name: str | None,
    /,
    *members: tuple[str | None, Type | Bits],
    kind: Literal["struct", "union"] = "struct",
    packing: int = 0,
    alignment: int = 0,
    type_parameters: tuple[Type, ...] = (),
) -> RecordLayout:
    """A record of members in order; `packing` and `alignment` in bytes, if not 0."""
    laid_out: list[Member] = []
    end, most = 0, 1
    for member_name, what in members:
        type_ = what.type if isinstance(what, Bits) else what
        natural = _alignment_of(type_)
        aligned = min(natural, packing) if packing else natural
        most = max(most, aligned)
        unit = aligned * 8
        size = what.count if isinstance(what, Bits) else byte_size_of(type_) * 8
        start = 0 if kind == "union" else end
        if not isinstance(what, Bits) or start // unit != (start + size - 1) // unit:
            start = -(-start // unit) * unit
        laid_out.append(
            Member(
                name=member_name,
                bit_offset=start,
                bit_size=size,
                type=type_,
                is_bit_field=isinstance(what, Bits),
            )
        )
        end = max(end, start + size)
    most = max(most, alignment)
    return RecordLayout(
        name=name,
        kind=kind,
        byte_size=-(-end // (most * 8)) * most,
        alignment=most,
        members=tuple(laid_out),
        type_parameters=type_parameters,
    )


def union(name: str | None, /, *members: tuple[str | None, Type]) -> RecordLayout:
    """A union of members."""
    return record(name, *members, kind="union")


def _alignment_of(type_: Type) -> int:
    match strip(type_):
        case ArrayType(element=element):
            return _alignment_of(element)
        case RecordLayout(alignment=alignment):
            return alignment or 1
        case other:
            return max(1, byte_size_of(other))
