"""Explanation of a record's layout, as `abi` computes it. Pure and immutable."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from layoutcheck.model.layout import RecordLayout, Type

__all__ = ["AlignedBy", "ExplainedRecord", "Placement"]


class AlignedBy(Enum):
    """Origin of a member's alignment."""

    TYPE = "its type"
    TYPEDEF = "aligned on its typedef"
    RECORD = "aligned on its record type"
    ENUM = "aligned on its enum type"
    MEMBER = "aligned on the member"
    PACKED = "packed"
    PRAGMA = "#pragma pack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The place of one member, and its reason. Offsets and sizes are in bits, alignments in bytes.

    - `previous_end`: the first bit after the member before it.
    - `type_alignment`: alignment of its type; `alignment`: the one that it has.
    - `crosses_unit`: a bit-field that began a new storage unit because it would have crossed one.
    - `name`: None for an unnamed bit-field, which is no member of the record.
    - `inner`: explanation of a record without a tag that is defined here; its offsets count from
      its own beginning.
    """

    name: str | None
    type: Type
    bit_offset: int
    bit_size: int
    previous_end: int
    type_alignment: int
    alignment: int
    aligned_by: AlignedBy
    is_bit_field: bool = False
    crosses_unit: bool = False
    inner: ExplainedRecord | None = None

    @property
    def hole(self) -> int:
        """Return the number of unused bits before the member."""
        return self.bit_offset - self.previous_end


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedRecord:
    """A record and its reasons: one placement for each member and each unnamed bit-field.

    `bit_end` is the end of the last of them. `aligned_by` is the first member with the record's
    alignment, "aligned" if the attribute raised it, or None if all alignments are 1 or that member
    is unnamed. `psabi` is the document whose rules were applied.
    """

    record: RecordLayout
    psabi: str
    placements: tuple[Placement, ...]
    bit_end: int
    aligned_by: str | None
    is_packed: bool
    pragma_pack: int

    @property
    def padding(self) -> int:
        """Return the number of bits after the last member."""
        return self.record.byte_size * 8 - self.bit_end
