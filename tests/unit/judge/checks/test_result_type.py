"""result_type.py: the types of two functions' results."""

from __future__ import annotations

import pytest

from layoutcheck.judge.checks import result_type
from layoutcheck.model.layout import Type
from tests.layouts import I32, I64
from tests.passed import ALIKE, NEVER, UNLIKE, found, function
from tests.walked import function_pair


@pytest.mark.parametrize(("c", "rust"), ALIKE)
def test_types_that_are_returned_alike(c: Type, rust: Type) -> None:
    """No check finds anything."""
    assert found(function(result=c), function(result=rust)) == []


@pytest.mark.parametrize(("c", "rust"), UNLIKE)
def test_types_that_are_returned_unlike(c: Type, rust: Type) -> None:
    """Width, sign, kind or pointee differ."""
    assert found(function(result=c), function(result=rust)) == [("result-type", "result")]


def test_a_result_on_one_side() -> None:
    """`!` and `()` are `void`. A result on one side only is a mismatch."""
    assert found(function(), function(result=NEVER)) == []
    assert found(function(result=I32), function()) == [("result-type", "result")]
    assert found(function(), function(result=I32)) == [("result-type", "result")]


def test_words() -> None:
    """The mismatch shows both types and their sizes, but no parameters."""
    (width,) = result_type.check(
        function_pair(function(I32, result=I32), function(I64, result=I64))
    )
    assert (width.check_id, width.member_path) == ("result-type", "result")
    assert (width.c, width.rust) == ("i32 (4 bytes)", "i64 (8 bytes)")
    (nothing,) = result_type.check(function_pair(function(result=I32), function()))
    assert (nothing.c, nothing.rust) == ("i32 (4 bytes)", "void (nothing)")
