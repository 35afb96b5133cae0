"""parameter_type.py: the types of the parameters that both functions have."""

from __future__ import annotations

import pytest

from layoutcheck.judge.checks import parameter_type
from layoutcheck.judge.item_pairs import FunctionPair
from layoutcheck.model.layout import Type
from layoutcheck.model.verdict import Cause
from tests.layouts import I32, I64, U8, U32
from tests.passed import ALIKE, UNLIKE, found, function, to
from tests.walked import function_pair


@pytest.mark.parametrize(("c", "rust"), ALIKE)
def test_types_that_are_passed_alike(c: Type, rust: Type) -> None:
    """No check finds anything."""
    assert found(function(c), function(rust)) == []


@pytest.mark.parametrize(("c", "rust"), UNLIKE)
def test_types_that_are_passed_unlike(c: Type, rust: Type) -> None:
    """Width, sign, kind or pointee differ; the mismatch has the parameter's number."""
    differs = [("parameter-type", "parameter 2")]
    assert found(function(I32, c), function(I32, rust)) == differs


def test_words() -> None:
    """The mismatch shows both types and their difference, in a callback too."""
    pair = function_pair(function(I32), function(I64))
    (width,) = parameter_type.check(pair)
    assert (width.c, width.rust) == ("i32 (4 bytes)", "i64 (8 bytes)")
    pair = function_pair(function(to(function(I32))), function(to(function(U32))))
    (callback,) = parameter_type.check(pair)
    assert callback.c == ("void (*)(i32): parameter 1 is i32 (signed integer)")
    assert callback.cause is None


def test_a_wrong_count_is_the_cause() -> None:
    """If a parameter was dropped, the others may only have been shifted."""
    pair = function_pair(function(U8, I32), function(I32))
    (shifted,) = parameter_type.check(pair)
    assert (shifted.member_path, shifted.cause) == ("parameter 1", Cause(check="parameter-count"))


def test_an_unprototyped_function_counts_nothing() -> None:
    """C's `f()` has no parameters to compare and no count."""
    pair = function_pair(function(variadic=True), function(I32, I64))
    assert list(parameter_type.check(pair)) == []


def test_a_result_is_no_parameter() -> None:
    """A wrong result belongs to `result-type`."""
    pair = function_pair(function(result=I32), function(result=I64))
    assert list(parameter_type.check(pair)) == []


def test_no_type_in_c() -> None:
    """A name without a type in C, such as a macro's, has no parameters."""
    pair = FunctionPair(symbol="f", c=None, rust=function(I32), no_symbol="a macro for g")
    assert list(parameter_type.check(pair)) == []
