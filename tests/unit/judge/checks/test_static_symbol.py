"""static_symbol.py: the variable that Rust links to, and whether each thread has one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.judge.checks import run_checks, static_symbol
from tests.layouts import I32
from tests.walked import static_pair

PAIR = replace(static_pair(I32, I32), symbol="x")


def test_another_variable_of_the_name() -> None:
    """C has a variable of the name, with a symbol of its own."""
    pair = replace(static_pair(I32, I32), symbol="x", other="y")
    (found,) = run_checks("static", pair)
    said = ("static-symbol", "y is a variable, too", "links to x")
    assert (found.check_id, found.c, found.rust) == said


def test_another_label() -> None:
    """C's `__asm__` names the symbol that Rust should link to."""
    (found,) = static_symbol.check(replace(PAIR, label="y", other="z"))
    assert (found.check_id, found.c, found.rust) == (
        "static-symbol",
        "is linked to y",
        "links to x",
    )
    assert found.hint == 'write `#[link_name = "y"]`'


@pytest.mark.parametrize(
    ("of_thread", "words"),
    [
        ((True, False), ("each thread has its own", "one variable")),
        ((False, True), ("one variable", "each thread has its own")),
    ],
)
def test_a_variable_of_each_thread(of_thread: tuple[bool, bool], words: tuple[str, str]) -> None:
    """A variable of each thread on one side only differs, even with another label."""
    (found,) = static_symbol.check(replace(PAIR, of_thread=of_thread, label="y"))
    assert (found.c, found.rust) == words
    assert found.hint == "write in C a function that returns its address"


@pytest.mark.parametrize("of_thread", [(False, False), (True, True)])
def test_one_variable_on_both_sides(of_thread: tuple[bool, bool]) -> None:
    """Two variables agree, also if both are of each thread."""
    assert list(static_symbol.check(replace(PAIR, of_thread=of_thread))) == []
