"""The offsets of two members."""

from __future__ import annotations

from layoutcheck.judge.checks import member_offset
from layoutcheck.judge.pairing import pair_records
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import Mismatch
from tests.layouts import U8, U32, Bits, record


def _check(c: RecordLayout, rust: RecordLayout) -> list[Mismatch]:
    return list(member_offset.check(pair_records(c, rust)))


def test_offset() -> None:
    """Offsets are in bytes, with bits if a member begins within a byte."""
    c = record("s", ("a", U8), ("b", U32))
    (found,) = _check(c, record("k::s", ("a", U8), ("b", U32), packing=1))
    assert (found.check_id, found.member_path) == ("member-offset", "b")
    assert (found.c, found.rust) == ("offset 4", "offset 1")
    (found,) = _check(
        record("s", ("x", Bits(U32, 3)), ("y", Bits(U32, 5))), record("k::s", ("y", U8))
    )
    assert (found.c, found.rust) == ("offset 0, bit 3", "offset 0")
    assert _check(c, c) == []


def test_offsets_in_anonymous_records_count_from_the_record_around() -> None:
    """Offsets count from the outer record if C nests members and Rust does not."""
    inner = record(None, ("b", U32), ("c", U32))
    c = record("s", ("a", U32), (None, inner))
    assert _check(c, record("k::s", ("a", U32), ("b", U32), ("c", U32))) == []
    (found, _) = _check(c, record("k::s", ("a", U32), ("c", U32), ("b", U32)))
    assert (found.member_path, found.c, found.rust) == ("b", "offset 4", "offset 8")
