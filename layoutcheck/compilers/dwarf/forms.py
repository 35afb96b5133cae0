"""Bytes -> the values of attributes: every form of DWARF 5, section 7.5.6, that has a size.

Values are raw: an offset into a table of strings stays an offset. A read beyond the end of a
section raises `DwarfError`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from elftools.dwarf.enums import ENUM_DW_FORM

from layoutcheck.errors import DwarfError

__all__ = [
    "CONSTANTS",
    "FORMS",
    "REFERENCES",
    "Read",
    "fixed_forms",
    "read_text",
    "sleb",
    "uleb",
    "varying_forms",
]

Read: TypeAlias = Callable[[bytes, int], tuple[int | bytes, int]]
"""A section and a place in it -> the value there, and the place after it."""

MAX_TEXT: Final = 1 << 16
MAX_LEB_BYTES: Final = 10
"""Length of 64 bits in LEB128 (DWARF 5, section 7.6)."""

FORMS: Final[Mapping[int, str]] = MappingProxyType(
    {n: name.removeprefix("DW_FORM_") for name, n in ENUM_DW_FORM.items() if name[0] == "D"}
)
"""The names of forms, without "DW_FORM_"."""
CONSTANTS: Final = frozenset(
    ("data1", "data2", "data4", "data8", "sdata", "udata", "implicit_const")
)
REFERENCES: Final = frozenset(("ref1", "ref2", "ref4", "ref8", "ref_udata"))
"""References relative to the beginning of their unit."""


@cache
def fixed_forms(*, offset: str, address: str, pointer: str) -> Mapping[str, str]:
    """Return forms whose values have one size -> their codes for `struct`.

    The arguments are the codes of offsets into sections, of addresses, and of `DW_FORM_ref_addr`.
    """
    forms = {
        **dict.fromkeys(("data1", "flag", "ref1", "strx1", "addrx1"), "B"),
        **dict.fromkeys(("data2", "ref2", "strx2", "addrx2"), "H"),
        **dict.fromkeys(("strx3", "addrx3"), "3s"),
        **dict.fromkeys(("data4", "ref4", "strx4", "addrx4", "ref_sup4"), "I"),
        **dict.fromkeys(("data8", "ref8", "ref_sig8", "ref_sup8"), "Q"),
        "data16": "16s",
        **dict.fromkeys(("sec_offset", "strp", "line_strp", "strp_sup"), offset),
        **dict.fromkeys(("GNU_ref_alt", "GNU_strp_alt"), offset),
        "addr": address,
        "ref_addr": pointer,
    }
    return MappingProxyType(forms)


@cache
def varying_forms(byte_order: Literal["little", "big"]) -> Mapping[str, Read]:
    """Return forms whose values have varying sizes -> their readers."""
    forms: dict[str, Read] = {
        **dict.fromkeys(("udata", "ref_udata", "strx", "addrx", "loclistx", "rnglistx"), uleb),
        **dict.fromkeys(("GNU_addr_index", "GNU_str_index"), uleb),
        "sdata": sleb,
        "string": _string,
        **dict.fromkeys(("block", "exprloc"), _block),
        "block1": _sized_block(1, byte_order),
        "block2": _sized_block(2, byte_order),
        "block4": _sized_block(4, byte_order),
    }
    return MappingProxyType(forms)


def uleb(data: bytes, at: int) -> tuple[int, int]:
    """Return an unsigned LEB128 number of at most 10 bytes (DWARF 5, section 7.6), and its end."""
    value = shift = 0
    for byte in data[at : at + MAX_LEB_BYTES]:
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the bit says that more follows
            return value, at
        shift += 7
    raise DwarfError(f"the number that ends at {at:#x} has no end, or more than 64 bits")


def sleb(data: bytes, at: int) -> tuple[int, int]:
    """Return a signed LEB128 number, and its end."""
    value, end = uleb(data, at)
    bits = 7 * (end - at)
    return value - (value >> (bits - 1) << bits), end


def read_text(data: bytes, at: int) -> bytes:
    """Return the bytes before the next NUL, which must be within `MAX_TEXT` bytes."""
    end = data.find(b"\0", at, at + MAX_TEXT)
    if end < 0:
        raise DwarfError(f"the text at {at:#x} has no end, or more than {MAX_TEXT} bytes")
    return data[at:end]


def _string(data: bytes, at: int) -> tuple[bytes, int]:
    text = read_text(data, at)
    return text, at + len(text) + 1


def _block(data: bytes, at: int) -> tuple[bytes, int]:
    size, at = uleb(data, at)
    return _bytes(data, at, at + size)


def _bytes(data: bytes, start: int, end: int) -> tuple[bytes, int]:
    if end > len(data):
        raise DwarfError(f"the block at {start:#x} has no end")
    return data[start:end], end


def _sized_block(width: int, byte_order: Literal["little", "big"]) -> Read:
    def read(data: bytes, at: int) -> tuple[bytes, int]:
        start = at + width
        return _bytes(data, start, start + int.from_bytes(data[at:start], byte_order))

    return read
