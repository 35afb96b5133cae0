"""A C header's text -> the words that macros join by `##`, and what a name may be made of. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from layoutcheck.kernel.comments import strip_comments
from layoutcheck.kernel.dependence import DEFINE, WORD

__all__ = ["affixes", "callees", "handed_words", "made_of", "takers"]

# A word beside a `##`, or an argument in its place.
_HANDED: Final = tuple(
    re.compile(pattern)
    for pattern in (r"\b(\w++)\s*+##", r"##\s*+(\w++)", r"[(,]\s*+(\w++)\s*+(?=[,)])")
)


_TOKEN: Final = re.compile(r"##|\w+|[^\w\s]")


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


def callees(text: str, words: Collection[str]) -> frozenset[str]:
    """What a header calls with one of the words; `##` where it stands beside one."""
    found, calls = set[str](), [""]
    tokens = ["", *_TOKEN.findall(strip_comments(text)), ""]
    for before, now, behind in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if now == "(":
            calls.append(before)
        elif now == ")" and len(calls) > 1:
            calls.pop()
        elif now in words and "##" in (before, behind):
            found.add("##")
        elif now in words and before in {"(", ","} and behind in {")", ","}:
            found.add(calls[-1])
    return frozenset(found)


def takers(text: str) -> frozenset[str]:
    """The macros with parameters, and these, which may be macros as well: `L(X)` calls `X(a)`."""
    macros = [(name, given) for name, given, _ in DEFINE.findall(strip_comments(text)) if given]
    return frozenset(word for name, given in macros for word in (name, *WORD.findall(given)))


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
