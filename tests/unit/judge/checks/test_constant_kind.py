"""constant_kind.py: a number in place of a text, or another kind of value."""

from __future__ import annotations

import pytest

from layoutcheck.judge.checks import constant_kind, run_checks
from layoutcheck.judge.item_pairs import ConstantPair
from layoutcheck.model.layout import Encoding, Type
from layoutcheck.model.layout_set import ConstantValue, Number
from tests.layouts import CHAR, I32, U8, array, base

F64 = base("f64", 8, Encoding.FLOAT)


def constant(type_: Type, value: Number | bytes | tuple[Number, ...]) -> ConstantValue:
    """One side's constant."""
    return ConstantValue(type=type_, value=value)


@pytest.mark.parametrize(
    ("c", "rust", "words"),
    [
        (
            constant(array(CHAR, 2), b"a\0"),
            constant(I32, 97),
            ('"a\\0" (char[2])', "97 (i32)"),
        ),
        (constant(F64, 1.0), constant(I32, 1), ("1.0 (f64)", "1 (i32)")),
        (
            constant(array(I32, 2), (1, 2)),
            constant(array(U8, 3), b"\1\2\3"),
            ("{1, 2} (i32[2])", '"\\x01\\x02\\x03" (u8[3])'),
        ),
    ],
)
def test_words(c: ConstantValue, rust: ConstantValue, words: tuple[str, str]) -> None:
    """The mismatch shows both values; no other check of constants finds anything."""
    (found,) = run_checks("constant", ConstantPair(c=c, rust=rust))
    assert (found.check_id, found.member_path) == ("constant-kind", None)
    assert (found.c, found.rust) == words


def test_one_kind() -> None:
    """Numbers of other values are of one kind."""
    pair = ConstantPair(c=constant(I32, 1), rust=constant(I32, 2))
    assert list(constant_kind.check(pair)) == []
