"""A header's text -> the words that a part of it depends on, through the header's definitions.

`int a[N]` depends on `M` after `#define N M`; a typedef under `#if M > 3` does, too. Pure.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

__all__ = ["DEFINE", "DIRECTIVE", "WORD", "Dependence", "conditions_in"]

DEFINE: Final = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+(\w+)(\([^)\n]*\))?[ \t]*((?:[^\\\n]|\\\n|\\.)*)", re.MULTILINE
)
DIRECTIVE: Final = re.compile(r"^[ \t]*#(?:[^\\\n]|\\\n|\\.)*", re.MULTILINE)
_CONDITION: Final = re.compile(r"[ \t]*#[ \t]*(?:el)?if")
WORD: Final = re.compile(r"[A-Za-z_]\w*")
_BRANCH: Final = re.compile(r"[ \t]*#[ \t]*(if|el|endif)")
_TYPEDEF: Final = re.compile(r"\btypedef\b([^;{}]*?)\b(\w+)[ \t\n]*(?:\[[^;{}]*)?;")
_ENUM: Final = re.compile(r"\benum\b([^;{}()]*)\{([^{}]*)\}")
_CONDITION_WORDS: Final = frozenset(("if", "ifdef", "ifndef", "elif", "defined", "else"))


class Dependence:
    """The words that the parts of one header's text, which has no comments, depend on."""

    def __init__(self, text: str) -> None:
        self._starts, self._conditions = [0], [frozenset[str]()]
        ahead: list[frozenset[str]] = []
        for found in DIRECTIVE.finditer(text):
            branch = _BRANCH.match(found[0])
            if branch is None:
                continue
            words = frozenset(WORD.findall(found[0])) - _CONDITION_WORDS
            if branch[1] == "if":
                ahead.append(words)
            elif ahead:
                last = ahead.pop()
                if branch[1] == "el":
                    ahead.append(last | words)
            self._starts.append(found.end())
            self._conditions.append(frozenset().union(*ahead))
        self._defined: dict[str, list[tuple[int, str]]] = {}
        for at, name, words_of in (*_macros(text), *_declarations(text), *_tags(text)):
            self._defined.setdefault(name, []).append((at, words_of))
        self.macros: Final = frozenset(name for _, name, _ in _macros(text))
        self.declared: Final = frozenset(name for _, name, _ in _declarations(text))
        """The names of typedefs and enumerators: a macro of that name would change them."""

    def conditions(self, at: int) -> frozenset[str]:
        """Return the words of the conditions around a place."""
        return self._conditions[bisect_right(self._starts, at) - 1]

    def follow(
        self, words: Iterable[str], asked: Iterable[str]
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Return these words with those of their definitions, recursively; and the tested words.

        The words of conditions in a definition are tested. Those of conditions around it are tested
        if there are several definitions, or if the word itself is tested: a header whose only
        definition is missing does not compile.
        """
        found, asks = {*words, *asked}, {*asked}
        size = -1
        while size != len(found) + len(asks):
            size = len(found) + len(asks)
            for word in tuple(found):
                definitions = self._defined.get(word, ())
                for at, meaning in definitions:
                    found.update(WORD.findall(DIRECTIVE.sub("", meaning)))
                    asks |= conditions_in(meaning)
                    if len(definitions) > 1 or word in asks:
                        asks |= self.conditions(at)
            found |= asks
        return frozenset(found), frozenset(asks)


def conditions_in(text: str) -> frozenset[str]:
    """Return the words of the conditions in a part of a text."""
    conditions = (one for one in DIRECTIVE.findall(text) if _CONDITION.match(one))
    return frozenset(WORD.findall(" ".join(conditions))) - _CONDITION_WORDS


def _macros(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the place of each macro's definition, its name, and its replacement."""
    for found in DEFINE.finditer(text):
        yield found.start(), found[1], found[3]


def _declarations(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the place of each typedef's name and enumerator, the name, and its declaration."""
    for found in _TYPEDEF.finditer(text):
        yield found.start(), found[2], found[0]
    for found in _ENUM.finditer(text):
        for name in WORD.findall(DIRECTIVE.sub("", found[2])):
            yield found.start(), name, found[2]


def _tags(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the place of each enum's tag, the tag, and the enumerators."""
    for found in _ENUM.finditer(text):
        for name in WORD.findall(found[1])[-1:]:
            yield found.start(), name, found[2]
