"""A C enum and the Rust enum in its place -> which variants have a wrong value. Pure.

They are compared so wherever they meet, whatever the two enums are called. A variant's namesake is
the enumerator of its name, but for underscores, case, and a prefix: the enum's own name, or what
several enumerators begin with. Where no variant has a namesake, the values have to fit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import Final, TypeAlias

from layoutcheck.judge.swapped_names import clearly_better, fit, plain, shared_words, words_of
from layoutcheck.model.layout import EnumType, Type

__all__ = [
    "EnumDifference",
    "Enumerator",
    "enum_differences",
    "is_called",
    "lacking",
    "namesakes",
    "unlike_named",
]

Enumerator: TypeAlias = tuple[str, int]
"""A name and its value."""

SEVERAL: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumDifference:
    """The variant `name` of another value than C's, and the enumerators that it may stand for.

    None are `expected` of a variant whose name and value are no enumerator's.
    """

    name: str
    value: int
    expected: tuple[Enumerator, ...] = ()

    @property
    def c(self) -> str:
        """C's enumerators, for a reader."""
        said = " or ".join(f"{name} = {value}" for name, value in self.expected)
        return said or f"no enumerator {self.name}, and none of that value"

    @property
    def rust(self) -> str:
        """The variant's value, for a reader."""
        return str(self.value)


def enum_differences(c: EnumType, rust: EnumType) -> tuple[EnumDifference, ...]:
    """Return the variants that hold another value than C's enumerator.

    A variant has its namesake's value. One without a namesake has that of an enumerator which is no
    other variant's namesake; if two such names are clearly like each other's enumerators, they are
    exchanged.
    """
    expected = namesakes(c, rust.name, [name for name, _ in rust.enumerators])
    spoken_for = {items[0] for items in expected.values() if len(items) == 1}
    free = [item for item in c.enumerators if item not in spoken_for]
    values = {value for _, value in free}
    unnamed = [item for item in rust.enumerators if item[0] not in expected]
    expected |= _exchanged([item for item in unnamed if item[1] in values], free)
    return tuple(
        EnumDifference(name=name, value=value, expected=expected.get(name, ()))
        for name, value in rust.enumerators
        if value not in ({known for _, known in expected.get(name, ())} or values)
    )


def unlike_named(
    c: EnumType, newtype: str, values: Sequence[Enumerator]
) -> Iterator[EnumDifference]:
    """Yield the constants of a newtype that hold another value than their namesakes.

    What is called like no enumerator is the crate's own.
    """
    expected = namesakes(c, newtype, [name for name, _ in values])
    for name, value in values:
        meant = expected.get(name, ())
        if meant and value not in {known for _, known in meant}:
            yield EnumDifference(name=name, value=value, expected=meant)


def lacking(c: EnumType, rust: EnumType) -> tuple[Enumerator, ...]:
    """C's enumerators of a value that no variant has: Rust must not meet them."""
    values = {value for _, value in rust.enumerators}
    return tuple(item for item in c.enumerators if item[1] not in values)


def namesakes(
    c: EnumType, enum: str | None, variants: Sequence[str]
) -> dict[str, tuple[Enumerator, ...]]:
    """Return the enumerators of similar names by the variant's name; without them no entry.

    `enum` is what the variants' enum is called.
    What is called alike without a prefix comes first, then with one that more enumerators share.
    An enumerator that one variant is more like is not another one's.
    """
    forms: defaultdict[str, dict[Enumerator, int]] = defaultdict(dict)
    for form, shared, item in _forms(c, frozenset(map(plain, variants))):
        forms[form][item] = max(shared, forms[form].get(item, 0))
    own = plain((enum or "").rpartition("::")[2])
    wanted = []
    for name, written in _written(own, variants):
        for rank, form in enumerate(written):
            wanted += [(rank, -shared, name, item) for item, shared in forms[form].items()]
    found: dict[str, tuple[tuple[int, int], tuple[Enumerator, ...]]] = {}
    taken: dict[Enumerator, str] = {}
    for rank, shared, name, item in sorted(wanted, key=lambda want: want[:2]):
        likeness, items = found.get(name, ((rank, shared), ()))
        if likeness == (rank, shared) and taken.get(item, name) == name and item not in items:
            found[name] = likeness, (*items, item)
            taken[item] = name
    return {name: items for name, (_, items) in found.items()}


def _forms(c: EnumType, variants: frozenset[str]) -> Iterator[tuple[str, int, Enumerator]]:
    """Yield each enumerator's possible names, and how many share the prefix that is left out.

    The whole name counts as if more than all shared it; without underscores only if not more of
    the `variants` are called as what follows a prefix: `Ppid` is P_PPID, not P_PID, beside `Pid`.
    """
    names = [name for name, _ in c.enumerators]
    starts = Counter(start for name in names for start in _starts(name))
    whole = len(variants.intersection(map(plain, names)))
    is_whole = not any(
        len(variants.intersection(plain(n[len(s) :]) for n in names if n.startswith(s))) > whole
        for s, count in starts.items()
        if count >= SEVERAL
    )
    columns = zip(*names, strict=False) if len(names) >= SEVERAL else ()
    letters = len(list(takewhile(lambda column: len(set(column)) == 1, columns)))
    tag = plain(c.name or "")
    for item in c.enumerators:
        name = item[0]
        yield name, len(names) + 2, item
        if is_whole:
            yield plain(name), len(names) + 1, item
        if tag and plain(name).startswith(tag):
            yield plain(name)[len(tag) :], len(names), item
        if letters:
            yield plain(name[letters:]), len(names), item
        for start in _starts(name):
            if starts[start] >= SEVERAL or starts[start] == len(names):
                yield plain(name[len(start) :]), starts[start], item


def _starts(name: str) -> list[str]:
    """Return the beginnings of a name up to each of its underscores."""
    return [name[: place + 1] for place, letter in enumerate(name) if letter == "_"]


def _written(own: str, variants: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the ways to write each variant: whole, and without the enum's or a common prefix."""
    words = [words_of(name) for name in variants]
    shared = shared_words(words)
    for name, parts in zip(variants, words, strict=True):
        written = [name, plain(name), plain(name).removeprefix(own), "".join(parts[shared:])]
        yield name, [form for form in dict.fromkeys(written) if form]


def _exchanged(
    placed: Sequence[Enumerator], free: Sequence[Enumerator]
) -> Mapping[str, tuple[Enumerator, ...]]:
    """Return the enumerators that variants are like, where these are not those of their values."""
    by_value = {value: item for item in reversed(free) for value in item[1:]}
    places = [by_value[value] for _, value in placed]
    places += [item for item in free if item not in places]
    names, known = ([words_of(name) for name, _ in items] for items in (placed, places))
    names, known = ([n[shared_words(side) :] for n in side] for side in (names, known))

    @cache
    def weight(name: int, place: int) -> int:
        return fit(names[name], known[place])

    found = clearly_better(len(placed), len(places), weight) or {}
    moved = [n for n, place in found.items() if weight(n, place) > weight(n, n)]
    if len(moved) < SEVERAL:
        return {}
    return {placed[name][0]: (places[found[name]],) for name in moved}


def is_called(type_: Type | None, path: str | None) -> bool:
    """Return whether C's enum has the last name of the path."""
    tag = type_.name if isinstance(type_, EnumType) else None
    return path is not None and tag == path.rpartition("::")[2]
