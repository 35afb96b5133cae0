"""The texts of headers -> the headers that each includes, whatever the conditions. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from posixpath import normpath
from typing import Final

from layoutcheck.cache.memo import Memo

__all__ = ["Inclusions"]

_INCLUDE: Final = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


class Inclusions:
    """The headers that each header includes; `read` returns the text of one.

    Several threads may use it.
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read
        self._direct: Memo[str, tuple[str, ...]] = Memo()
        self._all: Memo[str, frozenset[str]] = Memo()

    def of(self, header: str) -> frozenset[str]:
        """Return a header and those that it includes, directly or not, whatever the conditions."""
        return self._all.get(header, lambda: self._find(header))

    def _find(self, header: str) -> frozenset[str]:
        found, left = set[str](), [header]
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += self._direct.get(name, partial(self._included, name))
        return frozenset(found)

    def _included(self, name: str) -> tuple[str, ...]:
        return tuple(included for _, included in self.within(name, self._read(name)))

    def within(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        """Yield the places of a header's own includes, and the included headers."""
        for found in _INCLUDE.finditer(text):
            beside = normpath(f"{name.rpartition('/')[0]}/{found[2]}").lstrip("/")
            yield found.start(), beside if found[1] == '"' and self._read(beside) else found[2]
