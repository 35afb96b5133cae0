"""A run -> the state of each item of the crate's ABI surface, and the number of items in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, get_args

from tabulate import tabulate

from layoutcheck.model.verdict import Aside, Kind, Run, SetAside, Status, Verdict
from layoutcheck.report.terminal_safe import printable

__all__ = ["FATES", "Fate", "fates_of", "render_fates"]

_WORDS: Final = {
    Status.DIFFERS: "differs",
    Status.INDETERMINATE: "not checked",
    Status.WAIVED: "waived",
    Status.AGREES: "agrees",
}
FATES: Final = (*reversed(_WORDS.values()), *get_args(Aside))
"""All states, best first. Of an item's states in several cells the last one counts; reasons to skip
an item come at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """The state of one item: `fate` is one of `FATES`, `why` the reason if there is one.

    In several cells it is the worst state.
    """

    kind: Kind
    rust_path: str
    fate: str
    why: str
    location: str


def fates_of(run: Run) -> tuple[Fate, ...]:
    """Return each item of the surface once, by kind, in the run's order."""
    found: dict[tuple[Kind, str], Fate] = {item.key: _aside(item) for item in run.set_aside}
    for status in reversed(_WORDS):  # the worst comes last, and stays
        for verdict in run.verdicts:
            if verdict.status is status:
                found[verdict.key] = _judged(verdict)
    order = get_args(Kind)
    return tuple(sorted(found.values(), key=lambda fate: order.index(fate.kind)))


def _judged(verdict: Verdict) -> Fate:
    why = verdict.reason or ", ".join(dict.fromkeys(m.check_id for m in verdict.mismatches))
    return Fate(
        kind=verdict.kind,
        rust_path=verdict.rust_path,
        fate=_WORDS[verdict.status],
        why=why,
        location=str(verdict.rust_location or ""),
    )


def _aside(item: SetAside) -> Fate:
    return Fate(
        kind=item.kind,
        rust_path=item.rust_path,
        fate=item.why,
        why="",
        location=str(item.rust_location or ""),
    )


def render_fates(fates: Sequence[Fate]) -> str:
    """Return a line for each item, and a table of the numbers by kind and state."""
    width = max((len(fate) for fate in FATES), default=0)
    lines = [
        f"{one.kind:10}  {one.fate:{width}}  {printable(one.rust_path)}"
        + (f"  ({printable(one.why)})" if one.why else "")
        for one in fates
    ]
    count = Counter((one.kind, one.fate) for one in fates)
    used = [fate for fate in FATES if any(fate == one.fate for one in fates)]
    rows = [
        [kind, *(count[kind, fate] for fate in used), sum(count[kind, fate] for fate in used)]
        for kind in get_args(Kind)
    ]
    rows.append(
        ["all", *(sum(count[k, fate] for k in get_args(Kind)) for fate in used), len(fates)]
    )
    table = tabulate(rows, headers=["", *used, "all"], tablefmt="plain")
    return "\n".join([*lines, "", table])
