"""Find the pairs of names, made by place, that fit clearly better in another order.

Bindings shorten and lengthen C's names: `usecs` is `tv_usec`, `source` is `src`, `h` is `height`.
Names that have nothing in common are no evidence. Names that fit crosswise are evidence against the
pairs by place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import combinations, takewhile
from typing import Final, TypeAlias

__all__ = ["Words", "clearly_better", "fit", "plain", "shared_words", "words_of"]

Words: TypeAlias = tuple[str, ...]

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+")
SAME: Final = 4
STEM: Final = 3
ABBREVIATION: Final = 2
INITIAL: Final = 1
CLEARLY: Final = 2
"""Minimum gain of another order: two initials, or one word."""


def words_of(name: str) -> Words:
    """Return the words of a name, in lower case: `tv_usec`, `someName`, `SOME_NAME`."""
    return tuple(word.lower() for word in _WORD.findall(name))


def plain(name: str) -> str:
    """Return a name in lower case and without underscores."""
    return name.replace("_", "").lower()


def shared_words(names: Sequence[Words]) -> int:
    """Return the number of words that all names begin with; each name keeps at least one word."""
    if len(names) < 2:  # noqa: PLR2004 - one name shares nothing
        return 0
    alike = takewhile(lambda column: len(set(column)) == 1, zip(*names, strict=False))
    return min(len(list(alike)), min(map(len, names)) - 1)


@lru_cache(maxsize=4096)
def fit(one: Words, other: Words) -> int:
    """Return the score of two names: 0 if they have nothing in common.

    The score is the sum, over the words of the shorter name, of each word's best score with a word
    of the other name. A single word may also stand for all words of the other together: `uid`,
    `user_id`.
    """
    few, many = sorted((one, other), key=len)
    if "".join(few) == "".join(many):
        return SAME * len(many)
    together = _word_fit("".join(few), "".join(many)) if len(few) == 1 else 0
    each = sum(max((_word_fit(word, known) for known in many), default=0) for word in few)
    return max(each, together)


def _word_fit(one: str, other: str) -> int:
    """Return the score of two words: equal, a stem (`sec`, `seconds`), or letters (`dst`, `d`)."""
    short, long = sorted((one, other), key=len)
    if short.rstrip("s") == long.rstrip("s"):
        return SAME
    if len(short) == 1:
        return INITIAL if short == long[0] or short == long[1:] else 0
    if short[0] != long[0]:
        return 0
    if long.startswith(short.rstrip("s") or short):
        return STEM
    letters = iter(long)
    if all(letter in letters for letter in short):
        return ABBREVIATION
    return INITIAL if len(short) == 2 and short[1] == "x" else 0  # noqa: PLR2004 - as in `rx`


def clearly_better(
    count: int, places: int, weight: Callable[[int, int], int]
) -> dict[int, int] | None:
    """Return the places at which names fit clearly better than at their own; else None.

    Name N stands at place N. The places from `count` to `places` are free. `weight` is the score of
    a name at a place. A name that gains nothing keeps its place.
    """
    at = list(range(count))
    free = list(range(count, places))
    better = True
    while better:
        better = False
        for one, other in combinations(range(count), 2):
            if weight(one, at[other]) + weight(other, at[one]) > (
                weight(one, at[one]) + weight(other, at[other])
            ):
                at[one], at[other] = at[other], at[one]
                better = True
        for one in range(count):
            for index, place in enumerate(free):
                if weight(one, place) > weight(one, at[one]):
                    at[one], free[index] = place, at[one]
                    better = True
                    break
    gain = sum(weight(one, place) - weight(one, one) for one, place in enumerate(at))
    return dict(enumerate(at)) if gain >= CLEARLY else None
