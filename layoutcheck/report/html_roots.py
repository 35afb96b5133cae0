"""The root causes of a run -> rows of a table, and a card for each, for the HTML page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from layoutcheck.model.verdict import Kind, Run, Status
from layoutcheck.report.cells import name_cells
from layoutcheck.report.html_safe import Anchors
from layoutcheck.report.mistake_words import describe, effect_of, waiver_of
from layoutcheck.report.root_causes import Finding, RootCause
from layoutcheck.report.root_list import subject_of
from layoutcheck.report.terminal_safe import printable

__all__ = ["MOST_CARDS", "Card", "Link", "cards_of", "list_roots"]

MOST_CARDS: Final = 200
"""Maximum number of root causes with a card; others have a line of text."""

_MOST_NAMED: Final = 8
_MOST_LINKED: Final = 200
"""Numbers of items that a card names at once, and behind a fold, of those which it clears."""

Key = tuple[Kind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to an item or a card: the text, the id, and a number of mismatches."""

    text: str
    anchor: str | None
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The template's view of a root cause.

    - `marks`: for each cell of the run `≠` where it holds, `=` where the item agrees, or nothing.
    - `where`, `right`: words for these cells; "" in a run of one cell.
    - `item`: link to its item; None for a type without a verdict.
    - `named`, `others`: links to the other items that it clears; `unnamed` is the number of more.
    - `own`: number of further mismatches of its own item that it clears.
    """

    root: RootCause
    subject: str
    sentence: str
    marks: tuple[str, ...]
    where: str
    right: str
    effect: str | None
    waiver: str
    item: Link | None
    own: int
    named: tuple[Link, ...]
    others: tuple[Link, ...]
    unnamed: int
    number: int = 0
    anchor: str = ""


def cards_of(
    run: Run, roots: Sequence[RootCause], items: Mapping[Key, str], anchors: Anchors
) -> tuple[Card, ...]:
    """Return the cards of the first root causes, which are not waived.

    `items` are the ids of the items that are on the page.
    """
    agreeing: defaultdict[Key, set[str]] = defaultdict(set)
    for verdict in run.verdicts:
        if verdict.status is Status.AGREES:
            agreeing[verdict.key].update(verdict.cells)
    return tuple(
        replace(
            _card(run, root, items, agreeing), number=number, anchor=anchors.of(root.finding.id)
        )
        for number, root in enumerate(roots[:MOST_CARDS], start=1)
    )


def list_roots(roots: Sequence[RootCause]) -> str:
    """Return the root causes that have no card, a line each."""
    return "\n".join(_lines(roots[MOST_CARDS:]))


def _lines(roots: Sequence[RootCause]) -> Iterator[str]:
    for number, root in enumerate(roots, start=MOST_CARDS + 1):
        at = "" if root.rust_location is None else f"{root.rust_location}: "
        words = f"{at}{root.finding.check or 'unchecked'} {subject_of(root)} {describe(root)}"
        yield f"{number:5}  {printable(words)}"


def _card(
    run: Run, root: RootCause, items: Mapping[Key, str], agreeing: Mapping[Key, set[str]]
) -> Card:
    """Return the card of a root cause without its number and id."""
    own = _key(root.finding)
    cleared = [
        Link(text=one.rust_path, anchor=items.get(_key(one)), count=count)
        for one, count in root.cleared
        if _key(one) != own
    ]
    agree = agreeing.get(own, set()).difference(root.cells)
    right = [cell.id for cell in run.cells if cell.id in agree]
    return Card(
        root=root,
        subject=subject_of(root),
        sentence=describe(root),
        marks=tuple(
            "≠" if cell.id in root.cells else "=" if cell.id in right else "" for cell in run.cells
        ),
        where=name_cells(run.cells, root.cells) if len(run.cells) > 1 else "",
        right=name_cells(run.cells, right) if right else "",
        effect=effect_of(root),
        waiver=waiver_of(root),
        item=Link(text=root.finding.rust_path, anchor=items[own]) if own in items else None,
        own=sum(count for one, count in root.cleared if _key(one) == own),
        named=tuple(cleared[:_MOST_NAMED]),
        others=tuple(cleared[_MOST_NAMED:_MOST_LINKED]),
        unnamed=len(cleared[_MOST_LINKED:]),
    )


def _key(finding: Finding) -> Key:
    return finding.kind, finding.rust_path
