"""function_variadic.py: `...` on one side only."""

from __future__ import annotations

from layoutcheck.judge.checks import function_variadic
from layoutcheck.judge.item_pairs import FunctionPair
from tests.layouts import I32
from tests.passed import found, function
from tests.walked import function_pair


def test_one_side_only() -> None:
    """Either side may be the variadic one; the mismatch shows both."""
    variadic, fixed = function(I32, variadic=True), function(I32)
    assert found(variadic, fixed) == [("function-variadic", None)]
    assert found(fixed, variadic) == [("function-variadic", None)]
    (differs,) = function_variadic.check(function_pair(fixed, variadic))
    assert (differs.c, differs.rust) == ("not variadic", "variadic")


def test_both_sides() -> None:
    """Two variadic functions agree."""
    assert found(function(I32, variadic=True), function(I32, variadic=True)) == []


def test_an_unprototyped_function() -> None:
    """C's `f()` leaves its parameters and the `...` open."""
    assert found(function(variadic=True), function(I32)) == []
    assert found(function(variadic=True), function()) == []


def test_no_type_in_c() -> None:
    """A name without a type in C is not compared."""
    pair = FunctionPair(symbol="f", c=None, rust=function(I32, variadic=True))
    assert list(function_variadic.check(pair)) == []
