"""benchmarks/: counts, tables and measurements."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.debug_info import compare_by_name, read_records
from benchmarks.facts import count_facts
from benchmarks.floor import Floor, read_steps
from benchmarks.measuring import Case, Measurement, interleave, measure
from benchmarks.page import BEGIN, END, Goal, Table, render, replace_between
from benchmarks.recording import Command
from layoutcheck.model.json.runs import run_to_json
from layoutcheck.model.verdict import Run, Status, Verdict
from tests.kernel_runs import cell, mtx_verdict

GOLDEN = Path(__file__).parent / "report" / "golden" / "sample.json"


def test_facts_of_a_report() -> None:
    """Each record with both sides has two facts, and three for each member."""
    report = json.loads(GOLDEN.read_text(encoding="utf-8"))
    facts = count_facts(report)
    compared = [s for s in report["subjects"] if s["c"] is not None and s["rust"] is not None]
    pairs = sum(None not in pair for s in compared for pair in s["paired"])
    assert facts["records"] == len(compared) > 0
    assert facts["record"] == 2 * len(compared) + 3 * pairs


def test_the_page() -> None:
    """Tables replace the text between the markers, and the rest stays."""
    goal = Goal(what="cold", limit="1.2 x", measured="1.5 x", is_reached=False)
    table = Table(title="Cells", columns=("", "s"), rows=(("one", "1.0"),), notes=("a note",))
    text = render("a machine", (goal,), (table,))
    page = replace_between(f"before {BEGIN} the last one {END} after", text)
    assert page.startswith("before ")
    assert page.endswith(" after")
    assert "the last one" not in page
    assert "**no**" in page
    assert replace_between(page, text) == page
    with pytest.raises(ValueError, match="has no"):
        replace_between("no marker", text)


def test_turns() -> None:
    """Cases are measured in turns, each prepared, and the median is reported."""
    done: list[str] = []
    seconds = {"a": iter((3.0, 1.0, 100.0)), "b": iter((2.0, 2.0, 2.0))}

    def case(name: str) -> Case:
        def run() -> Measurement:
            done.append(name)
            return Measurement(seconds=next(seconds[name]), largest_mb=1.0)

        return Case(name=name, run=run, prepare=lambda: done.append(f"for {name}"))

    figures = interleave([case("a"), case("b")], 3)
    assert done == ["for a", "a", "for b", "b"] * 3
    assert (figures["a"].seconds, figures["a"].fastest, figures["a"].slowest) == (3.0, 1.0, 100.0)
    assert figures["b"].runs == 3


def items_run() -> Run:
    """A run with a record of two members and items of each kind; C lacks one constant."""

    def item(kind: str, says: str | None) -> Verdict:
        return Verdict(
            cells=(cell().id,),
            kind=kind,  # type: ignore[arg-type] # a kind, as the calls below show
            c_name=kind,
            rust_path=f"sample::{kind}",
            status=Status.AGREES,
            c_says=says,
            rust_says="the same",
        )

    verdicts = (
        mtx_verdict(),
        item("constant", "4096 (int)"),
        item("constant", None),
        item("enum", "e, 4 bytes: A = 0, B = 1"),
        item("function", "int (const char *, void (*)(int, long), ...)"),
        item("function", "void (void)"),
        item("static", "int"),
    )
    return Run(bindings="sample", cells=(cell(),), verdicts=verdicts)


def test_facts_are_counted_by_their_definition() -> None:
    """A record has 2 facts and 3 a member, a function its result and each parameter."""
    facts = count_facts(run_to_json(items_run()))
    assert facts == {
        "record": 2 + 2 * 3,
        "records": 1,
        "constant": 2,
        "enum": 1 + 2,
        "function": (1 + 2) + 1,
        "static": 1,
    }


def command(folder: Path, *argv: str, work: str = "", status: int = 0) -> Command:
    """A recorded program that ran in layoutcheck's folder of that name."""
    cwd = f"/recorded/temporary/layoutcheck-{work}" if work else ""
    if work:
        (folder / work).mkdir(exist_ok=True)
    return Command(argv=argv, cwd=cwd, env={}, work=work, status=status)


def test_the_floor_is_what_made_something(tmp_path: Path) -> None:
    """The floor has the successful steps that made a file, in order, with the steps they need."""
    place = "/recorded/temporary/layoutcheck-a"
    compile_ = ("sh", "-c", 'cat probe.c > "$1"', "-o", "probe-c.o")
    link = ("sh", "-c", 'sleep 0.01; cat "$3" > "$2"', "ld", "-o", f"{place}/probe-c.so")
    commands = (
        command(tmp_path, "cc", "--version"),
        command(tmp_path, *compile_, work="a", status=1),
        command(tmp_path, *compile_, work="a"),
        command(tmp_path, *link, f"{place}/probe-c.o"),
    )
    (tmp_path / "a" / "probe.c").write_text("int probe;\n", encoding="utf-8")
    steps = read_steps(commands, tmp_path)
    assert [step.name for step in steps] == ["probe-c.o", "probe-c.so"]
    assert [step.needs for step in steps] == [frozenset(), frozenset({0})]
    assert not any(step.is_rust for step in steps)
    floor = Floor(steps, tmp_path / "floor")
    for _ in range(2):
        floor.prepare()
        assert floor.run().seconds > 0.01
        (linked,) = floor.made("probe-c.so")
        assert linked.read_text(encoding="utf-8") == "int probe;\n"


def test_what_fails_on_the_floor_is_told(tmp_path: Path) -> None:
    """A step that fails on the floor is an error with the program's output."""
    failing = command(tmp_path, "sh", "-c", "echo no such thing >&2; exit 1", "-o", "a", work="b")
    floor = Floor(read_steps((failing,), tmp_path), tmp_path / "floor")
    floor.prepare()
    with pytest.raises(RuntimeError, match="no such thing"):
        floor.run()


def test_a_program_is_measured() -> None:
    """A program has its time, and the memory of its largest process, here a child."""
    child = "import time; x = bytearray(100 * 2**20); time.sleep(0.1)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    measured = measure((sys.executable, "-c", parent))
    assert measured.seconds > 0.1
    assert 100 < measured.largest_mb < 200
    with pytest.raises(RuntimeError, match="exit status 3"):
        measure((sys.executable, "-c", "raise SystemExit(3)"))


def test_abidw_is_read(tmp_path: Path) -> None:
    """Records of the same name are compared by size, their members by offset."""

    def written(name: str, size: int, offset: int) -> Path:
        path = tmp_path / name
        path.write_text(
            f"<abi-corpus><class-decl name='r' size-in-bits='{size}'>"
            f"<data-member layout-offset-in-bits='{offset}'><var-decl name='a'/></data-member>"
            "</class-decl><class-decl name='declared'/></abi-corpus>",
            encoding="utf-8",
        )
        return path

    ours = read_records(written("c.xml", 64, 32))
    assert compare_by_name(ours, read_records(written("rust.xml", 64, 0))) == (2, 1)
