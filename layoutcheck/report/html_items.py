"""The verdicts of a run -> its items, each once with all of its cells, for the HTML page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from layoutcheck.model.verdict import Kind, Mismatch, Run, Status, Verdict
from layoutcheck.report.bytemap import ByteMap, byte_map_of
from layoutcheck.report.cells import agreeing_cells, name_cells
from layoutcheck.report.first_difference import first_difference
from layoutcheck.report.grouping import group_mismatches, said
from layoutcheck.report.html_roots import Card, Link
from layoutcheck.report.root_causes import RootCause, finding_of, roots_by_item, roots_of
from layoutcheck.report.root_list import subject_of
from layoutcheck.report.rows import Fold, Row, fold_rows, rows_of
from layoutcheck.report.terminal import record_name, render_layouts
from layoutcheck.report.terminal_safe import printable

__all__ = ["ItemView", "PartView", "Views", "items_of", "worst"]

_MOST_DRAWN: Final = 50
_MOST_DRAWN_ROWS: Final = 1_000
"""Maximum numbers of items with a byte map and a table, and of rows of all these tables; other
items have their mismatches in text."""

_MOST_AGREEING_ROWS: Final = 24_000
"""Maximum number of listed members of agreeing records: the page has a few megabytes at most."""

_MOST_CAUSES: Final = 5
"""Maximum number of root causes that an item links to."""

_MOST_ROOTS: Final = 20
"""Maximum number of root causes of one check that are shown in a drawn item without a fold."""

_WORTH_FOLDING: Final = 4

_ORDER: Final = (Status.DIFFERS, Status.INDETERMINATE, Status.WAIVED, Status.AGREES)

Key = tuple[Kind, str]
Item = tuple[Verdict, ...]
"""The verdicts of one item, the worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MismatchGroup:
    """Mismatches of one check in a row, with their cards: `shown`, and `rest` behind a fold."""

    shown: tuple[tuple[Mismatch, Card | None], ...]
    rest: tuple[tuple[Mismatch, Card | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """The template's view of one verdict of an item.

    - `cells`: words for its cells, "" in a run of one cell.
    - `mistakes`, `causes`: links to its own root causes, and to those of other items from which it
      follows; `more_causes` is the number of others.
    - `uncompared`: a member that may be what moves the first difference.
    - `text`: both sides, or an agreeing layout; `lines`: the places and mismatches of an item that
      is not drawn; `whole`: both layouts of one that is.
    """

    verdict: Verdict
    cells: str
    mistakes: tuple[Link, ...] = ()
    causes: tuple[Link, ...] = ()
    more_causes: int = 0
    first_difference: str | None = None
    uncompared: str | None = None
    moves: bool = False
    byte_map: ByteMap | None = None
    rows: tuple[Row | Fold, ...] = ()
    groups: tuple[MismatchGroup, ...] = ()
    text: str | None = None
    lines: str | None = None
    whole: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """The template's view of one item; `elsewhere` are words for the cells where it agrees."""

    anchor: str
    name: str
    rust_path: str
    status: str
    sizes: str
    cells: str
    elsewhere: str
    agreeing: tuple[str, ...]
    parts: tuple[PartView, ...]

    @property
    def is_simple(self) -> bool:
        """Return whether it has one part, and says no more."""
        return len(self.parts) == 1 and not self.elsewhere


def items_of(run: Run) -> dict[Key, Item]:
    """Return the verdicts of each item of a run, the worst first."""
    found: defaultdict[Key, list[Verdict]] = defaultdict(list)
    for verdict in run.verdicts:
        found[verdict.key].append(verdict)
    return {
        key: tuple(sorted(verdicts, key=lambda v: _ORDER.index(v.status)))
        for key, verdicts in found.items()
    }


def worst(item: Item) -> Status:
    """Return the state of an item: the worst of its cells."""
    return item[0].status


class Views:
    """Views of a page's items. The first differing ones are drawn, the first agreeing listed.

    `roots` are the root causes that are not waived, `cards` those of the first of them, `anchors`
    the items' ids.
    """

    def __init__(
        self,
        run: Run,
        cards: Sequence[Card],
        roots: Sequence[RootCause],
        anchors: Mapping[Key, str],
    ) -> None:
        self._run = run
        self.cell_ids = tuple(cell.id for cell in run.cells)
        self._cards = {card.root.finding: card for card in cards}
        self._roots = roots_by_item(roots)
        self._ranks: dict[Key, int] = {}
        for rank, root in enumerate(roots):
            self._ranks.setdefault((root.finding.kind, root.finding.rust_path), rank)
        self._anchors = anchors
        self._drawn, self._drawn_rows = 0, 0
        self._listed = 0

    def of(self, item: Item) -> ItemView:
        """Return the view of an item."""
        first = item[0]
        # An item that differs somewhere says where it agrees, and no more.
        shown = [v for v in item if v.status is not Status.AGREES] or item
        elsewhere = agreeing_cells(self._run, first)
        return ItemView(
            anchor=self._anchors[first.key],
            name=record_name(first),
            rust_path=first.rust_path,
            status=first.status.value,
            sizes=_sizes(first),
            cells=self._words(first),
            elsewhere=name_cells(self._run.cells, elsewhere) if elsewhere else "",
            agreeing=elsewhere,
            parts=tuple(map(self._part, shown)),
        )

    def rank(self, item: Item) -> int | None:
        """Return the place of an item's first root cause among all; None if it has none."""
        return self._ranks.get(item[0].key)

    def _words(self, verdict: Verdict) -> str:
        return name_cells(self._run.cells, verdict.cells) if len(self._run.cells) > 1 else ""

    def _part(self, verdict: Verdict) -> PartView:
        if verdict.mismatches:
            return self._of_mismatches(verdict)
        text = None
        if verdict.c is not None or verdict.rust is not None:
            text = self._listing(verdict)
        elif verdict.is_compared:
            text = _both_sides(verdict)
        return PartView(verdict=verdict, cells=self._words(verdict), text=text)

    def _of_mismatches(self, verdict: Verdict) -> PartView:
        roots = roots_of(verdict, self._roots)
        own = [one for one in roots if (one.finding.kind, one.finding.rust_path) == verdict.key]
        other = [one for one in roots if one not in own]
        view = PartView(
            verdict=verdict,
            cells=self._words(verdict),
            mistakes=tuple(map(self._link, own[:_MOST_CAUSES])),
            causes=tuple(map(self._link, other[:_MOST_CAUSES])),
            more_causes=len(own[_MOST_CAUSES:]) + len(other[_MOST_CAUSES:]),
        )
        if own and self._drawn < _MOST_DRAWN:
            rows = rows_of(verdict)
            folded = tuple(fold_rows(rows))
            if self._drawn_rows + len(folded) <= _MOST_DRAWN_ROWS:
                self._drawn += 1
                self._drawn_rows += len(folded)
                return self._draw(view, rows, folded)
        # Thousands of items may come here: a mistake without a card is in the text alone.
        linked = tuple(one for one in view.mistakes if one.anchor is not None)
        return replace(view, mistakes=linked, lines="\n".join(_mismatch_lines(verdict)))

    def _draw(
        self, view: PartView, rows: tuple[Row, ...], folded: tuple[Row | Fold, ...]
    ) -> PartView:
        verdict = view.verdict
        has_fold = any(isinstance(row, Fold) for row in folded)
        first, uncompared = first_difference(rows)
        return replace(
            view,
            first_difference=first,
            uncompared=uncompared,
            moves=any(row.shift for row in rows),
            byte_map=byte_map_of(verdict, rows),
            rows=folded if verdict.c is not None and verdict.rust is not None else (),
            groups=tuple(self._groups(verdict)),
            text=None if verdict.is_of_record else _both_sides(verdict),
            whole=render_layouts(verdict, width=100) if has_fold else None,
        )

    def _groups(self, verdict: Verdict) -> Iterator[MismatchGroup]:
        for run in group_mismatches(verdict.mismatches):
            most = _MOST_ROOTS if run[0].cause is None else 1 if len(run) >= _WORTH_FOLDING else 3
            found = tuple((one, self._card_of(verdict, one)) for one in run)
            yield MismatchGroup(shown=found[:most], rest=found[most:])

    def _link(self, root: RootCause) -> Link:
        card = self._cards.get(root.finding)
        text = f"{root.finding.check or 'unchecked'} {subject_of(root)}"
        return Link(text=text, anchor=None if card is None else card.anchor)

    def _card_of(self, verdict: Verdict, mismatch: Mismatch) -> Card | None:
        """Return the card of a mismatch, if it is a root cause that has one."""
        return self._cards.get(finding_of(verdict, mismatch)) if mismatch.cause is None else None

    def _listing(self, verdict: Verdict) -> str:
        """Return a layout in plain text, a line a row: offset, size, C's declaration, Rust's."""
        if self._listed >= _MOST_AGREEING_ROWS:
            return f"Left out to keep this page small: layoutcheck show {verdict.rust_path}"
        lines = []
        for row in rows_of(verdict):
            entry = row.c or row.rust
            if entry is None:
                continue
            c = "  " * entry.depth + (printable(row.c.brief) if row.c else "")
            rust = row.rust.brief if row.rust and row.rust.kind == "member" else ""
            sizes = f"{entry.offset_text:>6}{entry.size_text:>6}"
            lines.append(f"{sizes}  {c:<34}  {printable(rust)}".rstrip())
        self._listed += len(lines)
        return "\n".join(lines)


def _mismatch_lines(verdict: Verdict) -> Iterator[str]:
    """Yield the places and mismatches of an item; of a long group all but the first are names."""
    yield from _places(verdict)
    for group in group_mismatches(verdict.mismatches):
        shown = group[:1] if len(group) >= _WORTH_FOLDING and group[0].hint is None else group
        for one in shown:
            who = one.member_path or f"the whole {verdict.kind}"
            yield f"{printable(one.check_id)}  {printable(f'{who}: {said(one)}{_after(one)}')}"
            yield from (f"    {line}" for line in _places(one))
            if one.hint is not None:
                yield f"    fix: {printable(one.hint)}"
        if rest := [one.member_path or "" for one in group[len(shown) :]]:
            names = printable(f"{len(rest)} more{_after(group[0])}: {', '.join(rest)}")
            yield f"{printable(group[0].check_id)}  {names}"


def _places(of: Verdict | Mismatch) -> Iterator[str]:
    places = [printable(str(at)) for at in (of.c_location, of.rust_location) if at]
    if places:
        yield "  \u2194  ".join(places)


def _after(mismatch: Mismatch) -> str:
    cause = "" if mismatch.cause is None else f" (follows from {mismatch.cause})"
    return cause if mismatch.waived is None else f"{cause} (waived: {mismatch.waived})"


def _sizes(verdict: Verdict) -> str:
    c, rust = verdict.c, verdict.rust
    if c is not None and rust is not None and c.byte_size != rust.byte_size:
        return f"{c.byte_size} \u2192 {rust.byte_size} B"
    known = c or rust
    return "" if known is None else f"{known.byte_size} B"


def _both_sides(verdict: Verdict) -> str | None:
    if not verdict.is_compared or verdict.c_says is None:
        return None
    return f"C:    {printable(verdict.c_says)}\nRust: {printable(verdict.rust_says or '')}"
