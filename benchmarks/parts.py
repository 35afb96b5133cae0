"""The parts of the benchmark: each measures one case, gives a table, and keeps its figures."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks import bindgen_tests, checks, ctest, debug_info, subjects
from benchmarks.everything import everything_of_15
from benchmarks.measuring import Case, Figures, interleave
from benchmarks.page import Table
from benchmarks.results import Results
from benchmarks.subjects import ROOT, Subject
from tests.headers_of_15 import CACHE

__all__ = ["PARTS"]

_LIBC: Final = "libc"
_BINDGEN: Final = "bindgen"


def bindgen(folder: Path, runs: int, results: Results) -> None:
    """Measure bindgen's output cold, again and changed, beside the floor and other tools."""
    subject = subjects.bindgen_of_15(folder / "subject")
    floors = checks.find_floors(subject, folder)
    floor = floors["floor"]
    floor.prepare()
    floor.run()  # makes the objects, and measures each step
    c, rust = floor.made("probe-c.so")[0], floor.made("probe-rust.so")[0]
    objects = folder / "objects"
    objects.mkdir(exist_ok=True)
    c, rust = (Path(shutil.copy(made, objects)) for made in (c, rust))
    tests = bindgen_tests.BindgenTests(folder / "tests")
    peers: tuple[Case, ...] = tests.cases()
    if shutil.which("pahole") and shutil.which("abidw"):
        peers = (*peers, debug_info.abidw_case(c, rust, folder / "abidw"))
        peers = (*peers, debug_info.pahole_case(c))
    figures = _measure(subject, floors, folder, runs=runs, peers=peers)
    inside = checks.inspect(subject, folder / "inside")
    results.subject(_BINDGEN, subject.title, figures, inside, floor.seconds())
    results.facts["bindgen"] = tests.facts
    compared = folder / "abidw" / "compared"
    if compared.exists():
        results.facts["abidw"], results.facts["abidw differing"] = json.loads(
            compared.read_text(encoding="utf-8")
        )
        results.facts["pahole of Rust"] = debug_info.pahole_records(rust)
    results.dwarf[subject.title] = _read_dwarf(runs, c, rust)


def libc(folder: Path, runs: int, results: Results) -> None:
    """Measure libc cold, again and changed, beside the floor and ctest."""
    subject = subjects.libc(folder / "subject")
    floors = checks.find_floors(subject, folder)
    version = subject.title.split()[1]
    test = ctest.Ctest(CACHE / f"ctest-{ctest.VERSION}", version)
    figures = _measure(subject, floors, folder, runs=runs, peers=(test.case(),))
    inside = checks.inspect(subject, folder / "inside")
    results.subject(_LIBC, subject.title, figures, inside, floors["floor"].seconds())
    results.facts["ctest"] = test.facts


def default_path(folder: Path, runs: int, results: Results) -> None:
    """Measure bindgen's output and libc without a list of headers, beside the floor with one."""
    rows: list[tuple[str, ...]] = []
    for listed in (subjects.bindgen_of_15(folder / "bindgen"), subjects.libc(folder / "libc")):
        subject = subjects.without_list(listed, folder / f"{listed.folder.name}-default")
        subjects.add_other(subject)
        floor = checks.find_floors(listed, folder / f"{listed.folder.name}-floor")["floor"]
        floor.prepare()
        floor.run()
        cases = (
            Case(name="floor", prepare=floor.prepare, run=floor.run),
            *checks.default_cases(subject, folder / f"{listed.folder.name}-places"),
        )
        found = interleave(cases, runs)
        alone = found["floor"].seconds
        for what, figures in found.items():
            times = f"{figures.seconds / alone:.2f}"
            rows.append((listed.title, what, f"{figures.seconds:.2f}", times))
    columns = ("", "", "s", "x the floor with a list")
    notes = ("Before the second one a crate of one record is checked against the same headers.",)
    results.add(Table(title="Default path", columns=columns, rows=rows, notes=notes))


def records(folder: Path, runs: int, results: Results) -> None:
    """Measure 100, 1,000 and 4,000 generated records, cold and again."""
    counts = (100, 1000, 4000)
    made = [subjects.twins(folder / f"subject-{count}", count) for count in counts]
    figures = _scaled(made, folder, runs)
    inside = [checks.inspect(subject, folder / "inside") for subject in made]
    _unlike(inside, counts)
    rows = [
        (
            f"{count:,}",
            f"{cold.seconds:.2f}",
            f"{again.seconds:.2f}",
            f"{cold.seconds / count * 1000:.1f}",
            f"{again.seconds / count * 1000:.1f}",
            f"{cold.largest_mb:.0f}",
            f"{looked.own_mb:.0f}",
        )
        for count, (cold, again), looked in zip(counts, figures, inside, strict=True)
    ]
    columns = ("records", "cold, s", "again, s", "a record cold, ms", "again, ms")
    results.add(
        Table(
            title="Records",
            columns=(*columns, "largest, MB", "our process, MB"),
            rows=rows,
            notes=(
                (
                    "C records and their `repr(C)` twins, made by a generator, in "
                    "hundreds that hold one another: a header of 14.2's tree, a file of Rust."
                ),
            ),
        )
    )
    results.numbers["a record"] = (figures[2][0].seconds / 4000) / (figures[0][0].seconds / 100)


def cells(folder: Path, runs: int, results: Results) -> None:
    """Measure 1, 7 and 28 cells of the sample crate, cold and again; of the 28, 18 exist."""
    counts, there = (1, 7, 28), (1, 7, 18)
    subject = subjects.sample(folder / "subject")
    made = [subjects.cells_of(subject, count) for count in counts]
    for each, count in zip(made, there, strict=True):
        checked = checks.inspect(each, folder / "inside").cells
        if checked != count:
            raise RuntimeError(f"{count} cells were wanted, and {checked} were checked")
    figures = _scaled(made, folder, runs)
    one = figures[0][0].seconds
    rows = [
        (
            str(count),
            f"{cold.seconds:.2f}",
            f"{cold.seconds / one:.1f}",
            f"{again.seconds:.2f}",
            f"{cold.largest_mb:.0f}",
        )
        for count, (cold, again) in zip(there, figures, strict=True)
    ]
    results.add(
        Table(
            title="Cells",
            columns=("cells", "cold, s", "x one cell", "again, s", "largest, MB"),
            rows=rows,
            notes=(
                (
                    "The sample crate, 127 types, without a list of headers. 7: the architectures, "
                    "GENERIC, 14. 18: these, 14 and 15, GENERIC and MINIMAL: 28, but that only "
                    "amd64 and i386 have a MINIMAL. For 28 cells its time is taken 28/18 times."
                ),
            ),
        )
    )
    results.numbers["28 cells"] = figures[2][0].seconds / one * 28 / there[2]


def everything(folder: Path, runs: int, results: Results) -> None:
    """Measure one cold check of bindgen's output for more than 1,100 headers."""
    subject = everything_of_15(folder / "subject")
    floor = checks.find_floors(subject, folder)["floor"]
    floor.prepare()
    alone = floor.run()
    inside = checks.inspect(subject, folder / "inside")
    count = inside.facts["records"]
    stages = sorted(inside.stages.items(), key=lambda stage: -stage[1])[:6]
    rows = [
        ("records compared", f"{count:,}"),
        ("facts compared", f"{inside.total:,}"),
        ("floor, s", f"{alone.seconds:.1f}"),
        ("cold, s", f"{inside.seconds:.1f}"),
        ("our process, MB", f"{inside.own_mb:.0f}"),
        ("the largest compiler, MB", f"{alone.largest_mb:.0f}"),
        *((f"{name}, s", f"{seconds:.1f}") for name, seconds in stages),
    ]
    note = f"{subject.title}; one run each. The stages are those of the cold run."
    results.add(Table(title="Everything", columns=("", "is"), rows=rows, notes=(note,)))
    results.numbers["everything, MB"] = inside.own_mb
    results.numbers["everything, records"] = count
    made = (floor.made("probe-c.so")[0], floor.made("probe-rust.so")[0])
    results.dwarf["everything"] = _read_dwarf(min(runs, 3), *made)


PARTS: Final[dict[str, Callable[[Path, int, Results], None]]] = {
    "bindgen": bindgen,
    "libc": libc,
    "default": default_path,
    "records": records,
    "cells": cells,
    "everything": everything,
}


def _measure(
    subject: Subject,
    floors: checks.Floors,
    folder: Path,
    *,
    runs: int,
    peers: tuple[Case, ...],
) -> dict[str, Figures]:
    # Run once before it counts, so that the floor has the duration of each step.
    for each in floors.values():
        each.prepare()
        each.run()
    cases = (
        *checks.floor_cases(floors),
        *checks.check_cases(subject, "check", folder / "places"),
        *checks.check_cases(subject, "pytest", folder / "places"),
        *peers,
    )
    return interleave(cases, runs)


def _scaled(made: list[Subject], folder: Path, runs: int) -> list[tuple[Figures, Figures]]:
    """Measure each of the bindings cold and again, in turns."""
    cases: list[Case] = []
    for number, subject in enumerate(made):
        cold, again, *_ = checks.check_cases(subject, "check", folder / f"places-{number}")
        for case in (cold, again):
            name = f"{subject.title}, {case.name}"
            cases.append(Case(name=name, run=case.run, prepare=case.prepare))
    found = list(interleave(cases, runs).values())
    return list(zip(found[::2], found[1::2], strict=True))


def _unlike(inside: list[checks.Inside], counts: tuple[int, ...]) -> None:
    compared = tuple(looked.facts["records"] for looked in inside)
    if compared != counts:
        raise RuntimeError(f"{counts} records were made, and {compared} were compared")


def _read_dwarf(runs: int, *linked: Path) -> tuple[int, float]:
    """Return the DIEs of objects, and the seconds in which they are read."""
    command = [sys.executable, "-m", "benchmarks.dwarf_speed", str(runs), *map(str, linked)]
    printed = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    found = json.loads(printed.stdout)
    return sum(dies for dies, _ in found), sum(seconds for _, seconds in found)
