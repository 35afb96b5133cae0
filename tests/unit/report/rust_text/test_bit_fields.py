"""report/rust_text/bit_fields.py: methods that read and write the bits of bytes.

The expressions are Python's, too, so that the tests execute them.
"""

from __future__ import annotations

import re
from typing import Literal

import pytest

from layoutcheck.model.layout import Member
from layoutcheck.report.rust_text.bit_fields import BitField, render_accessors, runs_of
from layoutcheck.report.rust_text.shapes import Inexpressible, Shape
from tests.layouts import BOOL, I32, U8, U32


def field(
    start: int,
    size: int,
    *,
    text: str = "u32",
    kind: Literal["bool", "signed", "unsigned"] = "unsigned",
    in_union: bool = False,
) -> BitField:
    """A bit-field `x` in a unit of the record's first bytes."""
    width = 1 if text == "bool" else int(text[1:]) // 8
    base = {"bool": BOOL, "signed": I32, "unsigned": U32}[kind]
    return BitField(
        member=Member(name="x", bit_offset=start, bit_size=size, type=base, is_bit_field=True),
        unit="_bitfield_1",
        unit_offset=0,
        shape=Shape(text=text, byte_size=width, alignment=width),
        kind=kind,
        in_union=in_union,
    )


def read(one: BitField, data: bytes, *, is_big_endian: bool) -> int:
    """The value that the getter of an unsigned bit-field has."""
    lines = list(render_accessors([one], is_big_endian=is_big_endian))
    expression = re.sub(r" as \w+|self\.", "", lines[1])
    return int(eval(expression, {"_bitfield_1": data}))  # noqa: S307 - our own text


@pytest.mark.parametrize("is_big_endian", [False, True])
@pytest.mark.parametrize(
    ("start", "size"), [(0, 1), (3, 5), (0, 8), (4, 8), (7, 10), (5, 27), (0, 32), (1, 31)]
)
def test_a_getter_reads_its_bits(start: int, size: int, *, is_big_endian: bool) -> None:
    """Of five bytes, as the machine's C takes them."""
    data = bytes((0xA5, 0x3C, 0x96, 0xF0, 0x5B))
    whole = int.from_bytes(data, "big" if is_big_endian else "little")
    shift = 40 - start - size if is_big_endian else start
    expected = whole >> shift & (1 << size) - 1
    assert read(field(start, size), data, is_big_endian=is_big_endian) == expected


def test_a_setter_leaves_the_other_bits() -> None:
    """Ten bits from bit 7: a part of two bytes, and a whole one between them."""
    lines = list(render_accessors([field(7, 10)], is_big_endian=False))
    assert [line.strip().replace("self._bitfield_1", "unit") for line in lines[3:]] == [
        "pub fn set_x(&mut self, value: u32) {",
        "unit[0] = (unit[0] & 0x7f) | (((value as u8) & 0x1) << 7);",
        "unit[1] = (value >> 1) as u8;",
        "unit[2] = (unit[2] & 0xfe) | (((value >> 9) as u8) & 0x1);",
        "}",
    ]


def test_a_sign_is_extended() -> None:
    """C's `int x : 3` is -4 to 3."""
    lines = list(render_accessors([field(0, 3, text="i32", kind="signed")], is_big_endian=False))
    value = "(((((self._bitfield_1[0] & 0x7) as u32)) << 29) as i32 >> 29) as i32"
    assert lines[1].strip() == value


def test_a_bool_is_compared() -> None:
    """Rust has no cast to `bool`."""
    lines = list(render_accessors([field(2, 1, text="bool", kind="bool")], is_big_endian=False))
    assert lines[:2] == [
        "    pub fn x(&self) -> bool {",
        "        ((self._bitfield_1[0] >> 2) & 0x1) != 0",
    ]


def test_fields_of_unions_are_unsafe() -> None:
    """Both methods, whatever another field has left there."""
    text = "\n".join(render_accessors([field(0, 3, in_union=True)], is_big_endian=False))
    assert text.count("unsafe {") == 2


def test_a_bit_field_without_a_name_has_no_methods() -> None:
    """It is padding."""
    unnamed = Member(name=None, bit_offset=0, bit_size=3, type=U8, is_bit_field=True)
    one = BitField(
        member=unnamed,
        unit="_bitfield_1",
        unit_offset=0,
        shape=Shape(text="u8", byte_size=1, alignment=1),
        kind="unsigned",
        in_union=False,
    )
    assert not list(render_accessors([one], is_big_endian=False))


def test_a_bit_field_wider_than_its_type_is_refused() -> None:
    """C forbids it; debug information may have anything."""
    with pytest.raises(Inexpressible, match="wider than its type"):
        list(render_accessors([field(0, 33)], is_big_endian=False))


def test_runs_end_at_other_members() -> None:
    """As bindgen numbers its storage units."""
    bits = [
        Member(name=n, bit_offset=0, bit_size=1, type=U8, is_bit_field=True) for n in ("a", "b")
    ]
    plain = Member(name="c", bit_offset=8, bit_size=8, type=U8)
    assert list(runs_of([*bits, plain, bits[0]])) == [tuple(bits), (plain,), (bits[0],)]
