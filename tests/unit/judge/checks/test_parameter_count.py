"""parameter_count.py: the numbers of two functions' parameters."""

from __future__ import annotations

import pytest

from layoutcheck.judge.checks import parameter_count
from layoutcheck.judge.checks.parameter_count import is_counted
from layoutcheck.judge.item_pairs import FunctionPair
from layoutcheck.model.layout import FunctionType
from tests.layouts import I32
from tests.passed import found, function
from tests.walked import function_pair


def test_one_more() -> None:
    """The number alone differs."""
    assert found(function(I32), function(I32, I32)) == [("parameter-count", None)]


@pytest.mark.parametrize(
    ("c", "rust", "words"),
    [
        (function(), function(I32), ("0 parameters", "1 parameter")),
        (function(I32), function(I32, I32), ("1 parameter", "2 parameters")),
        (function(I32, I32), function(), ("2 parameters", "0 parameters")),
    ],
)
def test_words(c: FunctionType, rust: FunctionType, words: tuple[str, str]) -> None:
    """One parameter is shown in the singular, other counts in the plural."""
    (differs,) = parameter_count.check(function_pair(c, rust))
    assert (differs.c, differs.rust) == words


def test_an_unprototyped_function() -> None:
    """C's `f()` leaves the count open; `f(int, ...)` fixes how many come first."""
    assert is_counted(function(variadic=True), function(I32, I32))
    assert not is_counted(function(I32, variadic=True), function(I32, I32, variadic=True))
    assert is_counted(function(I32), function(I32))


def test_no_type_in_c() -> None:
    """A name without a type in C has no count."""
    pair = FunctionPair(symbol="f", c=None, rust=function(I32))
    assert list(parameter_count.check(pair)) == []
