"""A run -> the final paragraph on a terminal: compared items, tools, unchecked items."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, get_args

from layoutcheck.model.verdict import Aside, Kind, Run, Status, plural
from layoutcheck.report.cells import name_cells, name_clang, name_shard, notes_of
from layoutcheck.report.terminal_safe import ascii_only, wrapped

__all__ = ["Counts", "count_verdicts", "render_summary", "unchecked_reasons"]

_NAMES: Final = ("another name", "foreign")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Numbers of items, each counted once for each cell.

    `compared`: items with a verdict and two known sides. `unchecked_waived`: waived without a
    comparison. `set_aside`: skipped items, in no other count, counted once for all cells.
    """

    compared: int
    agree: int
    differ: int
    waived: int
    unchecked: int
    unchecked_waived: int
    set_aside: Mapping[Aside, int]

    @property
    def total(self) -> int:
        """Return the number of all items except skipped ones."""
        return self.compared + self.unchecked + self.unchecked_waived


def count_verdicts(run: Run, kind: Kind | None = None) -> Counts:
    """Return the counts of a run's items of one kind, or of all."""
    verdicts = [v for v in run.verdicts if kind in {None, v.kind}]
    by_status: Counter[Status] = Counter()
    for verdict in verdicts:
        by_status[verdict.status] += len(verdict.cells)
    waived = [verdict for verdict in verdicts if verdict.status is Status.WAIVED]
    compared_waived = sum(len(v.cells) for v in waived if v.is_compared)
    return Counts(
        compared=by_status[Status.AGREES] + by_status[Status.DIFFERS] + compared_waived,
        agree=by_status[Status.AGREES],
        differ=by_status[Status.DIFFERS],
        waived=compared_waived,
        unchecked=by_status[Status.INDETERMINATE],
        unchecked_waived=by_status[Status.WAIVED] - compared_waived,
        set_aside=Counter(item.why for item in run.set_aside if kind in {None, item.kind}),
    )


def render_summary(run: Run, *, width: int = 80) -> str:
    """Return the run as a paragraph of ASCII, at most `width` columns wide (except longer paths).

    First the cells, then the counts, then the reasons why items are unchecked, most frequent first,
    then notes and problems. A shard is named before all that; a shard without a cell has nothing
    else.
    """
    lines: list[str] = list(_item(name_shard(run), width)) if run.shard else []
    if run.is_empty_shard:
        return "\n".join(lines) + "\n"
    for cell in run.cells:
        lines += _item(
            f"{run.bindings} against FreeBSD {cell.release} {cell.arch} {cell.kernel_conf}"
            f" (conf: {cell.kernel_conf_origin}; headers: {cell.headers};"
            f" {name_clang(cell.clang)})",
            width,
        )
    for kind in get_args(Kind):
        counts = count_verdicts(run, kind)
        if kind == "record" or counts.total or counts.set_aside:
            unknown = (a for a in run.set_aside if a.kind == kind and a.why == "not in C")
            first = next(unknown, None) if kind != "record" else None
            named = None if first is None else first.rust_path
            lines += _item(_count_words(kind, counts, len(run.cells), named), width)
    counts = count_verdicts(run)
    if counts.unchecked:
        lines += _item(f"{counts.unchecked} could not be checked:", width)
        for reason, number in unchecked_reasons(run):
            lines += _item(reason, width, f"{number:5}  ")
    if counts.unchecked_waived:
        lines += _item(f"{counts.unchecked_waived} waived without having been compared.", width)
    for note in _notes(run):
        lines += _item(note, width, "note: ")
    for problem in run.problems:
        lines += _item(problem, width, "problem: ")
    return "\n".join(lines) + "\n"


def _count_words(kind: Kind, counts: Counts, cells: int, first: str | None) -> str:
    """Return the counts of a kind in words; `first` is an item that is not in C."""
    if kind == "foreign":
        number = counts.set_aside["foreign"]
        words = "re-export of all" if number == 1 else "re-exports of all"
        return f"{number} {words} of another crate's items: these are not checked."
    if not counts.compared:
        words = f"No {kind} was compared"
    else:
        records = kind if counts.compared == 1 else plural(kind)
        where = f" in {cells} cells" if cells > 1 else ""
        words = (
            f"{counts.compared} {records} compared{where}: {counts.agree} agree,"
            f" {counts.differ} differ, {counts.waived} waived"
        )
    whys: list[Aside] = [why for why in get_args(Aside) if counts.set_aside.get(why)]
    if kind == "record":
        whys = ["opaque", "generic", *(why for why in whys if why in _NAMES)]
    aside = ", ".join(f"{counts.set_aside.get(why, 0)} {why}" for why in whys)
    aside = aside.replace("not in C", f"not in C ({first})") if first else aside
    return f"{words}; skipped: {aside}." if aside else f"{words}."


def unchecked_reasons(run: Run) -> Iterator[tuple[str, int]]:
    """Yield the reasons why items are unchecked, with their numbers and an example.

    Reasons that differ only by the name of their item are one.
    """
    numbers: Counter[str] = Counter()
    first: dict[str, str] = {}
    for verdict in run.verdicts:
        if verdict.status is Status.INDETERMINATE:
            reason = verdict.reason or "no reason given"
            cells = name_cells(run.cells, verdict.cells)
            name = verdict.rust_path.rpartition("::")[2].removeprefix("r#")
            kind = re.sub(rf"\b{re.escape(name)}\b", "\0", reason)
            numbers[kind] += len(verdict.cells)
            where = f" in {cells}" if cells else ""
            first.setdefault(kind, f"{reason} ({verdict.rust_path}{where}")
    for kind, number in numbers.most_common():
        more = f" and {number - 1} more" if number > 1 and len(run.cells) == 1 else ""
        yield f"{first[kind]}{more})", number


def _notes(run: Run) -> Iterator[str]:
    """Yield the cells' notes, each once with its cells, then the run's own."""
    cells: dict[str, list[str]] = {}
    for cell in run.cells:
        for note in cell.notes:
            cells.setdefault(note, []).append(cell.id)
    for note, ids in cells.items():
        where = name_cells(run.cells, ids)
        yield note if len(ids) == len(run.cells) else f"{where}: {note}"
    for verdict in run.verdicts:
        if verdict.status is Status.AGREES and verdict.reason:
            yield f"{verdict.rust_path}: {verdict.reason}"
    yield from notes_of(run)


def _item(text: str, width: int, first: str = "") -> Iterator[str]:
    return wrapped(ascii_only(text), width, first=first, rest=" " * max(2, len(first)))
