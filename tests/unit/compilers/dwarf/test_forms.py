"""forms.py: the values of attributes (DWARF 5, sections 7.5.6 and 7.6)."""

from __future__ import annotations

import struct
from typing import Literal

import pytest

from layoutcheck.compilers.dwarf.forms import (
    CONSTANTS,
    FORMS,
    MAX_TEXT,
    REFERENCES,
    fixed_forms,
    read_text,
    sleb,
    uleb,
    varying_forms,
)
from layoutcheck.errors import DwarfError


def test_numbers_and_texts() -> None:
    """Examples of DWARF 5, section 7.6; and numbers and texts without an end."""
    assert [uleb(b, 0) for b in (b"\x02", b"\x7f", b"\x80\x01")] == [(2, 1), (127, 1), (128, 2)]
    assert [sleb(b, 0)[0] for b in (b"\x02", b"\x7e", b"\x80\x7f", b"\xff\0")] == [2, -2, -128, 127]
    assert uleb(b"\xff" * 9 + b"\x01", 0) == ((1 << 64) - 1, 10)
    for endless in (b"\x80" * 11, b"\xff", b""):
        with pytest.raises(DwarfError, match="has no end"):
            uleb(endless, 0)
    assert read_text(b"ab\0c", 1) == b"b"
    for endless in (b"ab", b"A" * (1 << 17) + b"\0"):
        with pytest.raises(DwarfError, match="has no end"):
            read_text(endless, 0)


@pytest.mark.parametrize(
    ("data", "number"),
    [
        (b"\x81\x01", 129),
        (b"\x81\x7f", -127),
        (b"\xff\x7e", -129),
        (b"\x40", -64),
        (b"\x3f", 63),
        (b"\x80" * 9 + b"\x7f", -(1 << 63)),
    ],
)
def test_signed_numbers(data: bytes, number: int) -> None:
    """The highest bit of the last byte's seven is the sign; a number may have 64 bits."""
    assert sleb(data, 0) == (number, len(data))
    assert sleb(b"\xff" + data, 1) == (number, len(data) + 1)


def test_a_text_is_as_long_as_there_is_room_for() -> None:
    """A text must have its NUL within the limit. An empty text is a text."""
    longest = b"A" * (MAX_TEXT - 1)
    assert read_text(longest + b"\0", 0) == longest
    assert read_text(b"x\0", 1) == b""
    with pytest.raises(DwarfError) as caught:
        read_text(longest + b"A\0", 0)
    assert caught.value.what == f"the text at 0x0 has no end, or more than {MAX_TEXT} bytes"


@pytest.mark.parametrize(
    ("form", "size"),
    [
        ("addr", 4),
        ("data1", 1),
        ("data2", 2),
        ("data4", 4),
        ("data8", 8),
        ("data16", 16),
        ("flag", 1),
        ("ref1", 1),
        ("ref2", 2),
        ("ref4", 4),
        ("ref8", 8),
        ("ref_addr", 8),
        ("ref_sig8", 8),
        ("ref_sup4", 4),
        ("ref_sup8", 8),
        ("sec_offset", 8),
        ("strp", 8),
        ("line_strp", 8),
        ("strp_sup", 8),
        ("strx1", 1),
        ("strx2", 2),
        ("strx3", 3),
        ("strx4", 4),
        ("addrx1", 1),
        ("addrx2", 2),
        ("addrx3", 3),
        ("addrx4", 4),
    ],
)
def test_forms_of_one_size(form: str, size: int) -> None:
    """Offsets have the size of the unit's format; here it is the one of 64 bits."""
    forms = fixed_forms(offset="Q", address="I", pointer="Q")
    assert struct.calcsize("<" + forms[form]) == size
    assert form not in varying_forms("little")


@pytest.mark.parametrize(
    ("form", "data", "value"),
    [
        ("udata", b"\x80\x01", 128),
        ("ref_udata", b"\x05", 5),
        ("strx", b"\x05", 5),
        ("loclistx", b"\x05", 5),
        ("sdata", b"\x7e", -2),
        ("string", b"ab\0", b"ab"),
        ("string", b"\0", b""),
        ("block", b"\x02ab", b"ab"),
        ("exprloc", b"\x00", b""),
        ("block1", b"\x02ab", b"ab"),
        ("block2", b"\x02\x00ab", b"ab"),
        ("block4", b"\x02\x00\x00\x00ab", b"ab"),
    ],
)
def test_forms_that_say_their_own_size(form: str, data: bytes, value: int | bytes) -> None:
    """The place behind the value comes with it."""
    read = varying_forms("little")[form]
    assert read(data, 0) == (value, len(data))
    assert read(b"?" + data + b"more", 1) == (value, len(data) + 1)


def test_the_size_of_a_block_has_the_byte_order() -> None:
    """A block's size of two or four bytes is in the byte order."""
    assert varying_forms("big")["block2"](b"\0\x02ab", 0) == (b"ab", 4)
    assert varying_forms("big")["block4"](b"\0\0\0\x02ab", 0) == (b"ab", 6)


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize("form", ["block", "exprloc", "block1", "block2", "block4"])
def test_a_block_that_ends_behind_its_section_is_refused(
    form: str, order: Literal["little", "big"]
) -> None:
    """A block with fewer bytes than its size, or with a truncated size, is refused."""
    data = {"block2": b"\2\2", "block4": b"\2\2\2\2"}.get(form, b"\2")
    with pytest.raises(DwarfError) as caught:
        varying_forms(order)[form](data + b"a", 0)
    assert caught.value.what == f"the block at {len(data):#x} has no end"
    with pytest.raises(DwarfError, match="has no end"):
        varying_forms(order)[form](b"", 0)


def test_every_form_of_dwarf_5_is_read_or_known() -> None:
    """Every form of table 7.6 is read, except three without bytes or with another form inside."""
    read = {*fixed_forms(offset="I", address="I", pointer="I"), *varying_forms("little")}
    numbers = {0x01, *range(0x03, 0x2D)}
    assert {FORMS[number] for number in numbers} - read == {
        "flag_present",
        "implicit_const",
        "indirect",
    }
    assert read - {FORMS[number] for number in numbers} <= {
        *("GNU_ref_alt", "GNU_strp_alt", "GNU_addr_index", "GNU_str_index")
    }


def test_constants_and_references_are_forms() -> None:
    """All constants and references are known forms. `ref_addr` is no reference within a unit."""
    assert {*FORMS.values()} >= CONSTANTS | REFERENCES
    assert "ref_addr" not in REFERENCES
    assert not CONSTANTS & REFERENCES
