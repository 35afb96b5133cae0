"""Output of a run on the command line: the differences, the summary, the reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from layoutcheck.cli.console import colors, say, width
from layoutcheck.model.verdict import Run, Status, Verdict
from layoutcheck.report import render_report
from layoutcheck.report.cells import agreeing_cells, name_cells
from layoutcheck.report.files import Request, write_reports
from layoutcheck.report.made_for import made_for
from layoutcheck.report.summary import render_summary
from layoutcheck.report.terminal_safe import printable, wrapped

__all__ = ["Detail", "headed", "tell_run"]

Detail: TypeAlias = Literal["quiet", "brief", "normal", "verbose"]
"""Amount of output: "quiet" is the summary, "brief" the root causes; "normal" has the items with a
root cause, and a line for each other item that differs; "verbose" has them all in full."""


def tell_run(
    run: Run,
    requests: Sequence[Request],
    *,
    detail: Detail = "normal",
    annotate: bool = False,
) -> None:
    """Print what differs or is unchecked, the summary and the root causes; write the reports.

    `annotate` adds the annotations of GitHub Actions to the output.
    """
    for sentence in made_for(run):
        say("\n".join(wrapped(printable(f"warning: {sentence}"), width(), rest="  ")))
    wrong = [v for v in run.verdicts if v.status in {Status.DIFFERS, Status.INDETERMINATE}]
    if wrong and detail in {"normal", "verbose"}:
        _tell_differences(wrong, run, is_whole=detail == "verbose")
    if detail != "brief":
        say(render_summary(run, width=width()), end="")
    if wrong and detail != "quiet":
        _tell_root_causes(run, detail)
    if annotate:
        say(render_report("github", run), end="")
    for path in write_reports(requests, [run]):
        say(f"report: {path}")


def _tell_differences(wrong: Sequence[Verdict], run: Run, *, is_whole: bool) -> None:
    from layoutcheck.report.root_causes import (  # noqa: PLC0415 - if one differs
        root_causes,
        roots_by_item,
        roots_of,
    )
    from layoutcheck.report.root_list import consequence_line  # noqa: PLC0415 - if one differs
    from layoutcheck.report.terminal import render_difference  # noqa: PLC0415 - if one differs

    by_item = roots_by_item(root_causes(run))
    brief = [] if is_whole else [one for one in wrong if _only_follows(one)]
    whole = wrong if is_whole else [one for one in wrong if not _only_follows(one)]
    for number, (verdict, heading) in enumerate(headed([*whole, *brief], run)):
        if number < len(whole):
            say(heading + render_difference(verdict, width=width(), color=colors()))
        else:
            roots = roots_of(verdict, by_item)
            say(heading + consequence_line(verdict, roots, width=width()), end="")
    if brief:
        say("")


def _only_follows(verdict: Verdict) -> bool:
    """Return whether all mismatches of a verdict follow from others, or are waived."""
    return bool(verdict.mismatches) and all(
        one.cause is not None or one.waived is not None for one in verdict.mismatches
    )


def _tell_root_causes(run: Run, detail: Detail) -> None:
    from layoutcheck.report.root_list import MOST, render_root_causes  # noqa: PLC0415

    most = None if detail in {"brief", "verbose"} else MOST
    text = render_root_causes(run, width=width(), color=colors(), most=most)
    if text:
        say(text if detail == "brief" else f"\n{text}", end="")


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
        yield verdict, f"{f'== {words} ':=<{width()}}\n" if words != before else ""
        before = words
