"""report/__init__.py: every format has a golden file, and an unknown format is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from layoutcheck import __version__
from layoutcheck.errors import LayoutcheckError
from layoutcheck.model.verdict import Verdict
from layoutcheck.report import FORMATS, ReportFormat, render_report
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


def test_an_unknown_format_is_refused_with_the_list() -> None:
    """The message names every format that there is."""
    with pytest.raises(LayoutcheckError, match="unknown report format 'pdf'") as caught:
        render_report("pdf", sample_run())
    assert caught.value.hint == "layoutcheck writes these: html, json"
