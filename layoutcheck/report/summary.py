"""A run -> the paragraph that ends it on a terminal: what was compared, with what, what was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from layoutcheck.report.plain import ascii_only, wrapped
from layoutcheck.verdict import Run, Status, Verdict

__all__ = ["Counts", "count_verdicts", "render_summary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many records are what. `compared` are those with a layout on both sides and a verdict.

    `unchecked_waived` are waived without having been compared.
    """

    compared: int
    agree: int
    differ: int
    waived: int
    unchecked: int
    unchecked_waived: int
    opaque: int
    generic: int


def count_verdicts(run: Run) -> Counts:
    """The counts of a run."""
    by_status = run.count()
    waived = [verdict for verdict in run.verdicts if verdict.status is Status.WAIVED]
    compared_waived = sum(v.c is not None and v.rust is not None for v in waived)
    set_aside = Counter(item.why for item in run.set_aside)
    return Counts(
        compared=by_status[Status.AGREES] + by_status[Status.DIFFERS] + compared_waived,
        agree=by_status[Status.AGREES],
        differ=by_status[Status.DIFFERS],
        waived=compared_waived,
        unchecked=by_status[Status.INDETERMINATE],
        unchecked_waived=len(waived) - compared_waived,
        opaque=set_aside["opaque"],
        generic=set_aside["generic"],
    )


def render_summary(run: Run, *, width: int = 80) -> str:
    """The run in one paragraph of ASCII, at most `width` columns wide (but for longer paths).

    First the cells, then the counts, then why records could not be checked, most frequent reason
    first, then notes and problems.
    """
    lines: list[str] = []
    for cell in run.cells:
        lines += _item(
            f"{run.bindings} against FreeBSD {cell.release} {cell.machine} {cell.kernel_conf}"
            f" (conf: {cell.kernel_conf_origin}; headers: {cell.headers})",
            width,
        )
    counts = count_verdicts(run)
    lines += _item(_count_words(counts), width)
    if counts.unchecked:
        lines += _item(f"{counts.unchecked} could not be checked:", width)
        for reason, number in _reasons(run.verdicts):
            lines += _item(reason, width, f"{number:5}  ")
    if counts.unchecked_waived:
        lines += _item(f"{counts.unchecked_waived} waived without having been compared.", width)
    for note in dict.fromkeys(note for cell in run.cells for note in cell.notes):
        lines += _item(note, width, "note: ")
    for problem in run.problems:
        lines += _item(problem, width, "problem: ")
    return "\n".join(lines) + "\n"


def _count_words(counts: Counts) -> str:
    if not counts.compared:
        words = "No record was compared"
    else:
        records = "record" if counts.compared == 1 else "records"
        words = (
            f"{counts.compared} {records} compared: {counts.agree} agree,"
            f" {counts.differ} differ, {counts.waived} waived"
        )
    return f"{words}; set aside: {counts.opaque} opaque, {counts.generic} generic."


def _reasons(verdicts: tuple[Verdict, ...]) -> Iterator[tuple[str, int]]:
    """Why records could not be checked, and how many for each reason; one record is named."""
    unchecked = [verdict for verdict in verdicts if verdict.status is Status.INDETERMINATE]
    reasons = Counter(verdict.reason or "no reason given" for verdict in unchecked)
    for reason, number in reasons.most_common():
        names = [v.rust_path for v in unchecked if (v.reason or "no reason given") == reason]
        more = f" and {number - 1} more" if number > 1 else ""
        yield f"{reason} ({names[0]}{more})", number


def _item(text: str, width: int, first: str = "") -> Iterator[str]:
    return wrapped(ascii_only(text), width, first=first, rest=" " * max(2, len(first)))
