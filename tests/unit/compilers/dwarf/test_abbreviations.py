"""abbreviations.py: tables of abbreviations, and DIEs read by them (DWARF 5, section 7.5.3)."""

from __future__ import annotations

import re
import struct

import pytest

from layoutcheck.compilers.dwarf.abbreviations import (
    MAX_ATTRIBUTES,
    Encoded,
    describe,
    read_abbreviations,
)
from layoutcheck.errors import DwarfError

LITTLE = Encoded(byte_order="little", version=5, offset_size=4, address_size=8)
BIG = Encoded(byte_order="big", version=4, offset_size=8, address_size=4)

# Codes of DWARF 5, tables 7.3, 7.5 and 7.6.
MEMBER, STRUCTURE = 0x0D, 0x13
NAME, BYTE_SIZE, TYPE, DECLARATION, LOCATION = 0x03, 0x0B, 0x49, 0x3C, 0x38
DATA1, DATA2, REF4, STRP, STRING, FLAG_PRESENT, IMPLICIT = 0x0B, 0x05, 0x13, 0x0E, 0x08, 0x19, 0x21
EXPRLOC = 0x18


def test_a_table_is_read_to_its_end() -> None:
    """Each kind is read by its code; bytes after the end belong to another unit."""
    data = bytes(
        (
            *(1, STRUCTURE, 1, NAME, STRP, BYTE_SIZE, DATA2, 0, 0),
            *(0x85, 1, MEMBER, 0, TYPE, REF4, 0, 0),
            *(0, 9, 9, 9),
        )
    )
    table = read_abbreviations(b"?" + data, 1, LITTLE)
    assert {*table} == {1, 0x85}
    structure, member = table[1], table[0x85]
    assert (structure.tag, structure.has_children) == ("DW_TAG_structure_type", True)
    assert structure.forms == {"DW_AT_name": "strp", "DW_AT_byte_size": "data2"}
    assert (member.tag, member.has_children, member.byte_size) == ("DW_TAG_member", False, 4)


def test_values_of_fixed_sizes_are_read_at_once() -> None:
    """Values of fixed sizes are read at once, with the byte order and the offsets of the unit."""
    data = bytes((1, STRUCTURE, 0, NAME, STRP, BYTE_SIZE, DATA2, 0, 0, 0))
    for encoded, code in ((LITTLE, "<IH"), (BIG, ">QH")):
        values = struct.pack(code, 7, 300)
        kind = read_abbreviations(data, 0, encoded)[1]
        assert kind.byte_size == len(values)
        assert len(kind.pieces) == 1
        assert kind.read(b"??" + values, 2) == (
            {"DW_AT_name": 7, "DW_AT_byte_size": 300},
            2 + len(values),
        )
        assert kind.skip(b"", 2) == 2 + len(values)


def test_values_of_their_own_sizes_are_read_one_by_one() -> None:
    """The DIE's size is not known before it is read."""
    attributes = (BYTE_SIZE, DATA1, NAME, STRING, LOCATION, EXPRLOC, TYPE, REF4)
    data = bytes((1, MEMBER, 0, *attributes, 0, 0, 0))
    kind = read_abbreviations(data, 0, LITTLE)[1]
    assert kind.byte_size is None
    die = b"\x08ab\0\x02\x23\x04\x09\0\0\0rest"
    read, end = kind.read(die, 0)
    assert read == {
        "DW_AT_byte_size": 8,
        "DW_AT_name": b"ab",
        "DW_AT_data_member_location": b"\x23\x04",
        "DW_AT_type": 9,
    }
    assert end == kind.skip(die, 0) == len(die) - len(b"rest")


def test_values_that_end_behind_the_section_are_refused() -> None:
    """Truncated numbers and blocks are refused."""
    data = bytes(
        (1, STRUCTURE, 0, BYTE_SIZE, DATA2, 0, 0, 2, MEMBER, 0, LOCATION, EXPRLOC, 0, 0, 0)
    )
    table = read_abbreviations(data, 0, LITTLE)
    assert table[1].read(b"\0\1", 0) == ({"DW_AT_byte_size": 256}, 2)
    with pytest.raises(DwarfError, match=r"^the values at 0x1 have no end$"):
        table[1].read(b"\0\1", 1)
    with pytest.raises(DwarfError, match=r"^the block at 0x1 has no end$"):
        table[2].read(b"\2\1", 0)


def test_values_that_stand_in_the_table() -> None:
    """DW_FORM_flag_present and DW_FORM_implicit_const have no bytes in the DIE."""
    attributes = (DECLARATION, FLAG_PRESENT, BYTE_SIZE, IMPLICIT, 0x7E, TYPE, REF4)
    data = bytes((1, STRUCTURE, 0, *attributes, 0, 0, 0))
    kind = read_abbreviations(data, 0, LITTLE)[1]
    assert kind.byte_size == 4
    assert kind.names == ("DW_AT_type",)
    assert kind.read(b"\x09\0\0\0", 0) == (
        {"DW_AT_declaration": 1, "DW_AT_byte_size": -2, "DW_AT_type": 9},
        4,
    )


def test_codes_that_nobody_knows_are_kept_as_numbers() -> None:
    """A vendor's tag or attribute of a known form is kept as a number."""
    data = bytes((1, 0xFF, 0xFE, 0x01, 0, 0xFF, 0x7D, DATA1, 0, 0, 0))
    kind = read_abbreviations(data, 0, LITTLE)[1]
    assert kind.tag == "DW_TAG 0x7f7f"
    assert kind.forms == {"DW_AT 0x3eff": "data1"}


def test_references_between_units_before_dwarf_3() -> None:
    """DW_FORM_ref_addr has the size of an address there (DWARF 3, section 7.5.4)."""
    for version, size in ((2, 8), (3, 4), (5, 4)):
        encoded = Encoded(byte_order="little", version=version, offset_size=4, address_size=8)
        assert describe("t", {"n": ("ref_addr", 0)}, encoded).byte_size == size


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (bytes((1, STRUCTURE)), "the table of abbreviations has no end at 0x2"),
        (bytes((1, STRUCTURE, 0)), "the number that ends at 0x3 has no end, or more than 64 bits"),
        (
            bytes((1, STRUCTURE, 0, NAME, STRP, NAME, STRP, 0, 0, 0)),
            "a DIE has DW_AT_name twice, or too many attributes",
        ),
        (
            bytes((1, STRUCTURE, 0, NAME, 0x16, 0, 0, 0)),
            "it has attributes of the form indirect, which are not read",
        ),
        (
            bytes((1, STRUCTURE, 0, NAME, 0x7F, 0, 0, 0)),
            "it has attributes of the form 0x7f, which are not read",
        ),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(data: bytes, words: str) -> None:
    """The error names the unreadable part."""
    with pytest.raises(DwarfError, match=f"^{re.escape(words)}$"):
        read_abbreviations(data, 0, LITTLE)


def test_too_many_attributes_are_refused() -> None:
    """The limit is far above compilers' output."""

    def table(count: int) -> bytes:
        attributes = ((0x80 | n & 0x7F, 0x41 + n // 128, DATA1) for n in range(count))
        return bytes((1, STRUCTURE, 0, *(byte for one in attributes for byte in one), 0, 0, 0))

    assert len(read_abbreviations(table(MAX_ATTRIBUTES), 0, LITTLE)[1].forms) == MAX_ATTRIBUTES
    with pytest.raises(DwarfError, match="twice, or too many attributes"):
        read_abbreviations(table(MAX_ATTRIBUTES + 1), 0, LITTLE)


@pytest.mark.parametrize("at", [-1, 1, 7])
def test_a_table_outside_of_the_section_is_refused(at: int) -> None:
    """A place outside of the section, which a unit's header may give, is refused."""
    with pytest.raises(DwarfError) as caught:
        read_abbreviations(b"\0", at, LITTLE)
    assert caught.value.what == f"there is no table of abbreviations at {at:#x}"


def test_addresses_of_an_odd_size_are_refused() -> None:
    """Two, four and eight bytes are known."""
    encoded = Encoded(byte_order="little", version=5, offset_size=4, address_size=3)
    with pytest.raises(DwarfError) as caught:
        describe("t", {"n": ("data1", 0)}, encoded)
    assert caught.value.what == "a unit has addresses of 3 bytes"
