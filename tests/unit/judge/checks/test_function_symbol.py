"""function_symbol.py: the symbol that Rust links to, and C's declaration of that name."""

from __future__ import annotations

from layoutcheck.judge.checks import function_symbol, run_checks
from layoutcheck.judge.item_pairs import FunctionPair
from layoutcheck.model.layout import FunctionType
from layoutcheck.model.verdict import Mismatch
from tests.layouts import I32, I64
from tests.passed import function


def pair(
    c: FunctionType | None = None,
    *,
    no_symbol: str | None = None,
    variable: str | None = None,
    label: str | None = None,
    other: str | None = None,
) -> FunctionPair:
    """A function that Rust links by the symbol `f`."""
    return FunctionPair(
        symbol="f",
        c=c,
        rust=function(I32),
        no_symbol=no_symbol,
        variable=variable,
        label=label,
        other=other,
    )


def only(pair: FunctionPair) -> Mismatch:
    """The one mismatch that all checks of functions find."""
    (found,) = run_checks("function", pair)
    return found


def test_no_symbol() -> None:
    """The mismatch shows C's reason; nothing else is compared if C has no type."""
    found = only(pair(no_symbol="a macro with arguments"))
    assert (found.check_id, found.c) == ("function-symbol", "a macro with arguments")
    assert (found.member_path, found.rust) == (None, "links to f")
    assert found.hint == "write it in Rust, or in C a function that calls it"


def test_a_variable_is_no_function() -> None:
    """The mismatch shows the type of C's variable."""
    found = only(pair(variable="int"))
    assert (found.check_id, found.c) == ("function-symbol", "a variable: int")
    assert (found.rust, found.hint) == ("a function", "declare it as a `static`, or define one")


def test_another_label() -> None:
    """C's `__asm__` names the symbol that Rust should link to."""
    found = only(pair(function(I32), label="f@FBSD_1.0"))
    assert (found.c, found.rust) == ("is linked to f@FBSD_1.0", "links to f")
    assert found.hint == 'write `#[link_name = "f@FBSD_1.0"]`'


def test_another_function_of_the_name() -> None:
    """C has a function of Rust's name, but Rust links to `f`."""
    found = only(pair(function(I32), other="g"))
    assert (found.c, found.rust) == ("g is a function, too", "links to f")
    assert found.hint == "call it by the name of what it links to, or correct the `link_name`"


def test_the_first_reason_is_told() -> None:
    """Only the first reason is reported: no symbol, then a variable, then a label."""
    assert only(pair(no_symbol="a macro for g", label="h", other="g")).c == "a macro for g"
    assert only(pair(variable="int", label="h", other="g")).c == "a variable: int"
    assert only(pair(function(I32), label="h", other="g")).c == "is linked to h"


def test_a_right_symbol() -> None:
    """A function with the right symbol and another type is another check's."""
    assert list(function_symbol.check(pair(function(I64)))) == []
