"""report/rust_text/placing.py: fields at C's offsets, by the rules of `repr(C)`."""

from __future__ import annotations

from typing import Literal

import pytest

from layoutcheck.report.rust_text.placing import Field, Placed, place_fields
from layoutcheck.report.rust_text.shapes import Inexpressible, Shape, byte_array

INTEGERS = {1: "u8", 2: "u16", 4: "u32", 8: "u64"}
U8 = Shape(text="u8", byte_size=1, alignment=1)
U32 = Shape(text="u32", byte_size=4, alignment=4)
U64 = Shape(text="u64", byte_size=8, alignment=8)
LINE = Shape(text="line", byte_size=64, alignment=64, is_aligned=True)


def place(
    *fields: tuple[str, int, Shape],
    size: int,
    alignment: int | None,
    kind: Literal["struct", "union"] = "struct",
    is_open: bool = False,
) -> Placed:
    """The record of these fields."""
    return place_fields(
        [Field(name=name, offset=at, shape=shape, is_open=is_open) for name, at, shape in fields],
        kind=kind,
        byte_size=size,
        alignment=alignment,
        integers=INTEGERS,
        taken=[name for name, _, _ in fields],
    )


def lines(placed: Placed) -> list[str]:
    """The fields as Rust writes them."""
    return [f"{field.name}: {field.shape.text}" for field in placed.fields]


def test_natural_offsets_need_nothing() -> None:
    """A hole that `repr(C)` makes itself has no filler."""
    placed = place(("a", 0, U8), ("b", 8, U64), size=16, alignment=8)
    assert (placed.representation, placed.is_aligned) == ("C", False)
    assert lines(placed) == ["a: u8", "b: u64"]


def test_a_field_that_c_aligns_gets_a_filler() -> None:
    """`int b __aligned(64)` lies where no rule of Rust's puts it."""
    placed = place(("a", 0, U8), ("b", 64, U32), size=128, alignment=64)
    assert placed.representation == "C, align(64)"
    assert placed.is_aligned
    assert lines(placed) == ["a: u8", "_filler: [u8; 63]", "b: u32"]


def test_padding_beyond_the_alignment_is_a_filler() -> None:
    """An anonymous record keeps its size, whatever made it larger."""
    placed = place(("a", 0, U8), size=3, alignment=1)
    assert lines(placed) == ["a: u8", "_filler: [u8; 2]"]


def test_a_lower_alignment_packs() -> None:
    """The N of `packed(N)` is C's alignment."""
    assert place(("a", 0, U8), ("b", 1, U64), size=9, alignment=1).representation == "C, packed"
    placed = place(("a", 0, U32), ("b", 4, U64), size=12, alignment=4)
    assert placed.representation == "C, packed(4)"


def test_packed_and_aligned_has_misplaced_fields_as_bytes() -> None:
    """Rust refuses `packed` with `align`, so that the alignment stays and the field gives way."""
    placed = place(("a", 0, U8), ("b", 1, U32), ("c", 8, U64), size=16, alignment=8)
    assert placed.representation == "C"
    assert lines(placed) == ["a: u8", "_b: [u8; 4]", "c: u64"]
    assert not placed.fields[1].is_public


def test_bytes_may_leave_no_alignment() -> None:
    """A field without a size has it then: no `align`, which no packed record could hold."""
    placed = place(("a", 0, U8), ("b", 1, U32), size=8, alignment=4)
    assert lines(placed) == ["_align: [u32; 0]", "a: u8", "_b: [u8; 4]"]
    assert not placed.is_aligned


def test_an_aligned_type_in_a_packed_record_is_bytes() -> None:
    """Rustc's E0588."""
    placed = place(("a", 0, U8), ("b", 1, LINE), size=65, alignment=1)
    assert lines(placed) == ["a: u8", "_b: [u8; 64]"]


def test_the_fewest_fields_are_bytes() -> None:
    """Of packing and its absence the one that keeps more fields."""
    placed = place(
        ("a", 0, LINE), ("b", 64, U8), ("c", 65, U64), ("d", 73, U64), size=128, alignment=64
    )
    assert lines(placed)[0] == "a: line"
    assert [field.name for field in placed.fields if field.name.startswith("_")][:2] == ["_c", "_d"]


def test_storage_units_are_marked() -> None:
    """Bytes of bit-fields have the alignment of C's type."""
    placed = place(("_bitfield_1", 0, byte_array(4)), size=4, alignment=4, is_open=True)
    assert lines(placed) == ["_align: [u32; 0]", "_bitfield_1: [u8; 4]"]
    assert placed.representation == "C"


def test_a_union_has_its_size() -> None:
    """Of its largest field, or of a filler; Rust has no union without a field."""
    placed = place(("a", 0, U8), ("b", 0, U64), size=8, alignment=8, kind="union")
    assert lines(placed) == ["a: u8", "b: u64"]
    placed = place(("a", 0, U8), size=12, alignment=4, kind="union")
    assert lines(placed) == ["a: u8", "_filler: [u8; 12]"]
    assert lines(place(size=0, alignment=1, kind="union")) == ["_filler: [u8; 0]"]


def test_an_unknown_alignment_is_the_highest_that_fits() -> None:
    """It has to divide the size, and the offset of each field whose type wants it."""
    assert place(("a", 0, U64), size=16, alignment=None).alignment == 8
    assert place(("a", 0, U64), ("b", 8, U32), size=12, alignment=None).alignment == 4
    assert place(("a", 0, U8), ("b", 2, U64), size=10, alignment=None).alignment == 2


@pytest.mark.parametrize(
    ("fields", "size", "why"),
    [
        ([("a", 0, U64), ("b", 4, U32)], 8, "its member b overlaps the one before"),
        ([("a", 0, U64)], 4, "its members end at 8, behind its 4 bytes"),
        ([("_x", 0, U8), ("x", 1, U32)], 8, "two of its fields would be called `_x`"),
        ([("a", 0, U8)], 6, "its size of 6 bytes is no multiple of 4"),
    ],
)
def test_what_no_record_has_is_refused(
    fields: list[tuple[str, int, Shape]], size: int, why: str
) -> None:
    """With the reason."""
    with pytest.raises(Inexpressible) as raised:
        place(*fields, size=size, alignment=4)
    assert str(raised.value) == why


def test_a_filler_has_a_name_of_its_own() -> None:
    """A member of C's may be called like it."""
    placed = place(("filler", 0, U8), ("b", 64, U32), size=128, alignment=64)
    assert lines(placed)[1] == "_filler_2: [u8; 63]"
