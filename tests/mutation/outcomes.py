"""Mutants, checked as users check, and the result of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

from layoutcheck.model.verdict import Run, Status, Verdict
from tests.mutation.kinds import Change, ItemChange, Kind, Root

__all__ = ["Fate", "Mutant", "Outcome", "outcomes_of"]

Fate: TypeAlias = Literal["exact", "inexact", "missed", "green", "false alarm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A change of a kind, in a module of its own.

    `is_equivalent` is rustc's verdict, or the kind's; then `roots` is empty. Otherwise `roots` are
    the expected root causes, as in a `Change`.
    """

    kind: Kind
    change: Change | ItemChange
    module: str
    is_equivalent: bool
    roots: tuple[Root, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of layoutcheck: the roots in the mutant's module.

    `is_red` is whether an item there fails the run, `is_green` whether all items there agree; a
    skipped item makes neither true.
    """

    mutant: Mutant
    is_red: bool
    is_green: bool
    roots: tuple[tuple[str, str | None], ...]

    @property
    def fate(self) -> Fate:
        """The outcome in one word. An equivalent mutant that is not green is a false alarm."""
        if self.mutant.is_equivalent:
            return "green" if self.is_green else "false alarm"
        if not self.is_red:
            return "missed"
        return "exact" if _are_expected(self.roots, self.mutant) else "inexact"


def outcomes_of(run: Run, mutants: Sequence[Mutant]) -> Iterator[Outcome]:
    """Return the outcome of each mutant in a run of the bindings with all of them."""
    verdicts: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in run.verdicts:
        verdicts[verdict.rust_path.split("::")[1]].append(verdict)
    for mutant in mutants:
        own = verdicts[mutant.module]
        roots: list[tuple[str, str | None]] = [] if own else [("not checked", None)]
        roots += [
            ("indeterminate", verdict.reason)
            for verdict in own
            if verdict.status is Status.INDETERMINATE
        ]
        roots += [
            (mismatch.check_id, mismatch.member_path)
            for verdict in own
            for mismatch in verdict.mismatches
            if mismatch.cause is None
        ]
        statuses = {verdict.status for verdict in own}
        yield Outcome(
            mutant=mutant,
            is_red=not statuses.isdisjoint({Status.DIFFERS, Status.INDETERMINATE}),
            is_green=statuses == {Status.AGREES},
            roots=tuple(dict.fromkeys(roots)),
        )


def _are_expected(found: Sequence[tuple[str, str | None]], mutant: Mutant) -> bool:
    """Return whether each root is expected and, if all are required, each one is found."""

    def fits(root: Root, one: tuple[str, str | None]) -> bool:
        if not fnmatchcase(one[0], root.check):
            return False
        if root.member is None or one[1] is None:
            return root.member is one[1]
        return fnmatchcase(one[1], root.member)

    known = all(any(fits(root, one) for root in mutant.roots) for one in found)
    there = all(any(fits(root, one) for one in found) for root in mutant.roots)
    return bool(found) and known and (there or not mutant.change.every)
