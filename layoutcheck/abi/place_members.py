"""Sized members -> the offset of each in its record, and the reason, without any C.

The psABIs agree on the algorithm except for the facts in `PsAbi`. A member goes to the next offset
that is a multiple of its alignment. A bit-field goes to the next bit, unless it would then cross a
storage unit of its type (System V ABI, "Bit-Fields"; AAPCS32 8.1.8, AAPCS64 10.1.8).

The effect of GNU attributes and `#pragma pack` is in GCC's documentation. Where that is silent,
this module does as clang, FreeBSD's compiler: a zero-width bit-field keeps its alignment under
`packed`, a member's `aligned` can only raise its alignment, and `#pragma pack` overrides both
except for zero-width bit-fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from layoutcheck.abi.psabi import PsAbi
from layoutcheck.model.explanation import AlignedBy, ExplainedRecord, Placement
from layoutcheck.model.layout import Member, RecordLayout, Type

__all__ = ["Attributes", "Field", "Sized", "place_fields"]

BYTE: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """A type with its size and alignment in bytes, and what gave it that alignment.

    `inner` is the explanation of a record without a name; None for all other types.
    """

    type: Type
    byte_size: int
    alignment: int
    aligned_by: AlignedBy = AlignedBy.TYPE
    inner: ExplainedRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """`packed`, `aligned` in bytes (0: not given), and `#pragma pack` in bytes (0: not given)."""

    packed: bool = False
    aligned: int = 0
    pragma_pack: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A member to be placed; `bit_width` is None unless it is a bit-field."""

    name: str | None
    sized: Sized
    bit_width: int | None = None
    attributes: Attributes = Attributes()


@dataclass(slots=True)
class _State:
    """Progress of a record's layout: `end` in bits, `alignment` in bytes."""

    end: int = 0
    alignment: int = 1
    aligned_by: str | None = None

    def align(self, alignment: int, by: str | None) -> None:
        if alignment > self.alignment:
            self.alignment, self.aligned_by = alignment, by


def place_fields(
    name: str | None,
    kind: Literal["struct", "union"],
    fields: Sequence[Field],
    attributes: Attributes,
    psabi: PsAbi,
) -> ExplainedRecord:
    """Return the record that the fields make, each placement with its reason.

    Raises `ValueError` for a bit-field that is wider than its type.
    """
    state = _State()
    state.align(attributes.aligned, "aligned")
    placements: list[Placement] = []
    size = 0
    for field in fields:
        if kind == "union":
            state.end = 0
        if field.bit_width is None:
            placement = _place_member(field, attributes, state)
        else:
            placement = _place_bit_field(field, field.bit_width, attributes, psabi, state)
        placements.append(placement)
        size = max(size, state.end)
    byte_end = -(-size // BYTE)
    byte_size = -(-byte_end // state.alignment) * state.alignment
    members = [
        Member(
            name=placement.name,
            bit_offset=placement.bit_offset,
            bit_size=placement.bit_size,
            type=placement.type,
            is_bit_field=placement.is_bit_field,
        )
        for placement in placements
        if placement.name is not None or not placement.is_bit_field
    ]
    return ExplainedRecord(
        record=RecordLayout(
            name=name,
            kind=kind,
            byte_size=byte_size,
            alignment=state.alignment,
            members=tuple(members),
        ),
        psabi=psabi.document,
        placements=tuple(placements),
        bit_end=size,
        aligned_by=state.aligned_by,
        is_packed=attributes.packed,
        pragma_pack=attributes.pragma_pack,
    )


def _place_member(field: Field, record: Attributes, state: _State) -> Placement:
    own, natural = field.attributes, field.sized.alignment
    alignment, by = natural, field.sized.aligned_by
    if record.packed or own.packed:
        alignment, by = 1, AlignedBy.PACKED
    if own.aligned > alignment:
        alignment, by = own.aligned, AlignedBy.MEMBER
    if record.pragma_pack and record.pragma_pack < alignment:
        alignment, by = record.pragma_pack, AlignedBy.PRAGMA
    previous_end, unit = -(-state.end // BYTE) * BYTE, alignment * BYTE
    bit_offset = -(-previous_end // unit) * unit
    placement = Placement(
        name=field.name,
        type=field.sized.type,
        bit_offset=bit_offset,
        bit_size=field.sized.byte_size * BYTE,
        previous_end=state.end,
        type_alignment=natural,
        alignment=alignment,
        aligned_by=by,
        inner=field.sized.inner,
    )
    state.end = bit_offset + placement.bit_size
    state.align(alignment, field.name)
    return placement


def _place_bit_field(
    field: Field, width: int, record: Attributes, psabi: PsAbi, state: _State
) -> Placement:
    own, natural = field.attributes, field.sized.alignment
    storage = field.sized.byte_size * BYTE
    if width > storage:
        raise ValueError(f"bit-field {field.name} of {width} bits is wider than its type")
    # All values are in bits from here on; a packed bit-field may begin at any bit.
    unit, by = natural * BYTE, field.sized.aligned_by
    if (record.packed or own.packed) and width:
        unit, by = 1, AlignedBy.PACKED
    if own.aligned * BYTE > unit:
        unit, by = own.aligned * BYTE, AlignedBy.MEMBER
    if record.pragma_pack and width:
        # In GCC and in clang this undoes `packed`: the type's alignment is back.
        unpacked = max(natural, own.aligned) * BYTE
        if record.pragma_pack * BYTE < unpacked or by is AlignedBy.PACKED:
            by = AlignedBy.PRAGMA
        unit = min(unpacked, record.pragma_pack * BYTE)
    bit_offset = state.end
    crosses = not record.pragma_pack and bit_offset % unit + width > storage
    if width == 0 or crosses:
        bit_offset = -(-bit_offset // unit) * unit
    elif own.aligned and (not record.pragma_pack or own.aligned <= record.pragma_pack):
        bit_offset = -(-bit_offset // (own.aligned * BYTE)) * own.aligned * BYTE
    placement = Placement(
        name=field.name,
        type=field.sized.type,
        bit_offset=bit_offset,
        bit_size=width,
        is_bit_field=True,
        previous_end=state.end,
        type_alignment=natural,
        alignment=max(1, unit // BYTE),
        aligned_by=by,
        crosses_unit=crosses,
    )
    state.end = bit_offset + width
    if field.name is not None or psabi.unnamed_bit_fields_align:
        state.align(max(1, unit // BYTE), field.name)
    return placement
