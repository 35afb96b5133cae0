"""Members that only Rust has."""

from __future__ import annotations

from layoutcheck.judge.checks import member_extra
from layoutcheck.judge.pairing import pair_records
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import Mismatch
from tests.layouts import U8, U32, U64, array, record


def _check(c: RecordLayout, rust: RecordLayout) -> list[Mismatch]:
    return list(member_extra.check(pair_records(c, rust)))


def test_extra() -> None:
    """An extra member is shown with its type and offset."""
    c = record("s", ("a", U32))
    (found,) = _check(c, record("k::s", ("a", U32), ("b", U64)))
    assert (found.check_id, found.member_path) == ("member-extra", "b")
    assert (found.c, found.rust) == ("absent", "u64 at offset 8")


def test_not_extra() -> None:
    """Markers, flexible arrays, and padding where C has a hole."""
    c = record("s", ("a", U8), ("b", U32))
    marker = record("core::marker::PhantomData<u8>")
    for name in ("_pad", "__bindgen_padding_0", "padding", "reserved1", "_reserved"):
        rust = record("k::s", ("a", U8), (name, array(U8, 3)), ("b", U32), ("_m", marker))
        assert _check(c, rust) == [], name
    assert _check(c, record("k::s", ("a", U8), ("b", U32), ("tail", array(U8, 0)))) == []


def test_padding_that_is_in_the_way() -> None:
    """A member with a padding name that moves other members is extra."""
    c = record("s", ("a", U32), ("b", U32))
    rust = record("k::s", ("a", U32), ("_pad", U32), ("b", U32))
    assert [found.member_path for found in _check(c, rust)] == ["_pad"]
