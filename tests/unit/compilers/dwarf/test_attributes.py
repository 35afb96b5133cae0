"""What each version of DWARF writes differently, as clang writes it for one and the same C."""

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
    """In old DWARF the distance from the top of the storage unit is negative for such."""
    flags = (f"-gdwarf-{version}", "-gstrict-dwarf")
    layouts = read_c(CROSSING, ["struct crossing"], tmp_path, flags=flags, triple=triple)
    members = layouts.records[ProbeKey("type", 0)].members
    assert [(m.bit_offset, m.bit_size) for m in members] == [(0, 8), (8, 20), (28, 20), (48, 50)]


@pytest.mark.parametrize("version", [2, 4, 5])
def test_places_of_declaration(version: int, tmp_path: Path) -> None:
    """A record in an included file, another in the unit, and a name that came from the probe."""
    (tmp_path / "include" / "sys").mkdir(parents=True)
    header = tmp_path / "include" / "sys" / "queue.h"
    header.write_text("\n\nstruct entry {\n\tint first;\n};\n", encoding="utf-8")
    text = "#include <sys/queue.h>\nstruct here { struct entry e; };"
    flags = ("-I", "include", f"-gdwarf-{version}")
    records = read_c(text, ["struct entry", "struct here"], tmp_path, flags=flags).records
    places = [str(record.declared_at) for record in records.values()]
    assert places == [f"{tmp_path}/include/sys/queue.h:3", f"{tmp_path}/sample.c:2"]
    assert (
        str(records[ProbeKey("type", 0)].members[0].declared_at)
        == f"{tmp_path}/include/sys/queue.h:4"
    )
