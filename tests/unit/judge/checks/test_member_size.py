"""The sizes of two members."""

from __future__ import annotations

from layoutcheck.judge.checks import member_size
from layoutcheck.judge.pairing import pair_records
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import Mismatch
from tests.layouts import U8, U32, U64, Bits, array, record


def _check(c: RecordLayout, rust: RecordLayout) -> list[Mismatch]:
    return list(member_size.check(pair_records(c, rust)))


def test_size() -> None:
    """The mismatch shows both sizes with types; a bit-field's size is in bits."""
    (found,) = _check(record("s", ("a", U32)), record("k::s", ("a", U64)))
    assert (found.check_id, found.member_path) == ("member-size", "a")
    assert (found.c, found.rust) == ("4 bytes (u32)", "8 bytes (u64)")
    (found,) = _check(record("s", ("a", Bits(U32, 3))), record("k::s", ("a", U8)))
    assert (found.c, found.rust) == ("3 bits (u32)", "1 byte (u8)")
    (found,) = _check(record("s", ("a", array(U8, 4))), record("k::s", ("a", array(U8, 5))))
    assert (found.c, found.rust) == ("4 bytes (u8[4])", "5 bytes (u8[5])")


def test_same_size() -> None:
    """Members of one size agree for any types. A storage unit may exceed its fields."""
    assert _check(record("s", ("a", U32)), record("k::s", ("a", array(U8, 4)))) == []
    bits = record("s", ("a", Bits(U32, 3)), ("b", Bits(U32, 9)))
    assert _check(bits, record("k::s", ("_bitfield_1", array(U8, 2)))) == []
