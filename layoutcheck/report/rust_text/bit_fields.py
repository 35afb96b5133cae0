"""C bit-fields -> storage units of bytes, and methods that read and write their bits.

The model counts a record's bits in memory order: on a big-endian machine, bit 0 is the highest of
the first byte. The methods name each byte, so that they are right on either machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from layoutcheck.model.layout import Member
from layoutcheck.report.rust_text.identifiers import field_path, identifier
from layoutcheck.report.rust_text.shapes import Inexpressible, Shape

__all__ = ["BitField", "render_accessors", "runs_of"]

_BYTE: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class BitField:
    """A bit-field, the storage unit that holds it, the unit's offset in bytes, and its own type.

    `kind` is that of its value.
    """

    member: Member
    unit: str
    unit_offset: int
    shape: Shape
    kind: Literal["bool", "signed", "unsigned"]
    in_union: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """Bits of a bit-field in one byte: `width` bits above `low`, from bit `shift` of the value."""

    byte: int
    low: int
    width: int
    shift: int

    @property
    def mask(self) -> int:
        return (1 << self.width) - 1


def runs_of(members: Sequence[Member]) -> Iterator[tuple[Member, ...]]:
    """Yield the members of a struct; bit-fields with no other member between them together."""
    run: list[Member] = []
    for member in members:
        if member.is_bit_field:
            run.append(member)
            continue
        if run:
            yield tuple(run)
            run = []
        yield (member,)
    if run:
        yield tuple(run)


def render_accessors(fields: Sequence[BitField], *, is_big_endian: bool) -> Iterator[str]:
    """Yield the lines of the methods of a record's bit-fields."""
    for field in fields:
        if field.member.name is not None:
            pieces = tuple(_pieces(field, is_big_endian=is_big_endian))
            yield from _getter(field, pieces)
            yield from _setter(field, pieces)


def _pieces(field: BitField, *, is_big_endian: bool) -> Iterator[_Piece]:
    """Yield the pieces in memory order."""
    start = field.member.bit_offset - field.unit_offset * _BYTE
    end = start + field.member.bit_size
    if field.member.bit_size > field.shape.byte_size * _BYTE:
        raise Inexpressible(f"bit-field {field.member.name} is wider than its type")
    for byte in range(start // _BYTE, -(-end // _BYTE)):
        first, last = max(start, byte * _BYTE), min(end, (byte + 1) * _BYTE)
        if is_big_endian:
            yield _Piece(byte, (byte + 1) * _BYTE - last, last - first, end - last)
        else:
            yield _Piece(byte, first - byte * _BYTE, last - first, first - start)


def _getter(field: BitField, pieces: Sequence[_Piece]) -> Iterator[str]:
    bits, type_ = field.shape.byte_size * _BYTE, field.shape.text
    whole = " | ".join(_term(field.unit, piece, f"u{bits}") for piece in pieces)
    spare = bits - field.member.bit_size
    if field.kind == "bool":
        whole = f"{whole} != 0"
    elif field.kind == "signed" and spare:
        whole = f"((({whole}) << {spare}) as i{bits} >> {spare}) as {type_}"
    elif type_ != f"u{bits}":
        whole = f"({whole}) as {type_}"
    name = identifier(field.member.name or "")
    yield f"    pub fn {name}(&self) -> {type_} {{"
    yield f"        unsafe {{ {whole} }}" if field.in_union else f"        {whole}"
    yield "    }"


def _term(unit: str, piece: _Piece, carrier: str) -> str:
    """Return an expression for the bits of one byte, at their places in the value."""
    term = f"self.{unit}[{piece.byte}]"
    term = f"({term} >> {piece.low})" if piece.low else term
    term = f"({term} & {piece.mask:#x})" if piece.width < _BYTE else term
    term = term if carrier == "u8" else f"({term} as {carrier})"
    return f"({term} << {piece.shift})" if piece.shift else term


def _setter(field: BitField, pieces: Sequence[_Piece]) -> Iterator[str]:
    name = field_path(identifier(field.member.name or ""))
    yield f"    pub fn set_{name}(&mut self, value: {field.shape.text}) {{"
    if field.in_union:
        yield "        unsafe {"
    indent = " " * (12 if field.in_union else 8)
    for piece in pieces:
        place = f"self.{field.unit}[{piece.byte}]"
        value = f"(value >> {piece.shift}) as u8" if piece.shift else "value as u8"
        if piece.width < _BYTE:
            value = f"(({value}) & {piece.mask:#x})"
            value = f"({value} << {piece.low})" if piece.low else value
            value = f"({place} & {0xFF ^ (piece.mask << piece.low):#04x}) | {value}"
        yield f"{indent}{place} = {value};"
    if field.in_union:
        yield "        }"
    yield "    }"
