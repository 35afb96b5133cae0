"""Two runs -> their failures that are new, fixed and unchanged; and these as text.

A failure is known by its identity, `Finding`: it has no line, so that an edit elsewhere changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from layoutcheck.model.checks import UNCHECKED
from layoutcheck.model.verdict import Run
from layoutcheck.report.cells import name_cells
from layoutcheck.report.failures import Failure, failures, problems_of
from layoutcheck.report.root_causes import Finding
from layoutcheck.report.terminal_safe import printable

__all__ = ["Differences", "Fixed", "compare_runs", "render_differences"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A failure that is gone, and why, if nobody fixed it: "now waived: reason"."""

    failure: Failure
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """Failures of two runs, and input that either of them left out.

    - `new`: those of the new run that the old one had not, or not in all of the cells that both
      runs have.
    - `fixed`: those of the old run that the new one has not.
    - `unchanged`: the others of the new run.
    - `not_compared`: those of the old run in cells that the new one does not have.
    - `new_problems`, `fixed_problems`, `old_problems`: what `problems_of` has, likewise.
    - `notes`: what else is not the same.
    """

    new: tuple[Failure, ...]
    fixed: tuple[Fixed, ...]
    unchanged: tuple[Failure, ...]
    not_compared: tuple[Failure, ...]
    new_problems: tuple[str, ...]
    fixed_problems: tuple[str, ...]
    old_problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def has_new(self) -> bool:
        """Return whether something fails the new run that did not fail the old one."""
        return bool(self.new or self.new_problems)


def compare_runs(old: Run, new: Run) -> Differences:
    """Return what changed from the old run to the new one."""
    before, after = _failing(old), _failing(new)
    old_cells, new_cells = ({cell.id for cell in run.cells} for run in (old, new))
    added = [one for one in after.values() if _is_new(one, before.get(one.finding), old_cells)]
    is_added = {one.finding for one in added}
    gone = [one for finding, one in before.items() if finding not in after]
    known = [one for one in gone if not one.cells or new_cells & set(one.cells)]
    waived = {one.finding: one.waived for one in failures(new) if one.waived is not None}
    items = {verdict.key for verdict in new.verdicts}
    unchecked = {(one.kind, one.rust_path) for one in after if one.check == UNCHECKED}
    fixed = []
    for one in known:
        key = one.finding.kind, one.finding.rust_path
        why = ""
        if one.finding in waived:
            why = f"now waived: {waived[one.finding]}"
        elif key not in items:
            why = "the item is gone"
        elif key in unchecked:
            why = "the item is now unchecked"
        fixed.append(Fixed(failure=one, why=why))
    problems = problems_of(old), problems_of(new)
    return Differences(
        new=tuple(added),
        fixed=tuple(fixed),
        unchanged=tuple(one for one in after.values() if one.finding not in is_added),
        not_compared=tuple(one for one in gone if one not in known),
        new_problems=tuple(one for one in problems[1] if one not in problems[0]),
        fixed_problems=tuple(one for one in problems[0] if one not in problems[1]),
        old_problems=tuple(one for one in problems[1] if one in problems[0]),
        notes=tuple(_notes(old, new)),
    )


def render_differences(differences: Differences, *, everything: bool = False) -> str:
    """Return the differences as lines of text: the counts, then a line each.

    What is unchanged is listed if `everything` is asked for.
    """
    new = [*map(_line, differences.new), *differences.new_problems]
    fixed = [_line(one.failure) + (f" ({one.why})" if one.why else "") for one in differences.fixed]
    fixed += differences.fixed_problems
    same = [*map(_line, differences.unchanged), *differences.old_problems]
    lost = list(map(_line, differences.not_compared))
    lines = [f"{len(new)} new, {len(fixed)} fixed, {len(same)} unchanged"]
    lines += [f"note: {note}" for note in differences.notes]
    for word, rows in (("new", new), ("fixed", fixed), ("not compared", lost)):
        lines += [f"{word}: {row}" for row in rows]
    if everything:
        lines += [f"unchanged: {row}" for row in same]
    return "\n".join(map(printable, lines)) + "\n"


def _failing(run: Run) -> dict[Finding, Failure]:
    return {one.finding: one for one in failures(run) if one.waived is None}


def _is_new(now: Failure, before: Failure | None, old_cells: set[str]) -> bool:
    """Return whether a failure is new, or is now in a cell in which the old run did not have it."""
    if before is None:
        return True
    return bool(set(now.cells) & old_cells - set(before.cells))


def _notes(old: Run, new: Run) -> Iterator[str]:
    if old.bindings != new.bindings:
        yield f"the old report is of {old.bindings}, the new one of {new.bindings}"
    for word, one, other in (("old", old, new), ("new", new, old)):
        ids = {cell.id for cell in other.cells}
        only = [cell.id for cell in one.cells if cell.id not in ids]
        if only:
            cells = name_cells(one.cells, only) or only[0]
            yield f"only the {word} report has: {cells}"


def _line(failure: Failure) -> str:
    """Return `src/lib.rs:9: member-size: mtx_lock of k::mtx: C says ...`."""
    place = failure.rust_location
    parts = (str(place) if place else "", failure.check, failure.sentence)
    return ": ".join(filter(None, parts))
