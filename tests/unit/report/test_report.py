"""report/__init__.py: every format has a golden file, and an unknown format is refused."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck import __version__
from layoutcheck.errors import LayoutcheckError
from layoutcheck.location import SourceLocation
from layoutcheck.model.verdict import Run, Verdict
from layoutcheck.report import FORMATS, NAMES, ReportFormat, render_report
from layoutcheck.report.terminal import render_difference, render_layouts, render_summary
from tests.kernel_runs import (
    bio_verdict,
    ccb_verdict,
    descriptor_verdict,
    mtx_verdict,
    sample_run,
    thread_verdict,
    union_verdict,
)

GOLDEN = Path(__file__).parent / "golden"


def last_name(verdict: Verdict) -> str:
    """A short name for tests and files."""
    return verdict.rust_path.rpartition("::")[2]


def check_golden(name: str, text: str) -> None:
    """Compare with the golden file of that name, or write it if LAYOUTCHECK_BLESS=1."""
    plain = text.replace(f'"{__version__}"', '"VERSION"').replace(f">{__version__}<", ">VERSION<")
    plain = plain.replace(f"layoutcheck {__version__}.", "layoutcheck VERSION.")
    path = GOLDEN / name
    if os.environ.get("LAYOUTCHECK_BLESS") == "1":
        path.write_text(plain, encoding="utf-8")
    assert plain == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("report_format", FORMATS, ids=lambda f: f.name)
def test_every_format_is_as_its_golden(report_format: ReportFormat) -> None:
    """A run with every status has the golden text in each format."""
    check_golden(f"sample.{report_format.name}", render_report(report_format.name, sample_run()))


@pytest.mark.parametrize(
    "verdict",
    [ccb_verdict(), bio_verdict(), descriptor_verdict(), union_verdict(), thread_verdict()],
    ids=last_name,
)
def test_a_failing_item_is_as_its_golden(verdict: Verdict) -> None:
    """The text of a failing test at 80 columns is the golden text."""
    check_golden(f"difference-{last_name(verdict)}.txt", render_difference(verdict))


@pytest.mark.parametrize("verdict", [mtx_verdict(), bio_verdict()], ids=last_name)
def test_show_is_as_its_golden(verdict: Verdict) -> None:
    """The text of `layoutcheck show` is the golden text."""
    check_golden(f"layouts-{last_name(verdict)}.txt", render_layouts(verdict))


def test_the_summary_is_as_its_golden() -> None:
    """The summary that ends a run is the golden text."""
    check_golden("summary.txt", render_summary(sample_run()))


HOSTILE = "a\033[31m\u202e\u2066\x85\u2028\ud800\0\ufffeb"
"""Colours, text that runs backwards, line breaks, half a character."""


def hostile_run() -> Run:
    """The sample run with hostile names, reasons and paths everywhere."""

    def changed(verdict: Verdict) -> Verdict:
        place = SourceLocation(path=HOSTILE, line=1)
        wrong = tuple(
            replace(
                one,
                check_id=HOSTILE,
                member_path=HOSTILE,
                c=HOSTILE,
                rust=HOSTILE,
                hint=HOSTILE,
                waived=one.waived and HOSTILE,
                rust_location=place,
                c_location=place,
            )
            for one in verdict.mismatches
        )
        return replace(
            verdict,
            c_name=HOSTILE,
            rust_path=f"{verdict.rust_path}::{HOSTILE}",
            reason=HOSTILE,
            c_location=place,
            rust_location=place,
            mismatches=wrong,
        )

    run = sample_run()
    named = replace(run.cells[0], kernel_conf=HOSTILE, headers=HOSTILE, notes=(HOSTILE,))
    return replace(
        run,
        bindings=HOSTILE,
        cells=(named,),
        verdicts=tuple(map(changed, run.verdicts)),
        problems=(HOSTILE,),
        notes=(HOSTILE,),
    )


@pytest.mark.parametrize("name", NAMES)
def test_nothing_hostile_is_written(name: str) -> None:
    """Each line of a report is printable: a terminal, an editor and a service show what it says."""
    text = render_report(name, hostile_run())
    assert all(line.isprintable() for line in text.split("\n"))
    assert r"\u202e" in text


def test_nothing_hostile_is_printed() -> None:
    """Nor is it on a terminal."""
    run = hostile_run()
    texts = [render_summary(run), *(render_difference(verdict) for verdict in run.verdicts)]
    texts += [render_layouts(verdict) for verdict in run.verdicts]
    for text in texts:
        assert all(line.isprintable() for line in text.split("\n"))


def test_an_unknown_format_is_refused_with_the_list() -> None:
    """The message names every format that there is."""
    with pytest.raises(LayoutcheckError, match="unknown report format 'pdf'") as caught:
        render_report("pdf", sample_run())
    assert caught.value.hint == f"layoutcheck writes these: {', '.join(NAMES)}"
