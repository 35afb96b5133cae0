"""A C header's text -> the words that macros join by `##`, and what a name may be made of. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from layoutcheck.kernel.comments import strip_comments
from layoutcheck.kernel.dependence import DEFINE, WORD

__all__ = ["affixes", "handed_words", "made_of"]

# A word beside a `##`, or an argument in its place.
_HANDED: Final = tuple(
    re.compile(pattern)
    for pattern in (r"\b(\w++)\s*+##", r"##\s*+(\w++)", r"[(,]\s*+(\w++)\s*+(?=[,)])")
)


def handed_words(text: str) -> frozenset[str]:
    """The words of which macros may make others: those beside a `##`, and those handed to one."""
    text = strip_comments(text)
    return frozenset(word for pattern in _HANDED for word in pattern.findall(text))


def affixes(text: str) -> frozenset[str]:
    """The words that macros themselves have for it, such as `_t` of `n##_t`: no parameters."""
    found: set[str] = set()
    for _, parameters, body in DEFINE.findall(strip_comments(text)):
        words = {word for pattern in _HANDED for word in pattern.findall(body)}
        found |= words.difference(WORD.findall(parameters))
    return frozenset(found)


def made_of(name: str, joined: Collection[str]) -> frozenset[str]:
    """The words that with one of the `joined` before or behind them, or both, make a name.

    A number is handed to many a macro: it says nothing of who makes the name.
    """
    return frozenset(
        name[start:end]
        for start in range(len(name))
        if not start or name[:start] in joined
        for end in range(start + 1, len(name) + 1)
        if end == len(name) or name[end:] in joined
        if end - start < len(name) and not name[start:end].isdigit()
    )
