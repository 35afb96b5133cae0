"""constant_width.py: a value that the Rust type has truncated."""

from __future__ import annotations

from layoutcheck.judge.checks import constant_width, run_checks
from layoutcheck.judge.item_pairs import ConstantPair
from layoutcheck.model.layout_set import ConstantValue
from tests.layouts import U8, U32, U64


def test_words() -> None:
    """The mismatch shows both numbers with types; no other check of constants finds anything."""
    c, rust = ConstantValue(type=U64, value=0x1_0000_0002), ConstantValue(type=U32, value=2)
    (found,) = run_checks("constant", ConstantPair(c=c, rust=rust))
    assert (found.check_id, found.member_path) == ("constant-width", None)
    assert (found.c, found.rust) == ("4294967298 = 0x100000002 (u64)", "2 (u32)")


def test_a_narrower_type_that_suffices() -> None:
    """A width without a loss is no mismatch."""
    c, rust = ConstantValue(type=U64, value=255), ConstantValue(type=U8, value=255)
    assert list(constant_width.check(ConstantPair(c=c, rust=rust))) == []
