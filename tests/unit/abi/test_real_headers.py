"""abi: the records of FreeBSD's own headers, in every architecture."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.abi import Calculator, Unit, find_psabi
from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import TARGETS, Target
from tests.clang_record_layouts import parse_record_layouts, places_in
from tests.dwarf_objects import linker
from tests.freebsd_records import compile_freebsd_records


@pytest.mark.needs_clang
@pytest.mark.needs_headers
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_freebsd_records_are_computed_as_clang_lays_them_out(
    target: Target, tmp_path: Path
) -> None:
    """More than 500 records in each architecture: clang's dump, its DWARF and abi agree."""
    compiled = compile_freebsd_records(tmp_path, target=target.name, flags=("-gdwarf-5",))
    dumped = parse_record_layouts(compiled.dump)
    read = read_layouts(link_shared(linker(), compiled.object)).records
    calculator = Calculator(Unit(compiled.text), find_psabi(target.name))
    assert len(compiled.names) > 500
    for number, name in enumerate(compiled.names):
        computed, said, truth = (
            calculator.explain(name).record,
            read[ProbeKey("type", number)],
            dumped[name],
        )
        assert (computed.byte_size, computed.alignment) == (truth.byte_size, truth.alignment), name
        members = [m for m in truth.members if m.bit_size is None or m.name]
        assert list(places_in(computed)) == list(places_in(said)) == members, name
