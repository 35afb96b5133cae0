"""A record compared with itself never differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf import read_layouts
from tests.comparisons import compare
from tests.dwarf_objects import linker
from tests.freebsd_records import compile_freebsd_records


@pytest.mark.needs_clang
@pytest.mark.needs_headers
def test_freebsd_is_itself(tmp_path: Path) -> None:
    """Hundreds of real records agree with themselves: bit-fields, unions, flexible arrays."""
    compiled = compile_freebsd_records(tmp_path, flags=("-gdwarf-5",))
    records = read_layouts(link_shared(linker(), compiled.object)).records
    named = {compiled.names[key.number]: record for key, record in records.items()}
    compared = compare(
        {name: (name, record) for name, record in named.items()},
        named,
        subjects=dict.fromkeys(named, False),
        renames={},
    )
    assert compared.keys() == named.keys()
    assert {name: found.mismatches for name, found in compared.items() if found.mismatches} == {}
