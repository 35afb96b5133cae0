"""Constants, functions and statics -> clang's answer on each, from headers that define its name.

With a list of headers, all items are asked for in the unit of that list. Without one, all are asked
for in the core of the tree's headers. If that does not settle an item, its other headers are tried,
each in its own unit. So the result for an item does not depend on the other items.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from layoutcheck.bindings.rustdoc.items import ItemKind, SurfaceItem
from layoutcheck.cache.in_threads import in_threads
from layoutcheck.judge.compare_pairs import Comparer
from layoutcheck.judge.items.c_answers import SideOfC
from layoutcheck.judge.items.enum_values import ItemValues
from layoutcheck.judge.items.judge_items import Missing, judge_items
from layoutcheck.judge.items.names import item_candidates
from layoutcheck.judge.judge_types import Side
from layoutcheck.judge.walk import Edge
from layoutcheck.kernel.units.header_dependence import LeftMacroFinder
from layoutcheck.kernel.units.header_units import HeaderUnits
from layoutcheck.kernel.units.left_to_others import LeftMacro
from layoutcheck.kernel.units.trial_units import trial_units
from layoutcheck.manifest.reader import Manifest
from layoutcheck.model.verdict import SetAside, Verdict
from layoutcheck.run.kernel_clang import KernelClang
from layoutcheck.run.search.item_headers import MOST, ItemHeaders
from layoutcheck.run.search.item_words import (
    LINKED,
    REFUSED,
    UNKNOWN,
    HeaderWords,
    is_nowhere,
    listed,
    rank,
    unchecked,
)

__all__ = ["find_items"]

_COMPARED: Final = (*LINKED, "alias")
"""Kinds of item whose types are compared, and with the types their records."""
_SHOWN: Final = 3


def find_items(
    manifest: Manifest,
    cell: str,
    items: Sequence[SurfaceItem],
    rust: Side,
    clang: KernelClang,
    *,
    types: Comparer,
    includes: Sequence[str] | HeaderUnits,
    headers: ItemHeaders,
    left_macros: LeftMacroFinder | None = None,
    settled: Collection[str] = (),
) -> tuple[tuple[Verdict, ...], tuple[SetAside, ...]]:
    """Return the verdict on each of the crate's `items`, and the skipped items.

    The items are asked for in the unit of `includes`, all of which compile, or in the units of a
    whole tree. In a whole tree, `left_macros` finds what headers leave to others. `headers` finds
    the headers of names that are not defined in the unit. `types` compares the records that
    functions, statics and aliases lead to. Aliases whose paths are in `settled` are judged as
    records, not here.
    """
    search = _Search(manifest, cell, items, rust, clang=clang, headers=headers, types=types)
    if items:
        if isinstance(includes, HeaderUnits):
            search.ask_all(includes, left_macros)
        else:
            search.ask_after(includes)
        search.conclude()
    found = [
        search.found[number]
        for number, item in enumerate(items)
        if item.kind != "alias" or item.rust_path not in settled
    ]
    verdicts = tuple(one for one in found if isinstance(one, Verdict))
    return verdicts, tuple(one for one in found if isinstance(one, SetAside))


class _Search:
    """Search of one cell. `found` has the best known result of each item, by place."""

    def __init__(
        self,
        manifest: Manifest,
        cell: str,
        items: Sequence[SurfaceItem],
        rust: Side,
        *,
        clang: KernelClang,
        headers: ItemHeaders,
        types: Comparer,
    ) -> None:
        self._manifest, self._cell, self._items, self._rust = manifest, cell, items, rust
        self._clang, self._of, self._types = clang, headers, types
        self._candidates = item_candidates(manifest, items)
        self._units: HeaderUnits
        self._is_read: Callable[[str], bool]
        self._headers: dict[int, tuple[str, ...]] = {}
        self._named: Mapping[str, tuple[str, ...]] = {}
        self._sides: dict[int, SideOfC] = {}
        self._after: dict[int, tuple[str, ...]] = {}
        self._compilers: set[str] = set()
        self._said = HeaderWords()
        self._values = ItemValues(items, rust)
        self.found: dict[int, Verdict | SetAside] = {}

    def conclude(self) -> None:
        """Judge items with types again: once all enums are known, and once records are compared."""
        self._values.teach(self._types, self.found)
        edges: dict[int, list[Edge]] = {}
        for side, among in self._typed():
            self.found |= self._judge(side, among, self._why, edges)
        self._types.meet(chain.from_iterable(edges.values()))
        self._types.conclude()
        for side, among in self._typed():
            self.found |= self._judge(side, filter(edges.__contains__, among), self._why)
        for number, said in self.found.items():
            self.found[number] = self._placed(number, self._said.with_others(number, said))

    def _placed(self, number: int, said: Verdict | SetAside) -> Verdict | SetAside:
        """Return the verdict on an item with the header that declares it, if it was looked for."""
        of_all, item = self._headers, self._items[number]
        if isinstance(said, Verdict) and said.is_compared and (of_all or rank(said)):
            name = (said.c_name or "").rpartition(" ")[2]
            headers = of_all.get(number) or self._of.defining(item.kind, name)
            read = self._after.get(number) or (*filter(self._is_read, headers),)
            return self._of.placed(said, name, read[0]) if read else said
        return said

    def _typed(self) -> Iterator[tuple[SideOfC, list[int]]]:
        """Yield each side, with the functions, statics and aliases that it is compared with."""
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
            headers = self._of.defining(kind, name)
            if not headers:
                return None
            if not frozenset(headers).isdisjoint(includes):
                return "the included headers name it, but do not define it in this configuration"
            return (
                f"{listed(headers)} defines it; the included headers do not, or undefine it again"
            )

        side = self._clang.ask_items(includes, self._candidates)
        self._is_read = self._clang.headers_read.__contains__
        self.found |= self._judge(side, range(len(self._items)), missing)
        self._sides = dict.fromkeys(self.found, side)

    def ask_all(self, units: HeaderUnits, left_macros: LeftMacroFinder | None) -> None:
        """Ask for all items in the core, then for some in the units of their other headers.

        Those are the items that do not agree in the core, and the linked items, which have to be
        declared in one way.
        """
        self._units, self._is_read = units, units.has_in_core
        self._headers = dict.fromkeys(range(len(self._items)), ())
        self._headers |= self._of.of(self._candidates)
        for one in units.redefined:
            self._said.define(one.name, {one.before: one.words, one.after: one.other or "nothing"})
        self.found |= self._judge(SideOfC.empty(), range(len(self._items)), _no_reason)
        self._ask({units.core: range(len(self._items))} if units.core else {})
        self._ask(self._undisturbed())
        self._ask_further(self._open())
        self._ask_further(self._mentioned())
        # The headers that do not compile are known only now.
        lost = [n for n in self._headers if rank(self.found[n]) == UNKNOWN]
        self.found |= self._judge(SideOfC.empty(), lost, self._why)
        self.found |= dict(self._open_still())
        if left_macros is not None:
            self.found |= dict(self._left_to_others(left_macros))

    def _left_to_others(self, left_macros: LeftMacroFinder) -> Iterator[tuple[int, Verdict]]:
        """Yield the items whose declaration outside the core depends on other headers."""
        for number, headers in self._after.items():
            said = self.found[number]
            if isinstance(said, Verdict) and said.is_compared and said.c_name is not None:
                name = said.c_name.rpartition(" ")[2]
                left = chain.from_iterable(
                    left_macros.find_named(header, name) for header in headers
                )
                for one in left:
                    if not self._is_settled(number, said, one):
                        del self._sides[number]
                        yield number, unchecked(said, str(one))
                        break

    def _is_settled(self, number: int, said: Verdict, left: LeftMacro) -> bool:
        """Return whether clang's answer on an item is the same for all definers of the macro."""
        definers = (by for by, _ in left.definers)
        candidates = [one for one in self._candidates if one.item == number]
        units = trial_units(left.header, definers, self._units, self._clang.check)
        sides = (self._clang.ask_items(unit, candidates) for unit in units)
        tried = [self._judge(side, [number], _no_reason)[number] for side in sides]
        found = [one for one in tried if isinstance(one, Verdict) and one.is_compared]
        return bool(found) and all(
            (one.status, one.c_says, one.mismatches) == (said.status, said.c_says, said.mismatches)
            for one in found
        )

    def _open_still(self) -> Iterator[tuple[int, Verdict]]:
        """Yield the constants that differ, but that a header that does not compile defines, too."""
        for candidate in self._candidates:
            said = self.found[candidate.item]
            if candidate.kind != "constant" or not isinstance(said, Verdict) or rank(said) != 1:
                continue
            for header in self._of.defining(candidate.kind, candidate.name):
                if not self._units.unit(header):
                    why = (
                        f"<{header}> defines it too, and does not compile: "
                        f"{self._units.why_refused(header)}"
                    )
                    yield candidate.item, unchecked(said, why)
                    break

    def _open(self) -> dict[int, tuple[str, ...]]:
        """Return the headers outside the core of the items that the core does not settle."""
        in_core = self._units.has_in_core
        return {
            number: tuple(header for header in headers if not in_core(header))[:MOST]
            for number, headers in self._headers.items()
            if rank(self.found[number]) > 0 or self._items[number].kind in LINKED
        }

    def _mentioned(self) -> dict[int, tuple[str, ...]]:
        """Return the headers that mention an item that is still unknown, or whose macros make it.

        A declaration that a macro makes, or that begins with an attribute, is not in the index.
        """
        own = {one.item for one in self._candidates if one.name in self._compilers}
        lost = {n for n in self._headers if n not in own and is_nowhere(self.found[n])}
        names = [one for one in self._candidates if one.item in lost]
        self._named = self._of.naming({one.name for one in names})
        making = self._of.making([name for name, headers in self._named.items() if not headers])
        more: dict[int, tuple[str, ...]] = {}
        for one in names:
            found = self._named[one.name] or making.get(one.name, ())
            new = [header for header in found if not self._units.has_in_core(header)]
            tried = self._headers[one.item]
            new = [header for header in new if header not in tried][:_SHOWN]
            more[one.item] = (*more.get(one.item, ()), *new)
            self._headers[one.item] += tuple(new)
        return more

    def _undisturbed(self) -> Mapping[tuple[str, ...], Sequence[int]]:
        """Return the constants that clang refuses, by the core's beginning up to their header.

        A later header of the core may be the reason for a refusal: the macro
        `#define d_name d_consumer->provider->name` changes the meaning of the others' macros.
        """
        found: dict[tuple[str, ...], list[int]] = {}
        for number, headers in self._headers.items():
            if self._items[number].kind == "constant" and rank(self.found[number]) == REFUSED:
                for header in filter(self._units.has_in_core, headers[:1]):
                    found.setdefault(self._units.until(header), []).append(number)
        return dict(list(found.items())[:MOST])

    def _ask_further(self, headers: Mapping[int, Sequence[str]]) -> None:
        """Ask for each item in the units of its headers."""
        self._units.find(chain.from_iterable(headers.values()))
        asked: dict[tuple[str, ...], list[int]] = {}
        for number, tried in headers.items():
            for unit in dict.fromkeys(map(self._units.unit, tried)):
                if unit and unit != self._units.core:
                    asked.setdefault(unit, []).append(number)
        self._ask(asked)

    def _ask(self, units: Mapping[tuple[str, ...], Sequence[int]]) -> None:
        """Ask for items after the headers of these units."""

        def ask(unit: tuple[str, ...]) -> SideOfC:
            among = frozenset(units[unit])
            return self._clang.ask_items(unit, [c for c in self._candidates if c.item in among])

        for unit, side in zip(units, in_threads(ask, units), strict=True):
            self._hear(unit, side, frozenset(units[unit]))

    def _hear(self, unit: tuple[str, ...], side: SideOfC, among: frozenset[int]) -> None:
        """Judge items after a unit, and keep the results that are better than those before."""
        self._compilers.update(side.compilers)
        here = frozenset(unit)
        for some in (among & self._values.numbers, among - self._values.numbers):
            for number, said in self._judge(side, some, _no_reason).items():
                headers = tuple(h for h in self._headers[number] if h in here)
                self._said.hear(number, headers, said)
                if rank(said) < rank(self.found[number]):
                    self.found[number], self._sides[number] = said, side
                    self._after[number] = () if unit == self._units.core else headers
            self._values.teach(self._types, self.found)

    def _why(self, kind: ItemKind, name: str) -> str | None:
        definers = self._of.defining(kind, name)[:MOST]
        headers = definers or self._named.get(name, ())
        for header in headers:
            if not self._units.unit(header):
                what = "defines" if definers else "names"
                why = self._units.why_refused(header)
                return f"<{header}> {what} it, and does not compile: {why}"
        if not headers:
            return None
        return f"{listed(headers)} names it, but does not define it in this configuration"


def _no_reason(_kind: ItemKind, _name: str) -> None:
    """Give no reason yet, since that needs the units of all headers that name the item."""
