"""outcome.py: a run's differences, its summary, and its reports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck.cli.outcome import Detail, headed, tell_run
from layoutcheck.location import SourceLocation
from layoutcheck.model.verdict import Cause, Mismatch, Run, Status, Verdict
from layoutcheck.report.files import parse_requests
from tests.kernel_runs import agreeing_run, cell

CELLS = (cell("GENERIC"), replace(cell("MINIMAL"), id="amd64-MINIMAL"))
BOTH = tuple(one.id for one in CELLS)
DIFFERS = Verdict(
    cells=BOTH,
    kind="constant",
    c_name="HZ",
    rust_path="k::HZ",
    status=Status.DIFFERS,
    c_says="100 (int)",
    rust_says="99 (u32)",
    mismatches=(
        Mismatch(check_id="constant-value", member_path=None, c="100 (int)", rust="99 (u32)"),
    ),
)
AGREES = replace(DIFFERS, status=Status.AGREES, mismatches=(), rust_says="100 (u32)")


def run(*verdicts: Verdict, cells: int = 2) -> Run:
    """A run with this number of cells."""
    return Run(bindings="k", cells=CELLS[:cells], verdicts=verdicts)


def test_headings() -> None:
    """A heading has the cells of a verdict, once for consecutive verdicts of the same cells."""
    one = replace(DIFFERS, cells=BOTH[:1])
    other = replace(DIFFERS, rust_path="k::MHZ", cells=BOTH[:1])
    verdicts = (DIFFERS, one, other, replace(DIFFERS, cells=BOTH[1:]))
    headings = [heading for _, heading in headed(verdicts, run(*verdicts))]
    assert headings == [
        f"{'== all 2 cells ':=<80}\n",
        f"{f'== {BOTH[0]} ':=<80}\n",
        "",
        f"{f'== {BOTH[1]} ':=<80}\n",
    ]


def test_cells_that_agree() -> None:
    """Cells in which the item agrees are named beside those in which it differs."""
    verdicts = (replace(DIFFERS, cells=BOTH[:1]), replace(AGREES, cells=BOTH[1:]))
    ((_, heading),) = headed(verdicts[:1], run(*verdicts))
    assert heading.startswith(f"== {BOTH[0]} (agrees in {BOTH[1]}) ==")


def test_a_hostile_cell() -> None:
    """The name of a conf is that of a file."""
    cells = (CELLS[0], replace(CELLS[1], id="a\033[31m"))
    verdict = replace(DIFFERS, cells=("a\033[31m",))
    ((_, heading),) = headed([verdict], Run(bindings="k", cells=cells, verdicts=(verdict,)))
    assert heading.startswith(r"== a\x1b[31m ==")


def test_the_only_cell() -> None:
    """The only cell needs no heading."""
    verdict = replace(DIFFERS, cells=BOTH[:1])
    assert [heading for _, heading in headed([verdict], run(verdict, cells=1))] == [""]


def test_output(capsys: pytest.CaptureFixture[str]) -> None:
    """Output has all items that differ or are unchecked, then the summary, and none that agree."""
    unchecked = replace(
        DIFFERS,
        rust_path="k::OTHER",
        status=Status.INDETERMINATE,
        mismatches=(),
        reason="no header defines it",
    )
    agrees = replace(AGREES, rust_path="k::RIGHT")
    waived = replace(
        DIFFERS,
        rust_path="k::KNOWN",
        status=Status.WAIVED,
        reason="known",
        mismatches=(replace(DIFFERS.mismatches[0], waived="known"),),
    )
    tell_run(run(agrees, DIFFERS, waived, unchecked), ())
    told = capsys.readouterr()
    assert told.err == ""
    lines = told.out.splitlines()
    assert lines[0] == f"{'== all 2 cells ':=<80}"
    assert lines[1] == "HZ  <->  k::HZ"
    assert "no header defines it" in told.out
    assert "k::RIGHT" not in told.out
    assert "k::KNOWN" not in told.out
    assert told.out.count("== all 2 cells") == 1
    assert "\033" not in told.out


FOLLOWS = replace(
    DIFFERS,
    rust_path="k::FOLLOWS",
    rust_location=SourceLocation(path="src/lib.rs", line=9),
    mismatches=(
        replace(
            DIFFERS.mismatches[0], cause=Cause(item="k::TYPE", check="enum-value", member="ON")
        ),
    ),
)
TYPE = replace(
    DIFFERS,
    kind="enum",
    rust_path="k::TYPE",
    mismatches=(Mismatch(check_id="enum-value", member_path="ON", c="1", rust="2"),),
)
ROOTS = (
    "1 mistake makes 2 items differ:\n"
    "enum-value k::TYPE ON: C says 1, Rust 2\n"
    "    clears 2 mismatches in 2 items: TYPE, FOLLOWS\n"
    "    in all 2 cells\n"
)


@pytest.mark.parametrize("detail", ["quiet", "brief", "normal", "verbose"])
def test_details(capsys: pytest.CaptureFixture[str], detail: Detail) -> None:
    """An item that only follows is a line, unless all is asked for; root causes come last."""
    tell_run(run(FOLLOWS, TYPE), (), detail=detail)
    out = capsys.readouterr().out
    line = "src/lib.rs:9: k::FOLLOWS: 1 mismatch follows from k::TYPE ON\n"
    assert (line in out) == (detail == "normal")
    assert ("HZ  <->  k::FOLLOWS" in out) == (detail == "verbose")
    assert ("HZ  <->  k::TYPE" in out) == (detail in {"normal", "verbose"})
    assert ("against FreeBSD" in out) == (detail != "brief")
    assert (out == ROOTS) == (detail == "brief")
    assert out.endswith(ROOTS) == (detail != "quiet")


def test_annotations(capsys: pytest.CaptureFixture[str]) -> None:
    """They follow the paragraph if they are asked for, and only then."""
    tell_run(run(DIFFERS), (), annotate=True)
    assert capsys.readouterr().out.splitlines()[-1].startswith("::error title=constant-value")
    tell_run(run(DIFFERS), ())
    assert "::error" not in capsys.readouterr().out


def test_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each report is written and named. If all agree, only the summary comes before."""
    monkeypatch.chdir(tmp_path)
    tell_run(agreeing_run(), parse_requests(("json=a.json", "html=out/a.html")))
    out = capsys.readouterr().out
    assert out.endswith("report: a.json\nreport: out/a.html\n")
    assert "!" not in out
    assert (tmp_path / "a.json").is_file()
    assert (tmp_path / "out" / "a.html").is_file()
