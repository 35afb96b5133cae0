"""The items of a run -> the groups of the HTML page: by state, by reason, and lists in text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from layoutcheck.model.verdict import Aside, Kind, Run, SetAside, Status, Verdict, plural
from layoutcheck.model.words import counted
from layoutcheck.report.html_items import Item, ItemView, Key, Views, worst
from layoutcheck.report.terminal_safe import printable

__all__ = ["Group", "count_states", "groups_of", "is_listed"]

_MOST_OPEN: Final = 100
"""Maximum number of differing items that are not behind a fold."""

_ASIDE: Final[Mapping[Aside, str]] = {
    "opaque": "They have no size and only stand for a type behind a pointer.",
    "generic": "They have type parameters: instances are compared in the records that hold them.",
    "not in C": "No header defines the name: they are the crate's own, or the compiler's.",
    "no plain value": "They are records, tuples or addresses, and C does not define their names.",
    "associated": "They are in an impl, and are no values of its type: C's names are unknown.",
    "another name": "They name items that are compared under another name.",
    "foreign": "They belong to another crate: check that crate itself.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Items of one state behind one title: `items`, or `lines` of text, one line an item.

    `note` says why they are together. The group's `status` is that of a button.
    """

    status: str
    title: str
    number: int
    items: tuple[ItemView, ...] = ()
    lines: str | None = None
    note: str | None = None
    is_open: bool = False


def count_states(run: Run, items: Mapping[Key, Item]) -> dict[str, int]:
    """Return the number of items in each state, each counted once, by the worst of its cells."""
    counts = {
        status.value: 0
        for status in (Status.DIFFERS, Status.INDETERMINATE, Status.WAIVED, Status.AGREES)
    }
    for item in items.values():
        counts[worst(item).value] += 1
    return {**counts, "skipped": len(run.set_aside)}


def groups_of(run: Run, items: Mapping[Key, Item], views: Views) -> Iterator[Group]:
    """Yield the groups: what differs, is unchecked, is waived, is skipped, and what agrees."""
    by_status: defaultdict[Status, list[Item]] = defaultdict(list)
    for item in items.values():
        by_status[worst(item)].append(item)
    yield from _differing(by_status[Status.DIFFERS], views)
    for status, word in ((Status.INDETERMINATE, "unchecked"), (Status.WAIVED, "waived")):
        for reason, found in _by_reason(by_status[status]):
            title = f"{len(found)} {word}"
            yield _group(status, f"{title}: {reason}" if reason else title, found, views)
    yield from _skipped(run.set_aside)
    yield from _agreeing(by_status[Status.AGREES], views)


def is_listed(item: Item) -> bool:
    """Return whether an item has a line in a list: it agrees, and is of no record."""
    return worst(item) is Status.AGREES and not any(verdict.is_of_record for verdict in item)


def _differing(items: Sequence[Item], views: Views) -> Iterator[Group]:
    ranked = [(rank, item) for item in items if (rank := views.rank(item)) is not None]
    own = [item for _, item in sorted(ranked, key=lambda pair: pair[0])]
    following = [item for item in items if views.rank(item) is None]
    if own:
        has = "has a mistake" if len(own) == 1 else "have mistakes"
        yield _group(Status.DIFFERS, f"{counted(len(own), 'item')} {has}", own, views)
    if following:
        follow = "follows" if len(following) == 1 else "follow"
        title = f"{counted(len(following), 'item')} only {follow} from mistakes in others"
        yield _group(Status.DIFFERS, title, following, views)


def _group(status: Status, title: str, items: Sequence[Item], views: Views) -> Group:
    return Group(
        status=status.value,
        title=title,
        number=len(items),
        items=tuple(map(views.of, items)),
        is_open=status is Status.DIFFERS and len(items) <= _MOST_OPEN,
    )


def _by_reason(items: Iterable[Item]) -> Iterator[tuple[str, list[Item]]]:
    """Yield each reason with its items, the largest group first.

    Reasons that differ only by the item's name are one, with `…` in its place.
    """
    found: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        reason = item[0].reason or ""
        name = item[0].rust_path.rpartition("::")[2].removeprefix("r#")
        kind = re.sub(rf"\b{re.escape(name)}\b", "…", reason) if name else reason
        found[kind].append(item)
    for kind, group in sorted(found.items(), key=lambda pair: len(pair[1]), reverse=True):
        reasons = {item[0].reason or "" for item in group}
        yield (kind if len(reasons) > 1 else reasons.pop()), group


def _skipped(items: Sequence[SetAside]) -> Iterator[Group]:
    for why, words in _ASIDE.items():
        found = [item for item in items if item.why == why]
        if found:
            lines = (
                f"{printable(item.rust_path)}  {printable(str(item.rust_location or ''))}".rstrip()
                for item in found
            )
            yield Group(
                status="skipped",
                title=f"{len(found)} skipped: {why}",
                number=len(found),
                lines="\n".join(lines),
                note=words,
            )


def _agreeing(items: Sequence[Item], views: Views) -> Iterator[Group]:
    for kind in get_args(Kind):
        found = [item for item in items if item[0].kind == kind]
        drawn = [item for item in found if not is_listed(item)]
        listed = [item for item in found if is_listed(item)]
        if drawn:
            yield _group(Status.AGREES, _that_agree(kind, len(drawn)), drawn, views)
        if listed:
            yield Group(
                status=Status.AGREES.value,
                title=_that_agree(kind, len(listed)),
                number=len(listed),
                lines="\n".join(_line(item, views.cell_ids) for item in listed),
            )


def _that_agree(kind: Kind, number: int) -> str:
    """Return the title of a list of items, such as "1 enum that agrees"."""
    return f"1 {kind} that agrees" if number == 1 else f"{number} {plural(kind)} that agree"


def _line(item: Item, cell_ids: Sequence[str]) -> str:
    """Return an agreeing item in a line; it names its cells if it is not in all, or varies."""
    values = "  ".join(_values(verdict, cell_ids, of_several=len(item) > 1) for verdict in item)
    return f"{printable(item[0].rust_path)}  {values}"


def _values(verdict: Verdict, cell_ids: Sequence[str], *, of_several: bool) -> str:
    c, rust = printable(verdict.c_says or ""), printable(verdict.rust_says or "")
    words = c if c == rust else f"{c}  {rust}"
    is_everywhere = not of_several and len(verdict.cells) == len(cell_ids)
    return words if is_everywhere else f"{words}  [in {' '.join(verdict.cells)}]"
