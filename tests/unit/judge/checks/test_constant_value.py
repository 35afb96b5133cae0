"""constant_value.py: another number, or another text."""

from __future__ import annotations

from layoutcheck.judge.checks import constant_value, run_checks
from layoutcheck.judge.item_pairs import ConstantPair
from layoutcheck.model.layout_set import ConstantValue
from tests.layouts import CHAR, I32, U8, array


def test_words() -> None:
    """The mismatch shows both values with types; no other check of constants finds anything."""
    pair = ConstantPair(c=ConstantValue(type=I32, value=8), rust=ConstantValue(type=U8, value=9))
    (found,) = run_checks("constant", pair)
    assert (found.check_id, found.member_path) == ("constant-value", None)
    assert (found.c, found.rust) == ("8 (i32)", "9 (u8)")


def test_a_text_without_its_end() -> None:
    """Bytes need C's NUL; a `str` does not."""
    c = ConstantValue(type=array(CHAR, 2), value=b"a\0")
    rust = ConstantValue(type=array(U8, 1), value=b"a")
    (found,) = constant_value.check(ConstantPair(c=c, rust=rust))
    assert (found.c, found.rust) == ('"a\\0" (char[2])', '"a" (u8[1])')
    assert list(constant_value.check(ConstantPair(c=c, rust=rust, is_text=True))) == []


def test_long_arrays() -> None:
    """The first elements that differ are shown."""
    values = tuple(range(10))
    c = ConstantValue(type=array(I32, 10), value=values)
    rust = ConstantValue(type=array(I32, 10), value=(*values[:9], 7))
    (found,) = constant_value.check(ConstantPair(c=c, rust=rust))
    assert (found.c, found.rust) == ("[9] is 9 (i32)", "[9] is 7 (i32)")
