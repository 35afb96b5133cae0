"""joins.py: the exits of a block, and the blocks where branches join."""

from __future__ import annotations

import pytest

from layoutcheck.compilers.llvm_ir.formulas import Formulas
from layoutcheck.compilers.llvm_ir.ir_text import read_function
from layoutcheck.compilers.llvm_ir.joins import END, Fork, find_joins, fork, switch
from layoutcheck.compilers.llvm_ir.symbolic_integers import Words


def joins(text: str) -> dict[str, str]:
    """Return the join of each block of a function, without the signs before their labels."""
    found = find_joins(read_function(f"i1 %c, i8 %v\n{text}"))
    return {label.removeprefix("%"): join.removeprefix("%") for label, join in found.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n ret void", {"a": END}),
        ("a:\n br label %b\nb:\n ret void", {"a": "b", "b": END}),
        (
            "a:\n br i1 %c, label %b, label %d\nb:\n br label %e\nd:\n br label %e\ne:\n ret void",
            {"a": "e", "b": "e", "d": "e", "e": END},
        ),
        (
            "a:\n br i1 %c, label %b, label %d\nb:\n ret void\nd:\n ret void",
            {"a": END, "b": END, "d": END},
        ),
        # A path that never returns does not count.
        (
            "a:\n br i1 %c, label %b, label %d\nb:\n unreachable\nd:\n ret void",
            {"a": "d", "d": END},
        ),
        # A loop: every path out of it reaches its end.
        (
            "a:\n br label %b\nb:\n br i1 %c, label %d, label %e\nd:\n br label %b\ne:\n ret void",
            {"a": "b", "b": "e", "d": "b", "e": END},
        ),
        (
            (
                "a:\n switch i8 %v, label %d [ i8 1, label %b i8 2, label %d ]\n"
                "b:\n br label %d\nd:\n br label %e\ne:\n ret void"
            ),
            {"a": "d", "b": "d", "d": "e", "e": END},
        ),
        # Nested loops: each has its own end.
        (
            (
                "a:\n br i1 %c, label %b, label %f\nb:\n br i1 %c, label %d, label %e\n"
                "d:\n br label %e\ne:\n br label %f\nf:\n ret void"
            ),
            {"a": "f", "b": "e", "d": "e", "e": "f", "f": END},
        ),
    ],
)
def test_the_join_of_ways_that_part(text: str, expected: dict[str, str]) -> None:
    """A join is the first block that every path to the end goes through."""
    found = joins(text)
    assert {label: found[label] for label in expected} == expected


def test_a_branch_on_a_known_bit_is_a_jump() -> None:
    """Only the lowest bit of a condition counts: an i1 may be -1."""
    assert [fork(bit, ("yes", "no")) for bit in (0, 1, -1, 2)] == ["no", "yes", "yes", "no"]


def test_a_branch_on_an_unknown_bit_parts() -> None:
    """The condition of a fork is the formula of the bit."""
    formulas = Formulas()
    bit = formulas.variable(5)
    assert fork((bit,), ("yes", "no")) == Fork(bit, ("yes", "no"))


CASES = [(2, "two"), (5, "five")]


@pytest.mark.parametrize(("value", "label"), [(2, "two"), (5, "five"), (0, "other"), (7, "other")])
def test_a_switch_over_a_known_value_is_a_jump(value: int, label: str) -> None:
    """A switch jumps to the first case of the number, or else to the default label."""
    assert switch(value, 3, CASES, "other", Words(Formulas())) == label


def test_a_switch_over_unknown_bits_is_a_fork_of_forks() -> None:
    """A switch over unknown bits leads each value to the label that the known value has."""
    formulas = Formulas()
    bits = tuple(map(formulas.variable, range(3)))
    found = switch(bits, 3, CASES, "other", Words(formulas))
    for value in range(8):
        known = {place: value >> place & 1 for place in range(3)}
        way = found
        while isinstance(way, Fork):
            way = way.ways[0 if formulas.where(way.condition, known) else 1]
        assert way == dict(CASES).get(value, "other")


def test_a_switch_without_cases_is_a_jump() -> None:
    """A switch without cases jumps to the default label."""
    formulas = Formulas()
    assert switch((formulas.variable(0),), 1, (), "other", Words(formulas)) == "other"
