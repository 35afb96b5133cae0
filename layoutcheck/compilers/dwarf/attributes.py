"""The offset of a member in its record, as each version of DWARF encodes it.

Member locations are expressions in DWARF 2 (section 2.4). Bit offsets once counted from the other
end of the storage unit (DWARF 3, section 5.6.6).
"""

from __future__ import annotations

from typing import Final

from layoutcheck.compilers.dwarf.dies import Die
from layoutcheck.compilers.dwarf.forms import uleb
from layoutcheck.errors import DwarfError

__all__ = ["bit_offset_of"]

DW_OP_PLUS_UCONST: Final = 0x23


def bit_offset_of(die: Die, *, storage_byte_size: int) -> int:
    """Return the number of bits from the beginning of the record to the member at `die`.

    `storage_byte_size` is the size of the member's type, which is a bit-field's storage unit unless
    the DIE states another size. Raises `DwarfError` for an offset that is not constant.
    """
    from_start = die.number("DW_AT_data_bit_offset")
    if from_start is not None:
        return from_start
    byte_offset = _byte_offset(die)
    from_top, bit_size = die.number("DW_AT_bit_offset"), die.number("DW_AT_bit_size")
    if from_top is None or bit_size is None:
        return byte_offset * 8
    if die.unit.encoded.byte_order == "big":
        return byte_offset * 8 + from_top
    storage = die.number("DW_AT_byte_size") or storage_byte_size
    return (byte_offset + storage) * 8 - from_top - bit_size


def _byte_offset(die: Die) -> int:
    if "DW_AT_data_member_location" not in die.values:  # optional for a union's members
        return 0
    constant = die.number("DW_AT_data_member_location")
    if constant is not None:
        return constant
    block = die.block("DW_AT_data_member_location")
    if block and block[0] == DW_OP_PLUS_UCONST:
        value, end = uleb(block, 1)
        if end == len(block):
            return value
    raise DwarfError(f"the member at {die.offset:#x} has no constant offset")
