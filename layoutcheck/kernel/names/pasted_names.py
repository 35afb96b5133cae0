"""Names that no header contains -> the headers whose macros may paste them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from layoutcheck.kernel.names.token_pasting import Way, callees, halves, splits, takers

__all__ = ["PastedNames"]

_FEW: Final = 20
"""Above this number of headers that pass a word to macros, the word is not specific enough."""


class PastedNames:
    """Finder of the headers that pass the parts of a name to macros.

    - `affixes`, `takers`: the macros of some headers that paste (`token_pasting`).
    - `meant`: replacements of macros that are passed to other macros, such as `#define PREFIX
      foo_`, with their headers.
    - `read`: returns the text of a header without comments.
    - `handing`: returns the headers that pass one of the `handed` words to a macro, likeliest
      first.
    """

    def __init__(
        self,
        affixes: Iterable[Mapping[str, frozenset[str]]],
        takers: Iterable[frozenset[str]],
        *,
        handed: Collection[str],
        meant: Mapping[str, frozenset[str]],
        read: Callable[[str], str],
        handing: Callable[[str], Sequence[str]],
    ) -> None:
        self._read, self._meant = read, meant
        self._handed, self._handing = handed, handing
        self._takers = frozenset[str]().union(*takers)
        self._affixes: dict[str, frozenset[str]] = {}
        for some in affixes:
            for macro, words in some.items():
                self._affixes[macro] = self._affixes.get(macro, frozenset()) | words
        self._joined = frozenset[str]().union(meant, *self._affixes.values())

    def headers(self, name: str) -> Sequence[str]:
        """Return the headers that may make a name, likeliest first.

        Headers whose macro has the rest of the name come first, and of these the ones that pass
        most of it.
        """
        found: dict[str, tuple[bool, bool, int]] = {}
        words = self._joined, self._handed
        for way in (*splits(name, *words, self._meant), *halves(name, *words)):
            first, *others = map(self._handing, way.handed)
            headers = [header for header in first if all(header in some for some in others)]
            makers = self._makers(way) if headers else frozenset[str]()
            meaning = self._meaning(way) if headers and not makers else ()
            for header in headers:
                beside = _beside(header, meaning)
                if not beside and (
                    len(headers) > _FEW and not any(map(self._read(header).__contains__, makers))
                ):
                    continue
                calls = self._calls(header, way, makers)
                if calls:
                    is_made = not way.affixes or not calls.isdisjoint(makers)
                    fit = (is_made, bool(beside), sum(map(len, way.handed)))
                    for one in (*beside, header):  # the definer may include the other
                        found[one] = max(found.get(one, fit), fit)
        return sorted(found, key=lambda header: found[header], reverse=True)

    def _makers(self, way: Way) -> frozenset[str]:
        """Return the macros that contain the parts of the name that are not passed."""
        return frozenset(macro for macro, own in self._affixes.items() if way.affixes <= own)

    def _meaning(self, way: Way) -> Sequence[frozenset[str]]:
        """Return, for each part that is a macro's replacement, the headers with that macro.

        The result is empty if no single macro has the other parts that are not passed.
        """
        meant = {word: self._meant[word] for word in way.affixes if word in self._meant}
        rest = way.affixes - meant.keys()
        is_made = not rest or any(rest <= own for own in self._affixes.values())
        return tuple(meant.values()) if is_made else ()

    def _calls(self, header: str, way: Way, makers: frozenset[str]) -> frozenset[str]:
        """Return the macros to which a header passes all words of a name."""
        text = self._read(header)
        calls = frozenset.intersection(*(callees(text, {word}) for word in way.handed))
        return calls & (makers | takers(text) | self._takers | {"##"})


def _beside(header: str, meaning: Sequence[frozenset[str]]) -> Sequence[str]:
    """Return the headers of a header's folder that say what each word stands for; none lacks."""
    found = [[one for one in some if _folder(one) == _folder(header)] for some in meaning]
    return sorted({one for some in found for one in some}) if all(found) else ()


def _folder(header: str) -> str:
    return header.rpartition("/")[0]
