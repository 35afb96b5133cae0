"""Why a record is laid out as it is: the model of what `abi` computes. Pure and immutable."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from layoutcheck.model.layout import RecordLayout, Type

__all__ = ["AlignedBy", "ExplainedRecord", "Placement"]


class AlignedBy(Enum):
    """What gave a member its alignment."""

    TYPE = "its type"
    TYPEDEF = "aligned on its typedef"
    RECORD = "aligned on its record type"
    ENUM = "aligned on its enum type"
    MEMBER = "aligned on the member"
    PACKED = "packed"
    PRAGMA = "#pragma pack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where one member stands, and why. Offsets and sizes are in bits, alignments in bytes.

    `previous_end` is the first bit after what stands before it, `type_alignment` what its type
    alone asks for, `alignment` what it got. `crosses_unit` is of a bit-field that began a new
    storage unit because it would have crossed one. An unnamed bit-field has no `name`, and is no
    member of the record. `inner` is the explanation of a record that is defined right here, without
    a tag; offsets in it count from its own beginning.
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
        """The bits that were left out before it."""
        return self.bit_offset - self.previous_end


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedRecord:
    """A record and the reasons: one placement for each member and each unnamed bit-field.

    `bit_end` is where the last of them ends. `aligned_by` is the first member that has the record's
    alignment, "aligned" if the attribute raised it, None where all are 1 or it is unnamed. `psabi`
    is the document whose rules were followed.
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
        """The bits after the last member."""
        return self.record.byte_size * 8 - self.bit_end
