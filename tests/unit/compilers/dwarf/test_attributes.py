"""Attributes that differ by DWARF version, as clang writes them for one C text."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.model.probe_key import ProbeKey
from tests.dwarf_objects import AMD64, read_c

pytestmark = pytest.mark.needs_clang

POWERPC64 = "powerpc64-unknown-freebsd14.3"
CROSSING = """
#pragma pack(push, 1)
struct crossing { char a; unsigned b : 20; unsigned c : 20; long d : 50; };
#pragma pack(pop)
"""


@pytest.mark.parametrize("version", [2, 3, 4, 5])
@pytest.mark.parametrize("triple", [AMD64, POWERPC64])
def test_bit_fields_that_cross_their_storage(version: int, triple: str, tmp_path: Path) -> None:
    """Bit-fields that cross their storage have the right offset; in old DWARF it is negative."""
    flags = (f"-gdwarf-{version}", "-gstrict-dwarf")
    layouts = read_c(CROSSING, ["struct crossing"], tmp_path, flags=flags, triple=triple)
    members = layouts.records[ProbeKey("type", 0)].members
    assert [(m.bit_offset, m.bit_size) for m in members] == [(0, 8), (8, 20), (28, 20), (48, 50)]
