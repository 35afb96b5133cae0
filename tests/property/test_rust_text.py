"""Rust that is written for random C records compiles for seven targets.

The text asserts C's size, alignment and offsets, so that rustc is the judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from layoutcheck.abi import find_psabi
from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.probes.c import CQuestion, render_c_probe
from layoutcheck.model.c_types import CTypes
from layoutcheck.model.layout_set import LayoutSet
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import TARGETS, Target
from layoutcheck.report.rust_text import write_rust
from layoutcheck.run.c_types import SCALARS
from tests.c_records import PRELUDE, CRecord, c_records, render
from tests.dwarf_objects import compile_rust_text, linker, run_clang
from tests.questions import ask_types

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.hypothesis]

RECORDS: Final = 25
"""Records in one example."""
EXAMPLES: Final = 40 if settings().max_examples > 100 else 4
PHASES: Final = tuple(phase for phase in Phase if phase is not Phase.explain)
WIDE: Final = {8: "__int128", 4: "long long"}


def lay_out(target: Target, records: Sequence[CRecord], folder: Path) -> CTypes:
    """The records as clang lays them out for a target."""
    names = [f"{record.kind} r{number}" for number, record in enumerate(records)]
    rendered = "\n".join(render(record, f"r{n}") for n, record in enumerate(records))
    wide = WIDE[find_psabi(target.name).pointer]
    scalars = [(kind, name) for kind, name in SCALARS if wide != "long long" or name != "__int128"]
    asked = [CQuestion("type", ProbeKey("scalar", n), name) for n, (_, name) in enumerate(scalars)]
    probe = render_c_probe((), [*ask_types(names), *asked])
    text = PRELUDE + rendered.replace("WIDE", wide)
    (folder / "records.c").write_text(f"{text}\n{probe}", encoding="utf-8")
    flags = (f"--target={target.clang_triple('15.0')}", *target.kernel_flags, "-w", "-gdwarf-5")
    run_clang((*flags, "-c", "records.c", "-o", "records.o"), folder)
    read: LayoutSet = read_layouts(link_shared(linker(), folder / "records.o"))
    alignments = {}
    for number, (kind, _) in enumerate(scalars):
        one = read.records[ProbeKey("scalar", number)]
        alignments[kind, one.byte_size] = one.alignment or 1
    return CTypes(
        target=target,
        records=tuple(
            (name, read.records[key.key]) for name, key in zip(names, ask_types(names), strict=True)
        ),
        definitions=read.definitions,
        alignments=alignments,
    )


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_what_is_written_compiles(target: Target, tmp_path: Path) -> None:
    """A hundred records, a thousand in the thorough profile, for each target."""

    @settings(max_examples=EXAMPLES, phases=PHASES)
    @given(records=st.lists(c_records, min_size=RECORDS, max_size=RECORDS, unique=True))
    def compiles(records: list[CRecord]) -> None:
        written = write_rust(lay_out(target, records, tmp_path))
        assert not written.refused
        compile_rust_text(f"#![no_std]\n{written.text}", tmp_path, arch=target.name)

    compiles()
