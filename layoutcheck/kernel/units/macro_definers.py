"""The macros of all headers -> for one header, the definers of a macro before it is read. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, TypeAlias

from layoutcheck.cache.memo import Memo
from layoutcheck.kernel.names.macro_words import DEFINE
from layoutcheck.kernel.system import Before
from layoutcheck.kernel.units.inclusions import Inclusions
from layoutcheck.kernel.units.record_text import open_pack

__all__ = ["Definers", "MacroDefiners", "disagree"]

Definers: TypeAlias = tuple[tuple[str, str], ...]
"""The headers that define a macro, each with its replacement."""
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")


class MacroDefiners:
    """Finder of the definers of a macro before a header is read.

    The definers are the headers of the `core`, which is read with every header; those of `headers`
    in the same folder; those of `includers` that define the macro and then include the header; and
    the sources that include it, given by `before`, with the headers that they read first. `macros`
    are those of all headers, each with its definers and replacements; the name of a macro with
    parameters ends with `(`. `text` returns a header's text without comments. Several threads may
    use it.
    """

    def __init__(
        self,
        macros: Mapping[str, Sequence[tuple[str, str]]],
        *,
        core: Collection[str],
        headers: Collection[str],
        includers: Collection[str],
        inclusions: Inclusions,
        text: Callable[[str], str],
        before: Callable[[str], Sequence[Before]],
    ) -> None:
        self._before = before
        self._macros, self._core = macros, frozenset(core)
        self._headers, self._includers = frozenset(headers), frozenset(includers)
        self._inclusions, self._text = inclusions, text
        self._disputes: Memo[str | None, frozenset[str]] = Memo()

    def of(self, header: str, macro: str) -> Definers:
        """Return the headers that define a macro, each with its replacement; sorted.

        The tokens of a replacement are separated by single spaces.
        """
        defining = (
            *self._defining(macro, _folder(header)),
            *self._handing(header, macro),
            *self._of_sources(header, macro),
        )
        words = ((by, _TOKEN.findall(said)) for by, said in sorted(defining))
        return tuple(dict.fromkeys((by, " ".join(said)) for by, said in words))

    def packing(self, header: str) -> Definers:
        """Return the neighbours and sources that include a header within a `#pragma pack`."""
        if header in self._core:
            return ()
        sources = [(one.source, one.pack) for one in self._before(header)]
        beside = [(by, self._pack_around(by, header)) for by in self._beside(header)]
        return tuple((by, words) for by, words in (*beside, *sources) if words)

    def _beside(self, header: str) -> Sequence[str]:
        folder = _folder(header)
        return sorted(by for by in self._headers if _folder(by) == folder and by != header)

    def _pack_around(self, by: str, header: str) -> str:
        """Return the `#pragma pack` that is open at a header's include of another one, if any."""
        text = self._text(by)
        if "pack" in text:
            for at, included in self._inclusions.within(by, text):
                if header in self._inclusions.of(included):
                    return open_pack(text, at)
        return ""

    def known(self, header: str, words: Iterable[str]) -> frozenset[str]:
        """Return the words that the core or the header's folder defines as macros."""
        folder = _folder(header)
        return frozenset(word for word in words if any(self._defining(word, folder)))

    def disputed(self, header: str) -> frozenset[str]:
        """Return the macros that the core and the header's folder may define differently."""
        folder = _folder(header)
        in_core = self._disputes.get(None, lambda: self._dispute(None, self._macros))
        return in_core | self._disputes.get(
            folder, lambda: self._dispute(folder, self._macros_of.get(folder, ()))
        )

    def _dispute(self, folder: str | None, macros: Iterable[str]) -> frozenset[str]:
        return frozenset(
            name.rstrip("(")
            for name in macros
            if len(self._macros[name]) > 1 and disagree([*self._defining(name, folder)])
        )

    @cached_property
    def _macros_of(self) -> Mapping[str, Collection[str]]:
        """Return the macros of each folder."""
        found: dict[str, set[str]] = {}
        for name, by in self._macros.items():
            for header, _ in by:
                found.setdefault(_folder(header), set()).add(name)
        return found

    def _defining(self, macro: str, folder: str | None) -> Iterator[tuple[str, str]]:
        """Yield the definers in the core or in a folder, without macros that rename a member."""
        for by, words in self._macros.get(macro, ()):
            is_beside = by in self._headers and _folder(by) == folder
            if "->" not in words and (by in self._core or is_beside):
                yield by, words

    def _handing(self, header: str, macro: str) -> Iterator[tuple[str, str]]:
        """Yield the headers that define a macro and then include a header out of the core."""
        if header not in self._core:
            for by, words in self._macros.get(macro, ()):
                if by in self._includers and self._hands(by, macro, header):
                    yield by, words

    def _of_sources(self, header: str, macro: str) -> Iterator[tuple[str, str]]:
        """Yield the sources that define a macro before they include a header out of the core.

        The headers of other folders that they include before it are definers, too.
        """
        if header in self._core:
            return
        for source, macros, headers, _ in self._before(header):
            if macro in macros:
                yield source, macros[macro]
            for by, words in self._macros.get(macro, ()):
                if by in headers and by not in self._core and "->" not in words:
                    yield by, words

    def _hands(self, by: str, macro: str, header: str) -> bool:
        """Return whether one header defines a macro, and then includes another one."""
        if by == header or header not in self._inclusions.of(by):
            return False
        text, name = self._text(by), macro.rstrip("(")
        defined = next((f.end() for f in DEFINE.finditer(text) if f[1] == name), len(text))
        return any(
            at > defined and header in self._inclusions.of(included)
            for at, included in self._inclusions.within(by, text)
        )


def disagree(definers: Collection[tuple[str, str]]) -> bool:
    """Return whether headers define a macro differently, each in all of its definitions."""
    words: dict[str, set[str]] = {}
    for header, said in definers:
        words.setdefault(header, set()).add(said)
    return len({frozenset(said) for said in words.values()}) > 1


def _folder(header: str) -> str:
    return header.rpartition("/")[0]
