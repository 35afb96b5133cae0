"""An item -> the headers that may define it, likeliest first."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from layoutcheck.bindings.rustdoc.items import ItemKind, SurfaceItem
from layoutcheck.judge.items.names import ItemCandidate
from layoutcheck.kernel.names.comments import strip_comments
from layoutcheck.kernel.names.index import HeaderIndex
from layoutcheck.kernel.names.macro_words import DEFINE
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.kernel import View
from layoutcheck.model.verdict import Status, Verdict
from layoutcheck.run.search.item_words import LINKED

__all__ = ["MOST", "ItemHeaders", "outside"]

MOST: Final = 6
"""Maximum number of headers that are tried for one item."""
_TYPES: Final = ("enum", "alias")
"""Kinds of item that are types in C, too."""


class ItemHeaders:
    """Headers that may define items, likeliest first, by the indexes of one tree."""

    def __init__(self, types: HeaderIndex, others: HeaderIndex, view: View) -> None:
        self._types, self._others, self._is_programs = types, others, view == "userland"

    def defining(self, kind: ItemKind, name: str) -> tuple[str, ...]:
        """Return the headers that define an item of that name in C."""
        index = self._types if kind in _TYPES else self._others
        found = self._likely(index.definers(name.rpartition(" ")[2]))
        # A program's function is that of <string.h>, not the kernel's of <sys/libkern.h>.
        in_no_folder = tuple(header for header in found if "/" not in header)
        return (kind in LINKED and self._is_programs and in_no_folder) or found

    def of(self, candidates: Iterable[ItemCandidate]) -> dict[int, tuple[str, ...]]:
        """Return for each item the headers that define one of its names."""
        found: dict[int, dict[str, None]] = {}
        for one in candidates:
            headers = self.defining(one.kind, one.name)
            if one.kind == "constant":  # any one header is enough, also one for programs
                headers += self._others.definers(one.name)
            found.setdefault(one.item, {}).update(dict.fromkeys(headers))
        return {item: tuple(headers) for item, headers in found.items()}

    def naming(self, names: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Return for each name the headers that have it somewhere in their code."""
        found = self._types.mentioning(names)
        return {name: self._likely(headers) for name, headers in found.items()}

    def making(self, names: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Return for each name the headers whose macros may paste it."""
        found = self._types.making(names)
        return {name: self._likely(headers) for name, headers in found.items()}

    def placed(self, said: Verdict, name: str, header: str) -> Verdict:
        """Return the verdict with the header that declares the name.

        If the verdict differs, add the line, provided that only one line can declare the name.
        """
        lines = set[int]()
        if said.status is Status.DIFFERS:
            text = strip_comments(self._types.read(header), keep_lines=True)
            words = [one.start() for one in re.finditer(rf"\b{re.escape(name)}\b", text)]
            defined = [one.start() for one in DEFINE.finditer(text) if one[1] == name]
            lines = {text.count("\n", 0, at) + 1 for at in defined or words}
        line = lines.pop() if len(lines) == 1 else 0
        return replace(said, c_location=SourceLocation(path=header, line=line))

    def _likely(self, headers: Sequence[str]) -> tuple[str, ...]:
        return self._types.likely(headers, programs=self._is_programs)


def outside(
    headers: Mapping[int, Sequence[str]],
    items: Sequence[SurfaceItem],
    has_in_core: Callable[[str], bool],
) -> Iterator[str]:
    """Yield the headers outside the core after which items are asked for, whatever the core says.

    These are the headers of an item that no header of the core defines, or that has a symbol.
    """
    for number, defining in headers.items():
        out = [header for header in defining if not has_in_core(header)]
        if items[number].kind in LINKED or len(out) == len(defining):
            yield from out[:MOST]
