"""A run -> what fails it or is waived: root causes and unchecked items, each in a safe sentence.

Reports for CI services show these, and not every mismatch: a service counts and compares entries,
and a consequence is nothing that somebody can fix.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from layoutcheck.location import SourceLocation
from layoutcheck.model.checks import UNCHECKED
from layoutcheck.model.verdict import Kind, Run, Status, Verdict
from layoutcheck.model.words import counted
from layoutcheck.report.cells import name_cells
from layoutcheck.report.grouping import said
from layoutcheck.report.made_for import made_for
from layoutcheck.report.root_causes import Finding, RootCause, root_causes
from layoutcheck.report.terminal_safe import chopped, printable

__all__ = ["Cleared", "Failure", "failures", "headline", "problems_of", "safe", "warnings_of"]

_Key = tuple[Kind, str]
_LONGEST: Final = 1000
"""Maximum length of a text from elsewhere: a compiler's message may have a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """An item with consequences of a failure, and their number in its worst cell."""

    kind: Kind
    rust_path: str
    mismatches: int
    location: SourceLocation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A root cause, or an unchecked item. All texts are on one line, without control characters.

    - `finding`: its identity, the same in every run.
    - `check`: id of the check; `UNCHECKED` for an unchecked item.
    - `subject`: the item, and the member if it is about one: "mtx_lock of k::mtx".
    - `sentence`: what is wrong, with the subject.
    - `remarks`: further sentences: the cells, the number of consequences, the fix.
    - `c_says`, `rust_says`: both sides of a mismatch; the reason and "" of an unchecked item.
    - `cells`: ids of the cells in which it holds.
    - `rust_location`, `c_location`: places, never sanitized: they are paths.
    - `cleared`: the other items that follow from it.
    - `waived`: the reason of its waiver.
    """

    finding: Finding
    check: str
    subject: str
    sentence: str
    remarks: tuple[str, ...]
    c_says: str
    rust_says: str
    c_name: str
    cells: tuple[str, ...]
    rust_location: SourceLocation | None
    c_location: SourceLocation | None
    cleared: tuple[Cleared, ...]
    waived: str | None

    @property
    def text(self) -> str:
        """Return the sentence and the remarks."""
        return " ".join((self.sentence, *self.remarks))


def failures(run: Run) -> tuple[Failure, ...]:
    """Return what fails the run, root causes before unchecked items, and then what is waived.

    Input that was left out fails a run, too (`problems_of`).
    """
    found = list(_Failures(run).all())
    return tuple(sorted(found, key=lambda one: (one.waived is not None, one.check == UNCHECKED)))


def problems_of(run: Run) -> tuple[str, ...]:
    """Return the run's problems; that nothing was compared is one, except in a shard without cells.

    A run that fails has one of these, or a failure that is not waived.
    """
    nothing = not run.verdicts and not run.is_empty_shard
    return (*map(safe, run.problems), *(("nothing was compared",) if nothing else ()))


def warnings_of(run: Run) -> tuple[str, ...]:
    """Return what a reader has to know first: the bindings were made for another kernel."""
    return tuple(map(safe, made_for(run)))


def headline(run: Run, found: Sequence[Failure]) -> str:
    """Return the run's failures in a sentence: "2 mistakes make 62 items differ"."""
    failing = [one for one in found if one.waived is None]
    mistakes = sum(one.check != UNCHECKED for one in failing)
    unchecked = len(failing) - mistakes
    differ = len({one.key for one in run.verdicts if one.status is Status.DIFFERS})
    parts = []
    if differ:
        make = f"{counted(mistakes, 'mistake')} {'makes' if mistakes == 1 else 'make'} "
        parts.append(f"{make if mistakes else ''}{counted(differ, 'item')} differ")
    if unchecked:
        parts.append(f"{counted(unchecked, 'item')} could not be checked")
    if run.problems:
        parts.append("some input was left out")
    if not run.verdicts:
        parts.append("no cell is in this shard" if run.is_empty_shard else "nothing was compared")
    if not parts:
        items = len({one.key for one in run.verdicts})
        verb = "agree or are waived" if len(found) > len(failing) else "agree"
        parts.append("1 item passes" if items == 1 else f"All {items} items {verb}")
    words = ", and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    return words[:1].upper() + words[1:]


def safe(text: str) -> str:
    """Return a text from elsewhere on one line, without control characters, and not too long."""
    return chopped(printable(text), _LONGEST)


class _Failures:
    """Failures in progress: the run's root causes and unchecked items, by the item's key."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._paths = {verdict.rust_path for verdict in run.verdicts}
        self._ids = [cell.id for cell in run.cells]
        self._places: dict[_Key, SourceLocation] = {}
        self._unchecked: defaultdict[tuple[_Key, bool], list[Verdict]] = defaultdict(list)
        for verdict in run.verdicts:
            if verdict.rust_location is not None:
                self._places.setdefault(verdict.key, verdict.rust_location)
            is_waived = verdict.status is Status.WAIVED
            has_root = verdict.mismatches and not set(verdict.cells).isdisjoint(self._ids)
            is_differing = verdict.status in {Status.DIFFERS, Status.WAIVED}
            # An item that differs without a mismatch: somebody changed the report.
            if verdict.status is Status.INDETERMINATE or (is_differing and not has_root):
                self._unchecked[verdict.key, is_waived].append(verdict)

    def all(self) -> Iterator[Failure]:
        unknown: defaultdict[_Key, list[RootCause]] = defaultdict(list)
        for root in root_causes(self._run):
            if root.mismatch is None:
                unknown[root.finding.kind, root.finding.rust_path].append(root)
            else:
                yield self._mistake(root)
        for (key, is_waived), verdicts in self._unchecked.items():
            yield self._not_checked(key, verdicts, unknown.pop(key, ()), is_waived=is_waived)
        for key, roots in unknown.items():
            yield self._not_checked(key, (), roots, is_waived=roots[0].waived is not None)

    def _mistake(self, root: RootCause) -> Failure:
        mismatch, verdict = root.mismatch, root.verdict
        if mismatch is None or verdict is None:
            raise TypeError("a mistake has a mismatch")
        path, member = safe(root.finding.rust_path), safe(root.finding.member or "")
        subject = f"{member} of {path}" if member else path
        c, rust = safe(mismatch.c), safe(mismatch.rust)
        fix = () if mismatch.hint is None else (_ended(f"Fix: {safe(mismatch.hint)}"),)
        # A verdict is waived only with all of its mismatches.
        waived = root.waived
        if waived is None and verdict.status is Status.WAIVED:
            waived = verdict.reason or "no reason given"
        cleared = self._cleared(root.finding, (root,))
        own = root.mismatches - 1 - sum(one.mismatches for one in cleared)
        return Failure(
            finding=root.finding,
            check=safe(mismatch.check_id),
            subject=subject,
            sentence=_ended(f"{subject}: {safe(said(mismatch))}"),
            remarks=(*self._where(root.cells), *_follow(own, cleared), *fix),
            c_says=c,
            rust_says=rust,
            c_name=safe(verdict.c_name or ""),
            cells=root.cells,
            rust_location=root.rust_location,
            c_location=root.c_location,
            cleared=cleared,
            waived=None if waived is None else safe(waived),
        )

    def _not_checked(
        self,
        key: _Key,
        verdicts: Sequence[Verdict],
        roots: Sequence[RootCause],
        *,
        is_waived: bool,
    ) -> Failure:
        kind, path = key
        finding = Finding(kind=kind, rust_path=path, check=UNCHECKED)
        reasons = "; ".join(
            dict.fromkeys(safe(one.reason or "no reason given") for one in verdicts)
        )
        reasons = chopped(reasons or _unknown(roots, self._paths), _LONGEST)
        ids = {cell for verdict in verdicts for cell in verdict.cells}
        ids |= {cell for root in roots for cell in root.cells}
        cells = tuple(cell for cell in self._ids if cell in ids)
        cleared = self._cleared(finding, roots)
        first = verdicts[0] if verdicts else None
        return Failure(
            finding=finding,
            check=UNCHECKED,
            subject=safe(path),
            sentence=f"{safe(path)} was not compared."
            if is_waived
            else _ended(f"{safe(path)} could not be checked: {reasons}"),
            remarks=(*self._where(cells), *_follow(0, cleared)),
            c_says=reasons,
            rust_says="",
            c_name=safe(first.c_name or "") if first else "",
            cells=cells,
            rust_location=self._places.get(key) or (cleared[0].location if cleared else None),
            c_location=first.c_location if first else None,
            cleared=cleared,
            waived=reasons if is_waived else None,
        )

    def _cleared(self, finding: Finding, roots: Iterable[RootCause]) -> tuple[Cleared, ...]:
        """Return the other items that follow from root causes of one item."""
        counts: dict[_Key, int] = {}  # the worst of them: a mismatch may be in several cells
        for root in roots:
            for item, number in root.cleared:
                key = item.kind, item.rust_path
                counts[key] = max(number, counts.get(key, 0))
        counts.pop((finding.kind, finding.rust_path), None)
        return tuple(_cleared(counts, self._places))

    def _where(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        """Return a sentence about the cells, if the run has several and not all have it."""
        if len(self._ids) == 1 or len(cells) == len(self._ids):
            return ()
        return (f"In {safe(name_cells(self._run.cells, cells))}.",) if cells else ()


def _cleared(
    counts: Mapping[_Key, int], places: Mapping[_Key, SourceLocation]
) -> Iterator[Cleared]:
    for (kind, path), number in counts.items():
        place = places.get((kind, path))
        yield Cleared(kind=kind, rust_path=safe(path), mismatches=number, location=place)


def _follow(own: int, cleared: Sequence[Cleared]) -> tuple[str, ...]:
    """Return a sentence about the consequences, in the item itself and in others."""
    number = sum(one.mismatches for one in cleared)
    parts = []
    if own > 0:
        parts.append(f"{own} further mismatch{'' if own == 1 else 'es'} of this item")
    if cleared:
        others = counted(len(cleared), "other item")
        parts.append(others if number == len(cleared) else f"{number} mismatches of {others}")
    verb = "follows" if own + number == 1 else "follow"
    return (f"{' and '.join(parts)} {verb} from it.",) if parts else ()


def _unknown(roots: Sequence[RootCause], known: Collection[str]) -> str:
    """Return words for a cause that no check reports: a type without a verdict, or a part of it.

    `known` are the Rust paths of the run's items.
    """
    if any(root.finding.rust_path not in known for root in roots):
        return "it is no item of the run, and others follow from it"
    parts = dict.fromkeys(root.finding.member or root.finding.check or "type" for root in roots)
    return f"others follow from its {safe(', '.join(parts))}, which no check reports"


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
