"""member_offsets.py: the offsets of C's members, and which of them contain others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.judge.pairing.member_offsets import (
    bit_runs,
    coincide,
    flatten,
    holds,
    is_within,
    solid_spans,
)
from layoutcheck.model.layout import Member
from tests.layouts import U8, U32, U64, Bits, array, record, union

INNER = record("in", ("x", U32), ("y", U32))
RECORD = record("s", ("a", U64), (None, union(None, ("b", U32), ("c", INNER))), ("d", INNER))


def ways(*, is_deep: bool) -> list[tuple[tuple[int, ...], int, str | None]]:
    """Each member's way, offset and name."""
    found = flatten(RECORD, is_deep=is_deep)
    return [(way, offset, member.name) for way, (offset, member) in found]


def test_members_of_anonymous_members() -> None:
    """Members of anonymous members have offsets in the outer record. Named records stay whole."""
    assert ways(is_deep=False) == [
        ((0,), 0, "a"),
        ((1,), 64, None),
        ((1, 0), 64, "b"),
        ((1, 1), 64, "c"),
        ((2,), 128, "d"),
    ]


def test_members_of_all_records() -> None:
    """With `is_deep`, members of named records are listed too."""
    deeper = [one for one in ways(is_deep=True) if one not in ways(is_deep=False)]
    assert deeper == [
        ((1, 1, 0), 64, "x"),
        ((1, 1, 1), 96, "y"),
        ((2, 0), 128, "x"),
        ((2, 1), 160, "y"),
    ]
    start = list(flatten(INNER, (7,), 8))
    assert [(way, offset) for way, (offset, _) in start] == [((7, 0), 8), ((7, 1), 40)]


def test_runs_of_bit_fields() -> None:
    """A member between two bit-fields ends a run; a run begins at a whole byte."""
    layout = record(
        "s",
        ("a", Bits(U8, 3)),
        ("b", Bits(U8, 2)),
        ("x", U8),
        ("c", Bits(U8, 8)),
        ("d", Bits(U8, 4)),
    )
    assert dict(bit_runs(layout)) == {
        (0,): (1, 0, 5),
        (1,): (1, 0, 5),
        (3,): (2, 16, 28),
        (4,): (2, 16, 28),
    }
    assert list(bit_runs(INNER)) == []


def test_a_run_that_begins_within_a_byte() -> None:
    """A run counts from the first bit of the byte in which it begins."""
    members = tuple(
        Member(name=name, bit_offset=offset, bit_size=2, type=U8, is_bit_field=True)
        for name, offset in (("a", 11), ("b", 13))
    )
    layout = record("s", ("x", U32))
    assert dict(bit_runs(layout)) == {}
    assert dict(bit_runs(replace(layout, members=members))) == {(0,): (1, 8, 15), (1,): (1, 8, 15)}


@pytest.mark.parametrize(
    ("start", "size", "lies_in", "is_equal"),
    [(32, 64, True, True), (32, 32, True, False), (64, 32, True, False), (64, 64, False, False),
     (0, 64, False, False), (31, 1, False, False), (96, 1, False, False)],
)  # fmt: skip
def test_places(start: int, size: int, *, lies_in: bool, is_equal: bool) -> None:
    """A Rust member is compared with a C member of bits 32 to 95."""
    c = Member(name="c", bit_offset=0, bit_size=64, type=U64)
    rust = Member(name="r", bit_offset=start, bit_size=size, type=U64)
    assert holds(32, c, rust) is lies_in
    assert coincide(32, c, rust) is is_equal


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(0, 64)], True),
        ([(8, 32)], True),
        ([(16, 40), (0, 16)], True),
        ([(0, 20), (10, 40)], True),
        ([(0, 20), (21, 40)], False),
        ([(9, 40)], False),
        ([(0, 31)], False),
        ([], False),
    ],
)
def test_spans_that_hold_all(spans: list[tuple[int, int]], *, expected: bool) -> None:
    """Several spans in any order cover bits 8 to 31, if they have no gap."""
    assert is_within(8, 32, spans) is expected


def test_nothing_is_within_nothing() -> None:
    """An empty span is within any spans."""
    assert is_within(8, 8, [])


def test_solid_spans() -> None:
    """Padding in records, also in nested ones, is left out; an array has none."""
    inner = record("in", ("x", U8), ("y", U32))
    outer = record("out", ("in", inner), ("z", array(U8, 3)))
    whole = Member(name="m", bit_offset=0, bit_size=outer.byte_size * 8, type=outer)
    assert list(solid_spans(whole, 64)) == [(64, 72), (96, 128), (128, 152)]
    number = Member(name="m", bit_offset=0, bit_size=32, type=U32)
    assert list(solid_spans(number, 8)) == [(8, 40)]
