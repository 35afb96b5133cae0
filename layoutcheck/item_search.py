"""Constants, functions and statics -> clang's word on each, from headers that define its name.

With a list of headers all are asked for in their one unit. Without one the likeliest header of each
goes into one unit with the others, as far as they compile together; where that does not settle an
item, its other headers are tried.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from layoutcheck.bindings.items import ItemKind, SurfaceItem
from layoutcheck.c_side import Clang
from layoutcheck.item_headers import LINKED, UNKNOWN, HeaderWords, listed, rank
from layoutcheck.judge.c_items import SideOfC
from layoutcheck.judge.comparer import Comparer
from layoutcheck.judge.item_judging import Missing, judge_items
from layoutcheck.judge.item_names import item_candidates
from layoutcheck.judge.item_values import ItemValues
from layoutcheck.judge.judging import Side
from layoutcheck.judge.walk import Edge
from layoutcheck.kernel.index import HeaderIndex, likely
from layoutcheck.kernel.prelude import PRELUDES
from layoutcheck.kernel.units import PARTS, find_units
from layoutcheck.manifest import Manifest
from layoutcheck.toolchain.diagnostic import Diagnostic
from layoutcheck.verdict import SetAside, Verdict

__all__ = ["TYPES", "find_items"]

TYPES: Final = ("enum", "alias")
"""The kinds of item that are types in C, too."""

_MOST: Final = 6
"""How many headers of one item are tried."""
_MOST_ALONE: Final = 20
"""How many headers are tried alone."""
_COMPARED: Final = (*LINKED, "alias")
"""The kinds of item of which the types are compared, and with them records."""
_SHOWN: Final = 3
_FEW: Final = 1  # with the whole prelude, or none


def find_items(
    manifest: Manifest,
    cell: str,
    items: Sequence[SurfaceItem],
    rust: Side,
    clang: Clang,
    *,
    types: Comparer,
    includes: Sequence[str] | None,
    units: Sequence[Sequence[str]],
    index: Callable[[ItemKind], HeaderIndex],
    settled: Collection[str] = (),
) -> tuple[tuple[Verdict, ...], tuple[SetAside, ...]]:
    """The verdict on each of the crate's `items`, and what is set aside.

    Asked in the unit of `includes`, all of which compile, or without such a list after the headers
    of `index`, which is otherwise looked at only for names that the included do not define. What
    this does not know may be declared after other headers that are read, those of `units`. `types`
    is given the records that functions, statics and aliases lead to, and concludes. The aliases
    that are `settled`, by path, are judged as records.
    """
    search = _Search(manifest, cell, items, rust, clang=clang, index=index, types=types)
    if items:
        search.ask_after(includes) if includes is not None else search.ask_all(units)
        search.conclude()
    found = [
        search.found[number]
        for number, item in enumerate(items)
        if item.kind != "alias" or item.rust_path not in settled
    ]
    verdicts = tuple(one for one in found if isinstance(one, Verdict))
    return verdicts, tuple(one for one in found if isinstance(one, SetAside))


class _Search:
    """One cell's search; `found` has what is known best of each item, by place."""

    def __init__(
        self,
        manifest: Manifest,
        cell: str,
        items: Sequence[SurfaceItem],
        rust: Side,
        *,
        clang: Clang,
        index: Callable[[ItemKind], HeaderIndex],
        types: Comparer,
    ) -> None:
        self._manifest, self._cell, self._items, self._rust = manifest, cell, items, rust
        self._clang, self._index, self._types = clang, index, types
        self._candidates = item_candidates(manifest, items)
        self._headers: dict[int, tuple[str, ...]] = {}
        self._refused: dict[str, tuple[Diagnostic, ...]] = {}
        self._sides: dict[int, SideOfC] = {}
        self._compilers: set[str] = set()
        self._said = HeaderWords()
        self._values = ItemValues(items, rust)
        self.found: dict[int, Verdict | SetAside] = {}

    def conclude(self) -> None:
        """Judge what has types again, once all is known of enums, and once records are compared."""
        self._values.teach(self._types, self.found)
        edges: dict[int, list[Edge]] = {}
        for side, among in self._typed():
            self.found |= self._judge(side, among, self._why, edges)
        self._types.meet(chain.from_iterable(edges.values()))
        self._types.conclude()
        for side, among in self._typed():
            self.found |= self._judge(side, filter(edges.__contains__, among), self._why)
        self.found |= {n: self._said.with_others(n, said) for n, said in self.found.items()}

    def _typed(self) -> Iterator[tuple[SideOfC, list[int]]]:
        """Each side, with the functions, statics and aliases that it is compared with."""
        by_side: dict[int, tuple[SideOfC, list[int]]] = {}
        for number, side in self._sides.items():
            if self._items[number].kind in _COMPARED and rank(self.found[number]) < UNKNOWN:
                by_side.setdefault(id(side), (side, []))[1].append(number)
        yield from by_side.values()

    def _judge(
        self,
        side: SideOfC,
        among: Iterable[int],
        missing: Missing,
        edges: dict[int, list[Edge]] | None = None,
    ) -> Mapping[int, Verdict | SetAside]:
        return judge_items(
            self._manifest,
            self._cell,
            self._items,
            c=side,
            rust=self._rust,
            types=self._types,
            among=among,
            missing=missing,
            edges=edges,
        )

    def ask_after(self, includes: Sequence[str]) -> None:
        """Ask for all items in the unit of these headers."""

        def missing(kind: ItemKind, name: str) -> str | None:
            headers = self._definers(kind, name)
            if not headers:
                return None
            if not frozenset(headers).isdisjoint(includes):
                return "the included headers name it, but do not define it in this configuration"
            return (
                f"{listed(headers)} defines it; the included headers do not, or undefine it again"
            )

        side = self._clang.ask_items(includes, self._candidates)
        wanted: list[tuple[ItemKind, str]] = []

        def note(kind: ItemKind, name: str) -> None:
            wanted.append((kind, name))

        self.found |= self._judge(side, range(len(self._items)), note)
        self._sides = dict.fromkeys(self.found, side)
        if wanted:
            self._expect(wanted)
            lost = [n for n, said in self.found.items() if rank(said) == UNKNOWN]
            self.found |= self._judge(side, lost, missing)

    def ask_all(self, units: Sequence[Sequence[str]]) -> None:
        """Ask after each item's likeliest header, then after the others of what does not agree.

        And of what is linked, which is declared in one way. What is still not there, or has another
        value, may be hidden by what stands beside it: its header is tried alone.
        """
        self._expect((one.kind, one.name) for one in self._candidates)
        for candidate in self._candidates:
            definers = self._definers(candidate.kind, candidate.name)
            headers = (*self._headers.get(candidate.item, ()), *definers)
            self._headers[candidate.item] = tuple(dict.fromkeys(headers))[:_MOST]
        self.found |= self._judge(SideOfC.empty(), range(len(self._items)), self._why)
        self._ask_in_units({n: headers[:1] for n, headers in self._headers.items()}, all_in=True)
        self._ask_in_units({n: self._headers[n][1:] for n in self._ranked(1)})
        self._ask_in_units(self._undecided(), parts=_FEW)
        self._ask_alone({n: self._headers[n][:1] for n in self._ranked(UNKNOWN)})
        self._ask_alone({n: self._said.ways(self.found[n]) for n in self._ranked(1)})
        self._ask_unknown(units)
        # Only now is it known which headers do not compile.
        self.found |= self._judge(SideOfC.empty(), self._ranked(UNKNOWN), self._why)

    def _undecided(self) -> dict[int, tuple[str, ...]]:
        """The headers that may declare otherwise what is linked and agrees.

        Those that go together with one that was asked declare it alike.
        """
        agreeing = (n for n in self._headers if rank(self.found[n]) == 0)
        return {
            n: tuple(header for header in self._headers[n] if header not in self._said.asked(n))
            for n in agreeing
            if self._items[n].kind in LINKED
        }

    def _ask_alone(self, headers: Mapping[int, Sequence[str]]) -> None:
        """Ask for each item after each of its headers, without others but the prelude."""
        alone = dict.fromkeys(header for tried in headers.values() for header in tried)
        for header in tuple(alone)[:_MOST_ALONE]:
            unit = (*self._prelude(), header)
            if self._clang.check(unit):
                continue
            among = [n for n, tried in headers.items() if header in tried]
            self._headers |= {n: (*dict.fromkeys((*self._headers[n], header)),) for n in among}
            self._ask(unit, among)

    def _ask_unknown(self, units: Sequence[Sequence[str]]) -> None:
        """Ask for what is still unknown after `units`, and after headers that have its name.

        A declaration that a macro makes, or with an attribute first, is not in the index.
        """
        for unit in units[:_SHOWN]:
            self._ask(unit, self._lost())
        lost = self._lost()
        names = [one for one in self._candidates if one.item in lost and one.kind not in TYPES]
        mentioning = self._index("constant").mentioning({one.name for one in names})
        more: dict[int, list[str]] = {number: [] for number in lost}
        for one in names:
            tried, found = self._headers[one.item], self._likely(mentioning.get(one.name, ()))
            more[one.item] += [header for header in found if header not in tried][:_SHOWN]
        self._headers |= {n: (*self._headers[n], *headers) for n, headers in more.items()}
        self._ask_in_units(more, parts=_FEW)

    def _lost(self) -> frozenset[int]:
        """The items of which nothing is known, nor that they are the compiler's own."""
        own = {one.item for one in self._candidates if one.name in self._compilers}
        return frozenset(
            n for n in self._headers if n not in own and rank(self.found[n]) == UNKNOWN
        )

    def _prelude(self) -> tuple[str, ...]:
        known = frozenset(self._index("constant").headers)
        return tuple(h for h in PRELUDES[self._manifest.kernel.view] if h in known)

    def _ranked(self, least: int) -> list[int]:
        """The items with a header of which as little is known as that, or less."""
        return [
            n for n, headers in self._headers.items() if headers and rank(self.found[n]) >= least
        ]

    def _ask_in_units(
        self,
        headers: Mapping[int, Sequence[str]],
        *,
        all_in: bool = False,
        parts: int = PARTS,
    ) -> None:
        """Ask for each item in the units of its headers, and in the first one for all of them.

        With few `parts` less is tried to have all headers compile.
        """
        wanted = sorted({header for tried in headers.values() for header in tried})
        if not wanted:
            return
        units = find_units(wanted, self._prelude(), self._clang.check, parts=parts)
        self._refused |= units.refused if parts == PARTS else {}
        for number, unit in enumerate(units.units):
            held = frozenset(unit)
            every = all_in and number == 0
            self._ask(unit, [n for n, tried in headers.items() if every or held & {*tried}])

    def _ask(self, unit: Sequence[str], numbers: Collection[int]) -> None:
        """Ask for items after these headers; what is better known than before is kept."""
        among = frozenset(numbers)
        asked = [one for one in self._candidates if one.item in among]
        if not asked:
            return
        side = self._clang.ask_items(unit, asked)
        self._compilers.update(side.compilers)
        held = {n: [h for h in unit if h in self._headers[n]] for n in among}
        several = {one.name for one in asked if len(held[one.item]) > 1 and one.kind == "constant"}
        if several:
            self._said.define(self._clang.definitions(unit, several))
        for some in (among & self._values.numbers, among - self._values.numbers):
            for number, said in self._judge(side, some, self._why).items():
                self._said.hear(number, held[number], said)
                if rank(said) < rank(self.found[number]):
                    self.found[number], self._sides[number] = said, side
            self._values.teach(self._types, self.found)

    def _definers(self, kind: ItemKind, name: str) -> tuple[str, ...]:
        return self._likely(self._index(kind).definers(name.rpartition(" ")[2]))

    def _likely(self, headers: Sequence[str]) -> tuple[str, ...]:
        return likely(headers, programs=self._manifest.kernel.view == "userland")

    def _expect(self, wanted: Iterable[tuple[ItemKind, str]]) -> None:
        """Say which names will be looked for: those of types, and others."""
        names: dict[bool, set[str]] = {}
        for kind, name in wanted:
            names.setdefault(kind in TYPES, set()).add(name.rpartition(" ")[2])
        for are_types, expected in names.items():
            self._index("enum" if are_types else "constant").expect(expected)

    def _why(self, kind: ItemKind, name: str) -> str | None:
        headers = self._definers(kind, name)[:_MOST]
        for header in headers:
            if header in self._refused:
                return f"<{header}> defines it, and does not compile: {self._refused[header][0]}"
        if not headers:
            return None
        return f"{listed(headers)} names it, but does not define it in this configuration"
