"""Members that only C has."""

from __future__ import annotations

from layoutcheck.judge.checks import member_missing
from layoutcheck.judge.pairing import pair_records
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import Mismatch
from tests.layouts import U8, U32, Bits, array, record


def _check(c: RecordLayout, rust: RecordLayout) -> list[Mismatch]:
    return list(member_missing.check(pair_records(c, rust)))


def test_missing() -> None:
    """A missing member has its type and offset, and a hint if Rust has another name there."""
    c = record("s", ("a", U32), ("b", U32))
    (found,) = _check(c, record("k::s", ("a", U32)))
    assert (found.check_id, found.member_path) == ("member-missing", "b")
    assert (found.c, found.rust, found.hint) == ("u32 at offset 4", "absent", None)
    (found,) = _check(c, record("k::s", ("a", U32), ("other", U32)))
    assert found.hint is not None
    assert found.hint.endswith('say [rename] "k::s.other" = "b"')
    assert _check(c, c) == []


def test_not_missing() -> None:
    """Opaque bytes and storage units match the members that they cover, and no others."""
    c = record("s", ("a", U32), ("b", U32), ("x", Bits(U32, 3)), ("y", Bits(U32, 5)))
    covered = record("k::s", ("a", U32), ("_opaque", U32), ("_bitfield_1", array(U8, 1)))
    assert _check(c, covered) == []
    partly = record("k::s", ("a", U32), ("_opaque", array(U8, 2)), packing=1)
    assert [found.member_path for found in _check(c, partly)] == ["b", "x", "y"]


def test_what_takes_no_room_is_not_missed() -> None:
    """A flexible array at the end may be missing: it does not change the layout."""
    c = record("s", ("a", U32), ("tail", array(U8)))
    assert _check(c, record("k::s", ("a", U32))) == []
