"""Numbers and tags of DWARF -> the model's names."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from layoutcheck.model.layout import Encoding

__all__ = ["CONVENTIONS", "DW_CC_NORMAL", "EFIAPI", "ENCODINGS", "QUALIFIERS", "UNION_FIELD"]

ENCODINGS: Final = MappingProxyType(
    {  # DWARF 5, table 7.11
        0x02: Encoding.BOOLEAN,
        0x03: Encoding.COMPLEX,
        0x04: Encoding.FLOAT,
        0x05: Encoding.SIGNED,
        0x06: Encoding.SIGNED,
        0x07: Encoding.UNSIGNED,
        0x08: Encoding.UNSIGNED,
        0x10: Encoding.CHARACTER,
        0x80: Encoding.COMPLEX_INTEGER,  # clang's use of DW_ATE_lo_user
    }
)
QUALIFIERS: Final = MappingProxyType(
    {
        "DW_TAG_const_type": "const",
        "DW_TAG_volatile_type": "volatile",
        "DW_TAG_restrict_type": "restrict",
        "DW_TAG_atomic_type": "_Atomic",
    }
)
UNION_FIELD: Final = "__BindgenUnionField<"
"""bindgen's zero-sized type for a member of a union; its parameter is the member's real type."""
DW_CC_NORMAL: Final = 1
"""The convention of the target's C (DWARF 5, section 3.3.1.1)."""
CONVENTIONS: Final = MappingProxyType(
    {
        DW_CC_NORMAL: "C",
        0xB1: "stdcall",
        0xB3: "fastcall",
        0xB5: "thiscall",
        0xC0: "vectorcall",
        0xC1: "win64",
        0xC3: "aapcs",
    }
)
"""LLVM's further conventions (its Dwarf.def), by Rust's names (the Reference, "External blocks").
"""
EFIAPI: Final = MappingProxyType({"EM_X86_64": "efiapi", "EM_ARM": "aapcs"})
"""The convention that Rust's "efiapi" means on a machine; on all others it is C's."""
