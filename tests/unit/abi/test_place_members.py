"""place_members.py: where members stand, by the System V ABI, AAPCS and GCC's documentation."""

from __future__ import annotations

from typing import Literal

import pytest

from layoutcheck.abi import Calculator, Unit, find_psabi
from layoutcheck.abi.place_members import Attributes, Field, Sized, place_fields
from layoutcheck.model.explanation import AlignedBy, ExplainedRecord
from tests.layouts import U8, U16, U32, U64

CHAR = Sized(type=U8, byte_size=1, alignment=1)
SHORT = Sized(type=U16, byte_size=2, alignment=2)
INT = Sized(type=U32, byte_size=4, alignment=4)
LONG = Sized(type=U64, byte_size=8, alignment=8)
PACKED = Attributes(packed=True)


def member(sized: Sized, attributes: Attributes = Attributes()) -> Field:  # noqa: B008 - frozen
    """A plain member."""
    return Field(name="m", sized=sized, attributes=attributes)


def bits(
    sized: Sized,
    width: int,
    attributes: Attributes = Attributes(),  # noqa: B008 - frozen
    *,
    name: str | None = "b",
) -> Field:
    """A bit-field."""
    return Field(name=name, sized=sized, bit_width=width, attributes=attributes)


def placed(
    *fields: Field,
    attributes: Attributes = Attributes(),  # noqa: B008 - frozen
    kind: Literal["struct", "union"] = "struct",
    target: str = "amd64",
) -> ExplainedRecord:
    """The record of these fields."""
    return place_fields("s", kind, fields, attributes, find_psabi(target))


def offsets(explained: ExplainedRecord) -> list[int]:
    """The bits at which the placements begin."""
    return [placement.bit_offset for placement in explained.placements]


def shape(explained: ExplainedRecord) -> tuple[int, int | None]:
    """The size and the alignment of the record."""
    return explained.record.byte_size, explained.record.alignment


def test_a_member_stands_at_a_multiple_of_its_alignment() -> None:
    """The size is a multiple of the largest one (SysV AMD64, 3.1.2, "Aggregates and Unions")."""
    explained = placed(member(CHAR), member(INT), member(SHORT), member(LONG), member(CHAR))
    assert offsets(explained) == [0, 32, 64, 128, 192]
    assert shape(explained) == (32, 8)
    assert explained.aligned_by == "m"
    assert (explained.bit_end, explained.padding) == (200, 56)
    assert [one.hole for one in explained.placements] == [0, 24, 0, 48, 0]


def test_members_of_a_union_begin_at_its_beginning() -> None:
    """A union is as large as its largest member, rounded up to the alignment."""
    three = Sized(type=U8, byte_size=3, alignment=1)
    explained = placed(member(SHORT), member(three), kind="union")
    assert (offsets(explained), shape(explained)) == ([0, 0], (4, 2))
    assert explained.bit_end == 24


def test_a_record_without_members() -> None:
    """GNU C: it has no size."""
    explained = placed()
    assert (shape(explained), explained.aligned_by, explained.bit_end) == ((0, 1), None, 0)


def test_a_packed_record_has_no_holes() -> None:
    """A packed record has no holes between members, and no padding at the end."""
    explained = placed(member(CHAR), member(INT), member(LONG), attributes=PACKED)
    assert (offsets(explained), shape(explained)) == ([0, 8, 40], (13, 1))
    assert explained.is_packed
    assert {one.aligned_by for one in explained.placements} == {AlignedBy.PACKED}


def test_a_packed_member_is_aligned_to_a_byte() -> None:
    """The others are not (GCC, "Common Variable Attributes")."""
    explained = placed(member(CHAR), member(INT, PACKED), member(SHORT))
    assert (offsets(explained), shape(explained)) == ([0, 8, 48], (8, 2))


def test_a_members_alignment_can_only_be_raised() -> None:
    """`aligned` alone cannot lower it; with `packed` it sets it."""
    raised = placed(member(CHAR), member(CHAR, Attributes(aligned=8)))
    assert (offsets(raised), shape(raised)) == ([0, 64], (16, 8))
    assert raised.placements[1].aligned_by is AlignedBy.MEMBER
    lowered = placed(member(CHAR), member(INT, Attributes(aligned=2)))
    assert lowered.placements[1].alignment == 4
    both = placed(member(CHAR), member(INT, Attributes(packed=True, aligned=2)))
    assert (offsets(both), shape(both)) == ([0, 16], (6, 2))


def test_a_records_own_alignment() -> None:
    """A record's own alignment raises its size and aligns no member. A lower one has no effect."""
    explained = placed(member(INT), attributes=Attributes(aligned=32))
    assert (shape(explained), explained.aligned_by) == ((32, 32), "aligned")
    weaker = placed(member(INT), attributes=Attributes(aligned=2))
    assert (shape(weaker), weaker.aligned_by) == ((4, 4), "m")


@pytest.mark.parametrize(
    ("own", "offset", "size"), [(Attributes(), 16, 10), (Attributes(aligned=8), 16, 10)]
)
def test_pragma_pack_is_the_most_that_members_are_aligned_to(
    own: Attributes, offset: int, size: int
) -> None:
    """`#pragma pack` overrides a member's own alignment (GCC, "Structure-Layout Pragmas")."""
    explained = placed(member(CHAR), member(LONG, own), attributes=Attributes(pragma_pack=2))
    assert (offsets(explained), shape(explained)) == ([0, offset], (size, 2))
    assert [one.aligned_by for one in explained.placements] == [AlignedBy.TYPE, AlignedBy.PRAGMA]
    assert explained.pragma_pack == 2


@pytest.mark.parametrize(
    ("widths", "expected"),
    [
        ((3, 5, 24), [0, 3, 8]),
        ((30, 2, 1), [0, 30, 32]),
        ((30, 3), [0, 32]),
        ((31, 0, 1), [0, 32, 32]),
        ((32, 32), [0, 32]),
    ],
)
def test_bit_fields_share_a_storage_unit(widths: tuple[int, ...], expected: list[int]) -> None:
    """A bit-field that would cross its storage unit begins the next one. Width 0 ends a unit."""
    explained = placed(*(bits(INT, width, name="b" if width else None) for width in widths))
    assert offsets(explained) == expected


def test_a_bit_field_that_would_cross_says_so() -> None:
    """The placement records that the hole before it is due to the unit."""
    first, second = placed(bits(INT, 30), bits(INT, 3)).placements
    assert (first.crosses_unit, second.crosses_unit) == (False, True)
    assert (second.previous_end, second.hole) == (30, 2)


def test_a_bit_field_may_follow_a_member_in_its_unit() -> None:
    """System V ABI: `struct { char c; int b : 24; }` has four bytes; a member begins at a byte."""
    explained = placed(member(CHAR), bits(INT, 20), member(CHAR))
    assert (offsets(explained), shape(explained)) == ([0, 8, 32], (8, 4))


def test_packed_bit_fields_cross_units() -> None:
    """GCC: they begin at the next bit."""
    explained = placed(bits(INT, 30), bits(INT, 30), attributes=PACKED)
    assert (offsets(explained), shape(explained)) == ([0, 30], (8, 1))
    zero = placed(bits(INT, 3), bits(INT, 0, name=None), bits(INT, 3), attributes=PACKED)
    assert offsets(zero) == [0, 32, 32]


def test_pragma_pack_lets_bit_fields_cross_units() -> None:
    """`#pragma pack` lets bit-fields cross storage units, and sets their alignment."""
    explained = placed(bits(INT, 30), bits(INT, 30), attributes=Attributes(pragma_pack=2))
    assert (offsets(explained), shape(explained)) == ([0, 30], (8, 2))


@pytest.mark.parametrize(
    ("target", "alignment"),
    [("amd64", 1), ("i386", 1), ("riscv64", 1), ("powerpc64", 1), ("arm64", 4), ("armv7", 4)],
)
def test_the_alignment_of_an_unnamed_bit_field(target: str, alignment: int) -> None:
    """An unnamed bit-field aligns the record only by AAPCS (AAPCS32 8.1.8, AAPCS64 10.1.8)."""
    explained = placed(member(CHAR), bits(INT, 0, name=None), member(CHAR), target=target)
    assert offsets(explained) == [0, 32, 32]
    assert explained.record.alignment == alignment
    assert [one.name for one in explained.record.members] == ["m", "m"]


def test_a_bit_field_wider_than_its_type_is_refused() -> None:
    """A bit-field wider than its type violates a constraint of C17, 6.7.2.1."""
    assert shape(placed(bits(CHAR, 8))) == (1, 1)
    with pytest.raises(ValueError, match=r"^bit-field b of 9 bits is wider than its type$"):
        placed(bits(CHAR, 9))


def test_each_placement_says_why() -> None:
    """Each placement has the previous end, the cause of its alignment, and crossed units."""
    unit = Unit(
        "typedef long far __attribute__((aligned(64)));"
        "struct s { char c; int a : 30, b : 3; int : 0; short d __attribute__((aligned(8)));"
        " struct { char e; } in; far f; } __attribute__((aligned(256)));"
    )
    explained = Calculator(unit, find_psabi("amd64")).explain("struct s")
    said = [(p.name, p.previous_end, p.bit_offset, p.aligned_by) for p in explained.placements]
    assert said == [
        ("c", 0, 0, AlignedBy.TYPE),
        ("a", 8, 32, AlignedBy.TYPE),
        ("b", 62, 64, AlignedBy.TYPE),
        (None, 67, 96, AlignedBy.TYPE),
        ("d", 96, 128, AlignedBy.MEMBER),
        ("in", 144, 144, AlignedBy.TYPE),
        ("f", 152, 512, AlignedBy.TYPEDEF),
    ]
    assert [p.crosses_unit for p in explained.placements[:4]] == [False, True, True, False]
    assert [p.inner is not None for p in explained.placements] == [n == 5 for n in range(7)]
    assert (explained.aligned_by, explained.bit_end, explained.padding) == ("aligned", 576, 1472)
