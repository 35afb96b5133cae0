"""constant_sign.py: the right bits with another sign."""

from __future__ import annotations

from layoutcheck.judge.checks import constant_sign, run_checks
from layoutcheck.judge.item_pairs import ConstantPair
from layoutcheck.model.layout_set import ConstantValue
from tests.layouts import I32, U32, U64


def test_words() -> None:
    """The mismatch shows both numbers with types; no other check of constants finds anything."""
    c, rust = ConstantValue(type=I32, value=-1), ConstantValue(type=U64, value=0xFFFF_FFFF)
    (found,) = run_checks("constant", ConstantPair(c=c, rust=rust))
    assert (found.check_id, found.member_path) == ("constant-sign", None)
    assert (found.c, found.rust) == ("-1 (i32)", "4294967295 = 0xffffffff (u64)")


def test_a_conversion_that_c_makes() -> None:
    """C converts -1 to `u32::MAX`, so the two agree."""
    c, rust = ConstantValue(type=I32, value=-1), ConstantValue(type=U32, value=0xFFFF_FFFF)
    assert list(constant_sign.check(ConstantPair(c=c, rust=rust))) == []
