"""Names that stand in no header -> the headers whose macros may paste them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from layoutcheck.kernel.joining import Way, affixes, callees, halves, splits, takers

__all__ = ["PastedNames"]

_FEW: Final = 20
"""A word that more headers hand to macros says nothing of who makes a name."""


class PastedNames:
    """Finds the headers that hand macros the parts of a name.

    `pasting` are the texts of the headers with a `##`. `read` gives the text of a header, `handing`
    by word the headers that hand it to a macro, likeliest first.
    """

    def __init__(
        self,
        pasting: Iterable[str],
        read: Callable[[str], str],
        handing: Callable[[Collection[str]], Mapping[str, Sequence[str]]],
    ) -> None:
        self._read, self._handing = read, handing
        self._affixes: dict[str, frozenset[str]] = {}
        self._takers: set[str] = set()
        for text in pasting:
            self._takers |= takers(text)
            for macro, words in affixes(text).items():
                self._affixes[macro] = self._affixes.get(macro, frozenset()) | words

    def headers(self, names: Collection[str]) -> Mapping[str, Sequence[str]]:
        """By name the headers that may make it, first those whose macro has the rest of it."""
        joined = frozenset[str]().union(*self._affixes.values())
        ways = {name: [*splits(name, joined), *halves(name, joined)] for name in names}
        handing = self._handing(
            {word for some in ways.values() for way in some for word in way.handed}
        )
        return {name: self._sorted(some, handing) for name, some in ways.items()}

    def _sorted(self, ways: Iterable[Way], handing: Mapping[str, Sequence[str]]) -> Sequence[str]:
        """The headers that make a name in one of these ways."""
        found: dict[str, bool] = {}
        for way in ways:
            first, *others = (handing[word] for word in way.handed)
            headers = [header for header in first if all(header in some for some in others)]
            makers = self._makers(way) if headers else frozenset[str]()
            for header in headers:
                if len(headers) > _FEW and not any(map(self._read(header).__contains__, makers)):
                    continue
                calls = self._calls(header, way, makers)
                if calls:
                    is_made = not way.affixes or not calls.isdisjoint(makers)
                    found[header] = found.get(header, False) or is_made
        return sorted(found, key=lambda header: not found[header])

    def _makers(self, way: Way) -> frozenset[str]:
        """The macros that have what is not handed."""
        return frozenset(macro for macro, own in self._affixes.items() if way.affixes <= own)

    def _calls(self, header: str, way: Way, makers: frozenset[str]) -> frozenset[str]:
        """The macros to which a header hands all words of a name."""
        text = self._read(header)
        calls = frozenset.intersection(*(callees(text, {word}) for word in way.handed))
        return calls & (makers | takers(text) | self._takers | {"##"})
