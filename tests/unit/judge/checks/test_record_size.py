"""The sizes of two records."""

from __future__ import annotations

from layoutcheck.judge.checks import record_size
from layoutcheck.judge.pairing import pair_records
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import Mismatch
from tests.layouts import U8, U32, U64, record


def _check(c: RecordLayout, rust: RecordLayout) -> list[Mismatch]:
    return list(record_size.check(pair_records(c, rust)))


def test_size() -> None:
    """Padding counts for the size. Records of one size may have other members."""
    (found,) = _check(record("s", ("a", U32), ("b", U8)), record("k::s", ("a", U32)))
    assert (found.check_id, found.member_path) == ("record-size", None)
    assert (found.c, found.rust) == ("8 bytes", "4 bytes")
    assert _check(record("s", ("a", U32), ("b", U8)), record("k::s", ("x", U64))) == []
