"""A run -> its root causes: the mismatches to fix, and everything that follows from each.

A verdict names the cause of each consequence, which may itself be a consequence of another item's
mismatch. Here the whole chain is followed, in each cell, so that a report can say "fix this line,
and these items agree".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from layoutcheck.location import SourceLocation
from layoutcheck.model.verdict import Cause, Kind, Mismatch, Run, Status, Verdict

__all__ = ["Finding", "RootCause", "finding_of", "root_causes", "roots_by_item", "roots_of"]

_TYPES: Final[tuple[Kind, ...]] = ("record", "enum", "alias")
"""Kinds of items that other items hold; the first kind with a path has the cause."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """Identity of a mismatch: the item's kind and Rust path, the check, and the member.

    It holds no line, no position and no cell, so that it survives an edit elsewhere. `check` is
    None for a cause that no check reports: a type that is unchecked.
    """

    kind: Kind
    rust_path: str
    check: str | None = None
    member: str | None = None

    @property
    def id(self) -> str:
        """Return the identity as one word: `record:crate::mtx:member-size:mtx_lock`."""
        return ":".join(filter(None, (self.kind, self.rust_path, self.check, self.member)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RootCause:
    """A mismatch that follows from no other, and what follows from it.

    - `verdict`: the first verdict that has it; None if the cause is a type without a verdict.
    - `mismatch`: its mismatch there; None if no check reports the cause.
    - `cells`: ids of the cells in which it holds, in the run's order; `other_cells` are those in
      which the item is compared and does not have it.
    - `cleared`: the items with a consequence, in the run's order, and how many mismatches each has
      in its worst cell. The item itself is among them if it has other mismatches that follow.
    - `waived`: the reason of its waiver.
    """

    finding: Finding
    verdict: Verdict | None
    mismatch: Mismatch | None
    cells: tuple[str, ...]
    other_cells: tuple[str, ...] = ()
    cleared: tuple[tuple[Finding, int], ...] = ()
    waived: str | None = None

    @property
    def keys(self) -> tuple[tuple[Kind, str], ...]:
        """Return the keys of the items that differ because of it, its own first."""
        own = self.finding.kind, self.finding.rust_path
        return tuple(dict.fromkeys((own, *((one.kind, one.rust_path) for one, _ in self.cleared))))

    @property
    def items(self) -> int:
        """Return the number of items that differ because of it, its own included."""
        return len(self.keys)

    @property
    def mismatches(self) -> int:
        """Return the number of mismatches that vanish with it, itself included."""
        return 1 + sum(number for _, number in self.cleared)

    @property
    def rust_location(self) -> SourceLocation | None:
        """Return the place of the member in Rust, or else that of its item."""
        here = None if self.mismatch is None else self.mismatch.rust_location
        return here or (None if self.verdict is None else self.verdict.rust_location)

    @property
    def c_location(self) -> SourceLocation | None:
        """Return the place of the member in C, or else that of its item."""
        here = None if self.mismatch is None else self.mismatch.c_location
        return here or (None if self.verdict is None else self.verdict.c_location)


def finding_of(verdict: Verdict, mismatch: Mismatch) -> Finding:
    """Return the identity of a verdict's mismatch."""
    return Finding(
        kind=verdict.kind,
        rust_path=verdict.rust_path,
        check=mismatch.check_id,
        member=mismatch.member_path,
    )


def root_causes(run: Run) -> tuple[RootCause, ...]:
    """Return the root causes of a run: first those that are not waived, then by what they clear.

    Those that clear the most items come first, then the most mismatches, then in the run's order.
    An unchecked item is a root cause only if a mismatch follows from it.
    """
    return _Roots(run).causes()


def roots_by_item(roots: Iterable[RootCause]) -> dict[tuple[Kind, str], tuple[RootCause, ...]]:
    """Return the root causes that each differing item has or follows from, by the item's key."""
    found: defaultdict[tuple[Kind, str], list[RootCause]] = defaultdict(list)
    for root in roots:
        for key in root.keys:
            found[key].append(root)
    return {key: tuple(causes) for key, causes in found.items()}


def roots_of(
    verdict: Verdict, by_item: Mapping[tuple[Kind, str], tuple[RootCause, ...]]
) -> tuple[RootCause, ...]:
    """Return the root causes of a verdict's mismatches, from `roots_by_item`."""
    found = by_item.get(verdict.key, ()) if verdict.mismatches else ()
    return tuple(one for one in found if not set(verdict.cells).isdisjoint(one.cells))


@dataclass(frozen=True, slots=True)
class _Origin:
    """End of a chain of causes, as `RootCause` has it."""

    finding: Finding
    verdict: Verdict | None
    mismatch: Mismatch | None

    @property
    def waived(self) -> str | None:
        """Return the reason of the waiver of the mismatch, or of the unchecked item."""
        if self.mismatch is not None:
            return self.mismatch.waived
        is_waived = self.verdict is not None and self.verdict.status is Status.WAIVED
        return self.verdict.reason if self.verdict is not None and is_waived else None


class _Roots:
    """Root causes in progress, by finding, in the run's order."""

    def __init__(self, run: Run) -> None:
        self._ids = [cell.id for cell in run.cells]
        self._origins: dict[Finding, _Origin] = {}
        self._cells: defaultdict[Finding, set[str]] = defaultdict(set)
        self._counts: defaultdict[Finding, dict[Finding, Counter[str]]] = defaultdict(dict)
        self._compared: defaultdict[tuple[Kind, str], set[str]] = defaultdict(set)
        by_cell: dict[str, list[Verdict]] = {cell: [] for cell in self._ids}
        for verdict in run.verdicts:
            # What agrees was compared, also if a brief report left its layouts out.
            if verdict.is_compared or verdict.status is Status.AGREES:
                self._compared[verdict.key].update(verdict.cells)
            if verdict.mismatches or verdict.status in {Status.INDETERMINATE, Status.WAIVED}:
                for cell in by_cell.keys() & verdict.cells:
                    by_cell[cell].append(verdict)
        for cell, verdicts in by_cell.items():
            self._collect(cell, verdicts)

    def causes(self) -> tuple[RootCause, ...]:
        found = map(self._cause, self._origins.values())
        return tuple(
            sorted(found, key=lambda one: (one.waived is not None, -one.items, -one.mismatches))
        )

    def _cause(self, origin: _Origin) -> RootCause:
        finding, cells = origin.finding, self._cells[origin.finding]
        others = self._compared[finding.kind, finding.rust_path] - cells
        counts = self._counts[finding]
        return RootCause(
            finding=finding,
            verdict=origin.verdict,
            mismatch=origin.mismatch,
            cells=tuple(cell for cell in self._ids if cell in cells),
            other_cells=tuple(cell for cell in self._ids if cell in others),
            cleared=tuple((item, max(number.values())) for item, number in counts.items()),
            waived=origin.waived,
        )

    def _collect(self, cell: str, verdicts: list[Verdict]) -> None:
        chains = _Chains(verdicts)
        for verdict in verdicts:
            item = Finding(kind=verdict.kind, rust_path=verdict.rust_path)
            for mismatch in verdict.mismatches:
                own = finding_of(verdict, mismatch)
                for origin in chains.origins(verdict, mismatch):
                    self._origins.setdefault(origin.finding, origin)
                    self._cells[origin.finding].add(cell)
                    if origin.finding != own:
                        self._counts[origin.finding].setdefault(item, Counter())[cell] += 1


class _Chains:
    """Chains of causes among the verdicts of one cell."""

    def __init__(self, verdicts: list[Verdict]) -> None:
        self._types: dict[str, Verdict] = {}
        for kind in reversed(_TYPES):
            self._types |= {one.rust_path: one for one in verdicts if one.kind == kind}
        self._known: dict[tuple[int, Cause], tuple[_Origin, ...]] = {}

    def origins(self, verdict: Verdict, mismatch: Mismatch) -> tuple[_Origin, ...]:
        """Return the ends of the chains of a mismatch: itself, if it is a root cause."""
        if mismatch.cause is None:
            return (_Origin(finding_of(verdict, mismatch), verdict, mismatch),)
        cause = mismatch.cause
        owner = verdict if cause.item is None else self._types.get(cause.item)
        key = id(owner), cause
        if key not in self._known:
            self._known[key] = ()  # a chain that leads back here has its end elsewhere
            self._known[key] = self._of_cause(owner, cause)
        # Every chain leads back: somebody wrote the report.
        return self._known[key] or (_Origin(finding_of(verdict, mismatch), verdict, mismatch),)

    def _of_cause(self, owner: Verdict | None, cause: Cause) -> tuple[_Origin, ...]:
        meant = [
            one
            for one in (() if owner is None else owner.mismatches)
            if cause.check is None or (one.check_id, one.member_path) == (cause.check, cause.member)
        ]
        if owner is None or not meant:
            told = Finding(
                kind="record" if owner is None else owner.kind,
                rust_path=(cause.item or "") if owner is None else owner.rust_path,
                check=cause.check,
                member=cause.member,
            )
            return (_Origin(told, owner, None),)
        found: dict[Finding, _Origin] = {}
        for one in meant:
            found |= {origin.finding: origin for origin in self.origins(owner, one)}
        return tuple(found.values())
