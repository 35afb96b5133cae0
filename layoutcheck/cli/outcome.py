"""Output of a run on the command line: the differences, the summary, the reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from layoutcheck.cli.console import colors, say
from layoutcheck.model.verdict import Run, Status, Verdict
from layoutcheck.report import render_report
from layoutcheck.report.cells import agreeing_cells, name_cells
from layoutcheck.report.files import Request, write_reports
from layoutcheck.report.summary import render_summary
from layoutcheck.report.terminal_safe import printable

__all__ = ["headed", "tell_run"]


def tell_run(run: Run, requests: Sequence[Request], *, annotate: bool = False) -> None:
    """Print every mismatch and unchecked item, then the summary, and write the reports.

    `annotate` adds the annotations of GitHub Actions to the output.
    """
    wrong = [v for v in run.verdicts if v.status in {Status.DIFFERS, Status.INDETERMINATE}]
    if wrong:
        _tell_differences(wrong, run)
    say(render_summary(run), end="")
    if annotate:
        say(render_report("github", run), end="")
    for path in write_reports(requests, [run]):
        say(f"report: {path}")


def _tell_differences(wrong: Sequence[Verdict], run: Run) -> None:
    from layoutcheck.report.terminal import render_difference  # noqa: PLC0415 - if one differs

    color = colors()
    for verdict, heading in headed(wrong, run):
        say(heading + render_difference(verdict, color=color))


def headed(verdicts: Sequence[Verdict], run: Run) -> Iterator[tuple[Verdict, str]]:
    """Yield each verdict with the heading to print above it.

    The heading names the cells of the verdict in a run of several cells. It is empty if the verdict
    before had the same cells.
    """
    before = ""
    for verdict in verdicts:
        words = printable(name_cells(run.cells, verdict.cells))
        if elsewhere := agreeing_cells(run, verdict):
            words += f" (agrees in {printable(name_cells(run.cells, elsewhere))})"
        yield verdict, f"{f'== {words} ':=<80}\n" if words != before else ""
        before = words
