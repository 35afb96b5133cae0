"""Offsets of C's members in a record, including the members of anonymous members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from layoutcheck.model.layout import Member, RecordLayout, strip

__all__ = ["Way", "bit_runs", "coincide", "flatten", "holds", "is_within", "solid_spans"]

Way: TypeAlias = tuple[int, ...]
"""Indices that lead to a member: `(2,)` is the third member, `(2, 0)` the first in it."""


def flatten(
    record: RecordLayout, start: Way = (), bit_offset: int = 0, *, is_deep: bool = False
) -> Iterator[tuple[Way, tuple[int, Member]]]:
    """Yield the record's members and those of its anonymous members, with offsets in the record.

    With `is_deep`, yield the members of named members, too.
    """
    for index, member in enumerate(record.members):
        way, offset = (*start, index), bit_offset + member.bit_offset
        yield way, (offset, member)
        inner = strip(member.type)
        if isinstance(inner, RecordLayout) and (member.name is None or is_deep):
            yield from flatten(inner, way, offset, is_deep=is_deep)


def bit_runs(record: RecordLayout) -> Iterator[tuple[Way, tuple[int, int, int]]]:
    """Yield a record's bit-fields, each with the number, the first bit and the end of its run.

    A run is bit-fields with no other member between them: bindgen makes one storage unit of it. It
    begins at the byte in which its first bit-field begins.
    """
    number, run = 0, list[int]()
    for index, member in enumerate((*record.members, None)):
        if member is not None and member.is_bit_field:
            run.append(index)
        elif run:
            number += 1
            start = min(record.members[place].bit_offset for place in run) // 8 * 8
            last = max(record.members[place].bit_end for place in run)
            yield from (((place,), (number, start, last)) for place in run)
            run = []


def holds(offset: int, member: Member, rust: Member) -> bool:
    """Return whether a Rust member lies within the C member at an offset."""
    return offset <= rust.bit_offset and rust.bit_end <= offset + member.bit_size


def coincide(offset: int, member: Member, rust: Member) -> bool:
    """Return whether a Rust member lies exactly where the C member at an offset does."""
    return offset == rust.bit_offset and member.bit_size == rust.bit_size


def is_within(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    """Return whether the spans together cover all bits from `start` to `end`."""
    for first, last in sorted(spans):
        if first <= start < last:
            start = last
    return start >= end


def solid_spans(member: Member, bit_offset: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of bits of a member, at an offset, that are no padding inside it."""
    inner = strip(member.type)
    if not isinstance(inner, RecordLayout):
        yield bit_offset, bit_offset + member.bit_size
        return
    for part in inner.members:
        yield from solid_spans(part, bit_offset + part.bit_offset)
