"""mismatches.py: differences of types become mismatches of the checks that report them."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.judge.mismatches import of_items, of_members
from layoutcheck.judge.pairing import RecordPair, pair_records
from layoutcheck.judge.walk import Difference
from layoutcheck.location import SourceLocation
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import Cause
from tests.layouts import U32, record

TYPE = Difference(kind="type", c="int", rust="u64", path="a")
SIGNATURE = Difference(kind="signature", c="f", rust="g", path="a", cause=Cause(member="b"))
UNKNOWN = Difference(kind="unknown", c="it carries data", rust="", path="a")


def test_kinds_of_differences() -> None:
    """Only differences of the given kinds become mismatches, in order and with causes."""
    found = list(of_items((SIGNATURE, UNKNOWN, TYPE), {"type", "signature"}, "some-check"))
    assert [(m.check_id, m.member_path, m.c, m.rust, m.cause) for m in found] == [
        ("some-check", "a", "f", "g", Cause(member="b")),
        ("some-check", "a", "int", "u64", None),
    ]
    assert list(of_items((UNKNOWN,), {"type", "repr"}, "some-check")) == []


def placed(layout: RecordLayout, path: str) -> RecordLayout:
    """A record whose members are declared in a file, each on a line of its own."""
    members = (
        replace(member, declared_at=SourceLocation(path=path, line=number))
        for number, member in enumerate(layout.members, 1)
    )
    return replace(layout, members=tuple(members))


def pair(*differences: Difference) -> RecordPair:
    """Two records: `a` is on both sides, `b` in C, `c` in Rust."""
    c = placed(record("s", ("a", U32), ("b", U32)), "s.h")
    rust = placed(record("k::s", ("a", U32), ("c", U32), ("d", U32)), "s.rs")
    return replace(pair_records(c, rust), differences=differences)


def test_places_of_members() -> None:
    """A mismatch has the lines of both sides. A side without the member has no line."""
    sides = [
        (m.member_path, str(m.c_location), str(m.rust_location))
        for m in of_members(
            pair(TYPE, replace(TYPE, path="b"), replace(TYPE, path="c")), "type", "some-check"
        )
    ]
    assert sides == [("a", "s.h:1", "s.rs:1"), ("b", "s.h:2", "None"), ("c", "None", "s.rs:2")]


def test_a_difference_of_the_whole_record() -> None:
    """A difference of the whole record has no member."""
    (found,) = of_members(pair(replace(TYPE, path=None)), "type", "some-check")
    assert (found.member_path, found.c_location, found.rust_location) == (None, None, None)


def test_members_take_one_kind() -> None:
    """A signature belongs to another check."""
    assert list(of_members(pair(SIGNATURE), "type", "some-check")) == []
