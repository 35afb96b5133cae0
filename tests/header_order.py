"""The two rules that the order of a seed keeps; a random order breaks them.

A macro that renames members (`#define n_hash n_desc`) follows the records that have such a member.
A header that tests a macro inside a record or an enum (`#if USB_HAVE_DISABLE_ENUM`) follows the
header that defines it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

from layoutcheck.kernel.units.inclusions import Inclusions
from layoutcheck.kernel.units.record_text import blocks_in
from layoutcheck.model.layout import RecordLayout, strip

__all__ = ["Renamed", "Unanswered", "find_renamed", "find_unanswered"]

_COMMENT: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_DEFINE: Final = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)
_ALIAS: Final = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+(\S*\b\w+\S*)[ \t]*$", re.MULTILINE
)
_CONDITION: Final = re.compile(r"^[ \t]*#[ \t]*(?:el)?if(?:n?def)?\b(.*)$", re.MULTILINE)
_BODY: Final = re.compile(r"\b(?:struct|union|enum)\b[^;{}()]{0,200}\{")
_WORD: Final = re.compile(r"[A-Za-z_]\w*")

_OTHER_SYSTEMS: Final = frozenset(("_WIN32",))
_Read = Callable[[str], str]


class Renamed(NamedTuple):
    """A member that its record's text calls `name`, and clang `other`, because of a macro."""

    record: str
    header: str
    name: str
    other: str


class Unanswered(NamedTuple):
    """A header that tests a macro inside a record or an enum before its definition.

    `definer` comes later.
    """

    header: str
    macro: str
    definer: str


def find_renamed(
    records: Iterable[RecordLayout], headers: Iterable[str], read: _Read
) -> Iterator[Renamed]:
    """Return the members renamed by a macro that their header does not include."""
    aliases: dict[str, set[tuple[str, str]]] = {}
    for header in headers:
        for name, words in _ALIAS.findall(_plain(read(header))):
            aliases.setdefault(name, set()).add((header, words))
    lines = cache(lambda header: read(header).split("\n"))
    closure = Inclusions(read).of
    for record in records:
        for name, (header, number) in _members(record):
            text = lines(header)[number - 1] if 0 < number <= len(lines(header)) else ""
            written = dict.fromkeys(_WORD.findall(text))
            if name in written:
                continue
            for word in written:
                by = {
                    one
                    for one, words in aliases.get(word, ())
                    if _WORD.findall(words)[-1:] == [name]
                }
                if by and by.isdisjoint(closure(header)):
                    yield Renamed(f"{record.kind} {record.name}", header, word, name)


def _members(record: RecordLayout) -> Iterator[tuple[str, tuple[str, int]]]:
    """The members that have a name, also in anonymous records inside; the header and the line."""
    for member in record.members:
        inner = strip(member.type)
        if isinstance(inner, RecordLayout) and inner.name is None:
            yield from _members(inner)
        at = member.declared_at
        if member.name is not None and at is not None and at.line is not None:
            yield member.name, (at.path, at.line)


def find_unanswered(
    order: Sequence[str], apart: frozenset[str], read: _Read
) -> Iterator[Unanswered]:
    """Return the macros that headers test in records before a later header defines them.

    Headers `apart` define nothing for others.
    """
    first: dict[str, int] = {}
    inclusions = Inclusions(read)
    for number, include in enumerate(order):
        for header in inclusions.of(include):
            first.setdefault(header, number)
    texts = {header: _plain(read(header)) for header in first if header not in apart}
    definers: dict[str, list[str]] = {}
    for header, text in texts.items():
        for name in set(_DEFINE.findall(text)):
            definers.setdefault(name, []).append(header)
    for header, text in texts.items():
        for name in sorted(_asked(text) & definers.keys()):
            by = min(definers[name], key=lambda one: first[one])
            is_late = first[by] > first[header]
            if is_late and inclusions.of(header).isdisjoint(definers[name]):
                yield Unanswered(header, name, by)


def _plain(text: str) -> str:
    """Return the text without comments, a directive in a line."""
    return _COMMENT.sub(" ", text).replace("\\\n", " ")


def _asked(text: str) -> frozenset[str]:
    """Return the words of conditions inside records and enums."""
    words = (_WORD.findall(line) for body in _bodies(text) for line in _CONDITION.findall(body))
    return frozenset(word for found in words for word in found) - _OTHER_SYSTEMS


def _bodies(text: str) -> Iterator[str]:
    """Return the text of each record and enum that is in no other."""
    return (text[start:end] for start, end in blocks_in(text, _BODY))
