"""Compare the variants of a Rust enum with the enumerators of the C enum in its place. Pure.

The comparison does not depend on the names of the two enums. A variant's namesake is the enumerator
of its name, apart from underscores, case, and a prefix. The prefix is the enum's own name, or a
common beginning of several enumerators. A variant without a namesake needs the value of a free
enumerator.
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
"""Enumerator or variant: its name and its value."""

SEVERAL: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumDifference:
    """Variant whose value differs from C's, and the enumerators `expected` in its place.

    `expected` is empty if no enumerator has the variant's name or value.
    """

    name: str
    value: int
    expected: tuple[Enumerator, ...] = ()

    @property
    def c(self) -> str:
        """Return C's enumerators, in the words of a report."""
        said = " or ".join(f"{name} = {value}" for name, value in self.expected)
        return said or f"no enumerator {self.name}, and none of that value"

    @property
    def rust(self) -> str:
        """Return the variant's value, in the words of a report."""
        return str(self.value)


def enum_differences(c: EnumType, rust: EnumType) -> tuple[EnumDifference, ...]:
    """Return the variants whose value differs from C's enumerator.

    A variant must have its namesake's value. A variant without a namesake must have the value of an
    enumerator that is no variant's namesake. If two such variants are clearly named like each
    other's enumerators, they are reported as exchanged.
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
    """Yield the constants of a newtype whose value differs from their namesakes.

    A constant without a namesake is the crate's own, and is not compared.
    """
    expected = namesakes(c, newtype, [name for name, _ in values])
    for name, value in values:
        meant = expected.get(name, ())
        if meant and value not in {known for _, known in meant}:
            yield EnumDifference(name=name, value=value, expected=meant)


def lacking(c: EnumType, rust: EnumType) -> tuple[Enumerator, ...]:
    """Return C's enumerators whose value no variant has; in Rust such a value is undefined."""
    values = {value for _, value in rust.enumerators}
    return tuple(item for item in c.enumerators if item[1] not in values)


def namesakes(
    c: EnumType, enum: str | None, variants: Sequence[str]
) -> dict[str, tuple[Enumerator, ...]]:
    """Return the namesakes of each variant that has some, by the variant's name.

    `enum` is the name of the variants' enum. A match without a prefix wins over one with a prefix,
    and a prefix that more enumerators share wins over one that fewer share. An enumerator is the
    namesake of only the variant that matches best.
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
    """Yield each enumerator's possible names, with the number that share the prefix left out.

    The number is doubled. A name with its case or its words (`A_B` beside `AB`) has one more than
    the same letters. The whole name ranks above every prefix. The whole name without underscores is
    possible only if no prefix leaves names that match more of the `variants`: `Ppid` is P_PPID, not
    P_PID, beside `Pid`.
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
        yield name, 2 * (len(names) + 2), item
        if is_whole:
            yield plain(name), 2 * (len(names) + 1), item
            yield _worded(name), 2 * (len(names) + 1) + 1, item
        if tag and plain(name).startswith(tag):
            yield plain(name)[len(tag) :], 2 * len(names), item
        lefts = [(start, starts[start]) for start in _starts(name)]
        lefts = [one for one in lefts if one[1] >= SEVERAL or one[1] == len(names)]
        for left, shared in [*([(name[:letters], len(names))] if letters else []), *lefts]:
            rest = name[len(left) :]
            yield plain(rest), 2 * shared, item
            yield rest, 2 * shared + 1, item
            yield _worded(rest), 2 * shared + 1, item


def _starts(name: str) -> list[str]:
    """Return the beginnings of a name up to each of its underscores."""
    return [name[: place + 1] for place, letter in enumerate(name) if letter == "_"]


def _written(own: str, variants: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each variant's forms: whole, without the enum's name, without the common prefix."""
    words = [words_of(name) for name in variants]
    shared = shared_words(words)
    for name, parts in zip(variants, words, strict=True):
        rest = parts[shared:]
        written = [name, _worded(name), "_".join(rest), plain(name)]
        written += [plain(name).removeprefix(own), "".join(rest)]
        yield name, [form for form in dict.fromkeys(written) if form]


def _worded(name: str) -> str:
    """Return the words of a name, which other spellings have, too: `foo_bar` for `FooBar`."""
    return "_".join(words_of(name))


def _exchanged(
    placed: Sequence[Enumerator], free: Sequence[Enumerator]
) -> Mapping[str, tuple[Enumerator, ...]]:
    """Return the enumerators that variants are named like, if their values are another's."""
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
    """Return whether the tag of C's enum is the last name of the path."""
    tag = type_.name if isinstance(type_, EnumType) else None
    return path is not None and tag == path.rpartition("::")[2]
