"""function_convention.py: two functions' calling conventions."""

from __future__ import annotations

import pytest

from layoutcheck.judge.checks import function_convention
from layoutcheck.judge.item_pairs import FunctionPair
from tests.layouts import I32
from tests.passed import found, function
from tests.walked import function_pair


@pytest.mark.parametrize("name", ["C", "C-unwind", "system", "system-unwind", "cdecl"])
def test_names_of_cs_convention(name: str) -> None:
    """Rust has several names for it."""
    assert found(function(), function(convention=name)) == []


def test_another_convention() -> None:
    """A calling convention may differ on either side."""
    assert found(function(), function(convention="win64")) == [("function-convention", None)]
    assert found(function(convention="DW_CC 0xc0"), function()) == [("function-convention", None)]


def test_words() -> None:
    """The mismatch shows each side's name of its convention, with the `-unwind` of Rust's."""
    pair = function_pair(function(), function(convention="fastcall-unwind"))
    (differs,) = function_convention.check(pair)
    assert (differs.c, differs.rust) == ('extern "C"', 'extern "fastcall-unwind"')


def test_no_type_in_c() -> None:
    """A name without a type in C has no convention."""
    pair = FunctionPair(symbol="f", c=None, rust=function(I32, convention="win64"))
    assert list(function_convention.check(pair)) == []
