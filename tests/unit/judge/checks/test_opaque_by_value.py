"""A type without a size in a record."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.judge.checks import (
    opaque_by_value,
    record_alignment,
    record_kind,
    record_size,
)
from layoutcheck.judge.pairing import RecordPair
from layoutcheck.layout import RecordLayout
from tests.layouts import U8, U32, array, record, union

NOTHING = record("k::o", ("_data", array(U8, 0)))


def _held(c: RecordLayout, held_in: str | None) -> RecordPair:
    return RecordPair(c=c, rust=NOTHING, members=(), nested=(), held_in=held_in)


def test_held_by_value() -> None:
    """It says where, and what to do; nothing else is found of such a pair."""
    pair = _held(union("o", ("a", U32)), "k::s.member")
    (found,) = opaque_by_value.check(pair)
    assert (found.check_id, found.member_path) == ("opaque-by-value", None)
    assert (found.c, found.rust) == ("4 bytes", "no size, and held by value as k::s.member")
    assert found.hint == "hold it behind a pointer, or give it C's 4 bytes"
    for check in (record_size, record_alignment, record_kind):
        assert list(check.check(pair)) == []


def test_not_held() -> None:
    """Only the record's own size differs; and C may have no size either."""
    pair = _held(record("o", ("a", U32)), None)
    assert list(opaque_by_value.check(pair)) == []
    assert len(list(record_size.check(pair))) == 1
    empty = replace(record("o"), byte_size=0)
    assert list(opaque_by_value.check(_held(empty, "k::s.member"))) == []
