"""Random C records for seven psABIs: clang's DWARF, its dump and the calculator agree.

Many records are in one compilation. A compiled record is not compiled again, so that shrinking
costs little more than the record that fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from layoutcheck.abi import Calculator, Unit, find_psabi
from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.probes.c import render_c_probe
from layoutcheck.errors import DeclarationError
from layoutcheck.model.layout import ArrayType, RecordLayout, Type, strip
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import TARGETS, Target
from tests.c_records import PRELUDE, CRecord, c_records, render
from tests.clang_record_layouts import parse_record_layouts, places_in
from tests.dwarf_objects import compile_c_text, linker, read_rust, run_clang
from tests.questions import ask_types
from tests.twins import make_records, render_c, render_rust

# Hypothesis marks only the inner function, which it decorates; the environment selects by the mark.
pytestmark = [pytest.mark.needs_clang, pytest.mark.hypothesis]

RECORDS: Final = 10
"""Records in one example."""
WANTED: Final = 2000 if settings().max_examples > 100 else 100
"""Different records for each target, by the profile."""
PHASES: Final = tuple(phase for phase in Phase if phase is not Phase.explain)
NARROWER: Final = {"i128": "i64"}
"""Replacements of types that 32-bit targets do not have."""
WIDE: Final = {8: "__int128", 4: "long long"}


def places_with_arrays(type_: Type) -> tuple[object, ...]:
    """Return all members of a record, in arrays of records too, as nested tuples."""
    inner = strip(type_)
    while isinstance(inner, ArrayType):
        inner = strip(inner.element)
    if not isinstance(inner, RecordLayout):
        return ()
    members = tuple(
        (m.name, m.bit_offset, m.bit_size, m.is_bit_field, places_with_arrays(m.type))
        for m in inner.members
    )
    return (inner.kind, inner.byte_size, members)


def compare(
    target: Target, records: Sequence[CRecord], folder: Path
) -> Iterator[tuple[CRecord, str | None]]:
    """Return each record with the difference of the three layouts, or None."""
    psabi = find_psabi(target.name)
    names = [f"{record.kind} r{number}" for number, record in enumerate(records)]
    rendered = [render(record, f"r{number}") for number, record in enumerate(records)]
    text = PRELUDE + "\n".join(rendered).replace("WIDE", WIDE[psabi.pointer])
    probe = render_c_probe((), ask_types(names))
    (folder / "records.c").write_text(f"{text}\n{probe}", encoding="utf-8")
    flags = (f"--target={target.clang_triple('15.0')}", *target.kernel_flags, "-w", "-gdwarf-5")
    dump = run_clang(
        (*flags, "-Xclang", "-fdump-record-layouts", "-c", "records.c", "-o", "records.o"), folder
    )
    dumped = parse_record_layouts(dump)
    read = read_layouts(link_shared(linker(), folder / "records.o")).records
    calculator = Calculator(Unit(text), psabi)
    for number, (name, record) in enumerate(zip(names, records, strict=True)):
        dwarf, simple = read[ProbeKey("type", number)], dumped[name]
        try:
            computed = calculator.explain(name).record
        except DeclarationError as error:
            yield record, f"{rendered[number]}\n{error}"
            continue
        members = [m for m in simple.members if m.bit_size is None or m.name]
        opinions = {
            "dump": (simple.byte_size, simple.alignment, members),
            "dwarf": (dwarf.byte_size, dwarf.alignment, list(places_in(dwarf))),
            "abi": (computed.byte_size, computed.alignment, list(places_in(computed))),
        }
        agree = opinions["dump"] == opinions["dwarf"] == opinions["abi"]
        deep = places_with_arrays(dwarf) == places_with_arrays(computed)
        said = "\n".join(f"{who}: {what}" for who, what in opinions.items())
        yield record, None if agree and deep else f"{rendered[number]}\n{said}"


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_three_opinions_agree(target: Target, tmp_path: Path) -> None:
    """A hundred records, or 2,000 in the thorough profile, have equal layouts for each target."""
    known: dict[CRecord, str | None] = {}

    @settings(max_examples=WANTED // RECORDS * 3 // 2, phases=PHASES)
    @given(records=st.lists(c_records, min_size=RECORDS, max_size=RECORDS, unique=True))
    def agree(records: list[CRecord]) -> None:
        if new := [record for record in records if record not in known]:
            known.update(compare(target, new, tmp_path))
        for record in records:
            if wrong := known[record]:
                pytest.fail(wrong, pytrace=False)

    agree()
    assert len(known) >= WANTED


def compare_twins(target: Target, seed: int, folder: Path) -> None:
    """Compare a hundred records in C and in Rust: rustc, clang and the calculator."""
    records = make_records(Random(seed), 100)  # noqa: S311 - repeatable
    psabi = find_psabi(target.name)
    if "__int128" not in psabi.scalars:
        records = [
            replace(
                r, fields=tuple(replace(f, type=NARROWER.get(f.type, f.type)) for f in r.fields)
            )
            for r in records
        ]
    c_text, names = render_c(records), [f"{record.kind} {record.name}" for record in records]
    probe = render_c_probe((), ask_types(names))
    flags, triple = target.kernel_flags, target.clang_triple("15.0")
    compiled = compile_c_text(f"{c_text}\n{probe}", folder, flags=flags, triple=triple)
    c = read_layouts(link_shared(linker(), compiled)).records
    plain = [record.name for record in records]
    rust = read_rust(render_rust(records), plain, folder, arch=target.name).records
    calculator = Calculator(Unit(c_text), psabi)
    for number, name in enumerate(names):
        said = (
            rust[ProbeKey("type", number)],
            c[ProbeKey("type", number)],
            calculator.explain(name).record,
        )
        facts = [
            (r.byte_size, r.alignment, [(m.name, m.bit_offset, m.bit_size) for m in r.members])
            for r in said
        ]
        assert facts[0] == facts[1] == facts[2], f"{target.name}, seed {seed}: {name}"


@pytest.mark.needs_rustc
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_rustc_agrees_too(target: Target, tmp_path: Path) -> None:
    """A hundred twins that `repr(C)` can express, or 2,000, agree for each target."""
    for seed in range(WANTED // 100):
        compare_twins(target, seed, tmp_path)
