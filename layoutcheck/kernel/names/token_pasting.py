"""A C header's text -> the words that macros join by `##`, and the ways to make a name. Pure.

The text has no comments.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from layoutcheck.kernel.names.macro_words import DEFINE, WORD

__all__ = ["Way", "affixes", "callees", "halves", "handed_words", "splits", "takers"]

_SHORTEST: Final = 3
_BESIDE: Final = tuple(re.compile(pattern) for pattern in (r"\b(\w++)\s*+##", r"##\s*+(\w++)"))
_ARGUMENT: Final = re.compile(r"[(,]\s*+(\w++)\s*+(?=[,)])")
_TOKEN: Final = re.compile(r"##|\w+|[^\w\s]")


def handed_words(text: str) -> frozenset[str]:
    """Return the words that macros may turn into others: beside a `##`, or passed to a macro."""
    patterns = (*_BESIDE, _ARGUMENT) if "##" in text else (_ARGUMENT,)
    return frozenset(word for pattern in patterns for word in pattern.findall(text))


def affixes(text: str) -> Mapping[str, frozenset[str]]:
    """Return for each macro the words, such as `_t` in `n##_t`, that are not its parameters."""
    found: dict[str, frozenset[str]] = {}
    for name, parameters, body in DEFINE.findall(text):
        words = handed_words(body)
        own = words.difference(WORD.findall(parameters))
        found[name] = found.get(name, frozenset()) | own
    return {name: words for name, words in found.items() if words}


def callees(text: str, words: Collection[str]) -> frozenset[str]:
    """Return the macros that a header calls with one of the words; `##` if it is beside one."""
    found, calls = set[str](), [""]
    tokens = ["", *_TOKEN.findall(text), ""]
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
    """Return the macros with parameters, and the parameters: in `L(X)`, `X(a)` may be a macro."""
    macros = [(name, given) for name, given, _ in DEFINE.findall(text) if given]
    return frozenset(word for name, given in macros for word in (name, *WORD.findall(given)))


class Way(NamedTuple):
    """A way to make a name: the words that are passed to a macro, and the macro's own words."""

    handed: tuple[str, ...]
    affixes: frozenset[str]


def splits(
    name: str, joined: Collection[str], handed: Collection[str], meant: Collection[str] = ()
) -> Iterator[Way]:
    """Yield the ways to make a name from a `handed` word with `joined` ones before or after it.

    Each side may have two words, as in `foo_v3`, if one of them is `meant`: a macro's replacement.
    """
    cuts, words = range(1, len(name)), (joined, meant)
    starts = {0: frozenset[str]()} | {n: some for n in cuts if (some := _pieces(name[:n], *words))}
    ends = {n: some for n in cuts if (some := _pieces(name[n:], *words))}
    ends[len(name)] = frozenset()
    for start, before in starts.items():
        for end, behind in ends.items():
            if (start or end < len(name)) and name[start:end] in handed:
                yield Way((name[start:end],), before | behind)


def _pieces(text: str, joined: Collection[str], meant: Collection[str]) -> frozenset[str]:
    """Return the one or two words that make a text; empty if there are none."""
    if text in joined:
        return frozenset((text,))
    for cut in range(1, len(text)):
        first, last = text[:cut], text[cut:]
        if first in joined and last in joined and (first in meant or last in meant):
            return frozenset((first, last))
    return frozenset()


def halves(name: str, joined: Collection[str], handed: Collection[str]) -> Iterator[Way]:
    """Yield the ways to make a name from two `handed` words, with one word between at most.

    One of the two must be long: pairs of short words are passed to macros everywhere.
    """
    starts = [start for start in range(1, len(name)) if name[start:] in handed]
    for end in range(1, len(name)):
        if name[:end] in handed:
            for start in starts:
                between = name[end:start]
                is_long = max(end, len(name) - start) >= _SHORTEST
                if start >= end and is_long and (not between or between in joined):
                    yield Way((name[:end], name[start:]), frozenset((between,)) - {""})
