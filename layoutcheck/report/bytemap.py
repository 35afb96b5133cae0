"""Rows of a verdict -> a byte map: both records cut into words of eight bytes, to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import Verdict
from layoutcheck.model.words import counted
from layoutcheck.report.entries import Entry
from layoutcheck.report.rows import Row

__all__ = ["ByteMap", "Segment", "Skip", "Word", "byte_map_of"]

_Mark: TypeAlias = Literal["", "differs", "moved", "alone"]

_WORD_BITS: Final = 64
_MOST_WORDS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Part of a line for one entry: columns `first` to `first + span` of the map's `columns`.

    `mark` is `differs` (it has a mismatch), `moved` (only its offset differs), `alone` (the other
    side has no such member), or empty. `starts`: the entry begins here. Kind `end` is the space
    after the record's last byte.
    """

    kind: Literal["member", "hole", "padding", "end"]
    first: int
    span: int
    name: str
    title: str
    mark: _Mark
    starts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One line of the map: the word at `byte_offset`, or (for a union) one member on each side."""

    byte_offset: int
    c: tuple[Segment, ...]
    rust: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Words that are not drawn, because nothing begins, ends or differs in them."""

    word_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteMap:
    """A map of `columns` columns. With `is_union` a line is a member, otherwise it is a word."""

    columns: int
    is_union: bool
    lines: tuple[Word | Skip, ...]


def byte_map_of(verdict: Verdict, rows: Sequence[Row]) -> ByteMap | None:
    """Return the map of both layouts around their differences; None if a side has no layout.

    At most 40 words are drawn, whatever the records' sizes.
    """
    if verdict.c is None or verdict.rust is None:
        return None
    if "union" in (verdict.c.kind, verdict.rust.kind):
        return _union_map(rows, max(verdict.c.byte_size, verdict.rust.byte_size, 1))
    c = _outermost((row.c, _mark(row)) for row in rows)
    rust = _outermost((row.rust, _mark(row)) for row in rows)
    lines: list[Word | Skip] = []
    at = 0
    chosen = _chosen_words([*c, *rust], (verdict.c, verdict.rust))
    last = max(0, -(-max(verdict.c.byte_size, verdict.rust.byte_size) // 8) - 1)
    for index in chosen[:_MOST_WORDS]:
        if index > at:
            lines.append(Skip(word_count=index - at))
        lines.append(
            Word(
                byte_offset=index * 8,
                c=tuple(_segments(c, index, verdict.c)),
                rust=tuple(_segments(rust, index, verdict.rust)),
            )
        )
        at = index + 1
    if at <= last:
        lines.append(Skip(word_count=last - at + 1))
    return ByteMap(columns=_WORD_BITS, is_union=False, lines=tuple(lines))


_Marked: TypeAlias = tuple[Entry, _Mark]


def _mark(row: Row) -> _Mark:
    if not row.differs:
        return ""
    sides = [entry for entry in (row.c, row.rust) if entry is not None and entry.kind == "member"]
    if len(sides) == 1:
        return "alone"
    return "differs" if row.shift is None else "moved"


def _outermost(entries: Iterable[tuple[Entry | None, _Mark]]) -> list[_Marked]:
    """Return one side's outermost entries; an entry with a differing inner entry differs, too."""
    found: list[_Marked] = []
    for entry, mark in entries:
        if entry is None:
            continue
        if not entry.depth or not found:
            found.append((entry, mark))
        elif mark and not found[-1][1]:
            found[-1] = (found[-1][0], "moved" if mark == "moved" else "differs")
    return found


def _chosen_words(entries: Iterable[_Marked], records: tuple[RecordLayout, ...]) -> list[int]:
    """Return the words to draw: those where a differing entry begins or ends, and neighbours."""
    chosen: set[int] = set()
    for entry, mark in entries:
        if mark and entry.bit_offset is not None:
            first, last = entry.bit_offset // _WORD_BITS, (entry.bit_end - 1) // _WORD_BITS
            chosen |= {first - 1, first, last, last + 1}
    sizes = {record.byte_size for record in records}
    if len(sizes) > 1:
        chosen |= {max(0, size - 1) // 8 for size in sizes}
    limit = -(-max(sizes) // 8)
    if not chosen:
        chosen = set(range(min(limit, 4)))
    inside = {index for index in chosen if 0 <= index < limit}
    # A skipped word needs a line as well, so that a gap of one word is drawn.
    return sorted(inside | {index + 1 for index in inside if index + 2 in inside})


def _segments(entries: list[_Marked], index: int, record: RecordLayout) -> Iterator[Segment]:
    begin, end = index * _WORD_BITS, (index + 1) * _WORD_BITS
    for entry, mark in entries:
        if entry.bit_offset is None or entry.bit_end <= begin or entry.bit_offset >= end:
            continue
        if not entry.bit_size:
            continue
        first, last = max(begin, entry.bit_offset), min(end, entry.bit_end)
        yield _segment(entry, mark, first - begin, last - first, first == entry.bit_offset)
    record_end = record.byte_size * 8
    if record_end < end:
        first = max(begin, record_end)
        yield Segment(
            kind="end",
            first=first - begin,
            span=end - first,
            name="",
            title=f"after the record's {counted(record.byte_size, 'byte')}",
            mark="",
            starts=first == record_end,
        )


def _segment(entry: Entry, mark: _Mark, first: int, span: int, starts: bool) -> Segment:
    name = entry.name or (entry.declaration if entry.kind == "member" else entry.kind)
    is_bits, number = entry.size_text.startswith(":"), entry.size_text.lstrip(":")
    size = f"{number} {'bit' if is_bits else 'byte'}{'' if number == '1' else 's'}"
    return Segment(
        kind=entry.kind,
        first=first,
        span=span,
        name=name,
        title=f"{name}: offset {entry.offset_text}, {size}",
        mark=mark if entry.kind == "member" else "",
        starts=starts,
    )


def _union_map(rows: Sequence[Row], byte_size: int) -> ByteMap:
    """Return a map with a line for each member, all drawn from the union's beginning."""
    columns = min(_WORD_BITS, byte_size)

    def strip_of(entry: Entry | None, row: Row) -> tuple[Segment, ...]:
        if entry is None or entry.bit_offset is None:
            return ()
        first = min(columns - 1, entry.bit_offset * columns // (byte_size * 8))
        span = max(1, min(columns - first, entry.bit_size * columns // (byte_size * 8)))
        return (_segment(entry, _mark(row), first, span, starts=True),)

    shown = [row for row in rows if not any(e.depth for e in (row.c, row.rust) if e is not None)]
    lines = tuple(
        Word(byte_offset=0, c=strip_of(row.c, row), rust=strip_of(row.rust, row))
        for row in shown[:_MOST_WORDS]
    )
    return ByteMap(columns=columns, is_union=True, lines=lines)
