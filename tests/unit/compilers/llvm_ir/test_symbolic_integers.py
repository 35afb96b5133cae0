"""symbolic_integers.py: integers of formulas have the results of integers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import product

import pytest

from layoutcheck.compilers.llvm_ir.formulas import FALSE, TRUE, Formulas
from layoutcheck.compilers.llvm_ir.symbolic_integers import (
    Bits,
    Value,
    Words,
    bits_of,
    settle,
    the_one,
)
from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError

WIDTH = 4
NUMBERS = range(1 << WIDTH)


def signed(number: int) -> int:
    """A number of `WIDTH` bits with its sign."""
    return number - (1 << WIDTH) if number >> (WIDTH - 1) else number


class Two:
    """Two unknown numbers, and what a value that is made of them comes to."""

    def __init__(self) -> None:
        self.formulas = Formulas()
        self.words = Words(self.formulas)
        self.one: Bits = tuple(self.formulas.variable(2 * n) for n in range(WIDTH))
        self.other: Bits = tuple(self.formulas.variable(2 * n + 1) for n in range(WIDTH))

    def known(self, one: int, other: int) -> dict[int, int]:
        """The variables of two numbers."""
        bits = {2 * n: one >> n & 1 for n in range(WIDTH)}
        return bits | {2 * n + 1: other >> n & 1 for n in range(WIDTH)}

    def number(self, value: Value, one: int, other: int) -> int:
        """Return the value for these numbers."""
        bits = bits_of(value, WIDTH)
        known = self.known(one, other)
        return sum(self.formulas.where(bit, known) << place for place, bit in enumerate(bits))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("and", operator.and_),
        ("or", operator.or_),
        ("xor", operator.xor),
        ("add", operator.add),
        ("sub", operator.sub),
        ("mul", operator.mul),
    ],
)
def test_arithmetic_wraps_at_the_width(name: str, expected: Callable[[int, int], int]) -> None:
    """Arithmetic wraps at the width, for every pair of numbers of four bits."""
    two = Two()
    made = two.words.compute(name, two.one, two.other)
    for one, other in product(NUMBERS, NUMBERS):
        assert two.number(made, one, other) == expected(one, other) % (1 << WIDTH)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("shl", operator.lshift),
        ("lshr", operator.rshift),
        ("ashr", lambda one, by: signed(one) >> by),
    ],
)
def test_shifts_by_less_than_the_width(name: str, expected: Callable[[int, int], int]) -> None:
    """Bits that are shifted out are gone; `ashr` repeats the sign."""
    two = Two()
    by = (*two.other[:2], FALSE, FALSE)
    made = two.words.compute(name, two.one, by)
    for one, other in product(NUMBERS, range(WIDTH)):
        assert two.number(made, one, other) == expected(one, other) % (1 << WIDTH)


def test_a_shift_that_may_be_too_far_is_refused() -> None:
    """A shift by the width or more may be poison and is refused."""
    two = Two()
    with pytest.raises(NotUnderstoodError, match=r"^it shifts 4 bits by as many or more$"):
        two.words.compute("shl", two.one, (FALSE, FALSE, two.other[2], FALSE))


@pytest.mark.parametrize("name", ["udiv", "urem", "sdiv"])
def test_an_operation_that_is_not_computed_of_bits_is_refused(name: str) -> None:
    """The error names the operation."""
    two = Two()
    with pytest.raises(NotUnderstoodError, match=f"^it does {name} with the bits$"):
        two.words.compute(name, two.one, two.other)


RELATIONS = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


@pytest.mark.parametrize(
    "relation", ["eq", "ne", *(f"{s}{r}" for s in "us" for r in ("gt", "ge", "lt", "le"))]
)
def test_comparisons(relation: str) -> None:
    """Comparisons with and without a sign are as LLVM defines them (Language Reference, `icmp`)."""
    two = Two()
    made = two.words.compare(relation, two.one, two.other)
    expected, is_signed = RELATIONS[relation[-2:]], relation.startswith("s")
    for one, other in product(NUMBERS, NUMBERS):
        pair = (signed(one), signed(other)) if is_signed else (one, other)
        assert two.formulas.where(made, two.known(one, other)) == expected(*pair)


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([(2, 5)], {2, 3, 4}),
        ([(0, 2), (6, 7)], {0, 1, 6}),
        ([(-2, 1)], {14, 15, 0}),
        ([(14, 1)], {14, 15, 0}),
        ([(9, 0)], set(range(9, 16))),
        ([], set()),
    ],
)
def test_numbers_in_ranges(ranges: list[tuple[int, int]], expected: set[int]) -> None:
    """A range excludes its end. One that ends before it begins wraps to 0."""
    two = Two()
    made = two.words.inside(two.one, ranges)
    found = {n for n in NUMBERS if two.formulas.where(made, two.known(n, 0))}
    assert found == expected


def test_a_choice_of_two_values() -> None:
    """One may be an integer, which has as many bits as the other needs."""
    two = Two()
    condition = two.formulas.variable(100)
    made = two.words.choose(condition, two.one, 9)
    for one in NUMBERS:
        for holds, expected in ((TRUE, one), (FALSE, 9)):
            known = two.known(one, 0) | {100: holds}
            bits = (two.formulas.where(bit, known) for bit in bits_of(made, WIDTH))
            assert sum(bit << place for place, bit in enumerate(bits)) == expected
    assert two.words.choose(condition, 6, 6) == 6
    assert two.words.choose(condition, two.one, two.one) == two.one
    assert two.words.choose(TRUE, two.one, 9) == two.one
    assert two.words.choose(FALSE, two.one, 9) == 9


def test_the_bits_of_a_value() -> None:
    """The lowest bit is first; a value is cut or filled with zeros, in two's complement."""
    assert bits_of(6, 4) == (0, 1, 1, 0)
    assert bits_of(-1, 3) == (1, 1, 1)
    assert bits_of((7, 8), 2) == (7, 8)
    assert bits_of((7, 8), 1) == (7,)
    assert bits_of((7, 8), 4) == (7, 8, FALSE, FALSE)


def test_a_value_whose_bits_are_known_is_an_integer() -> None:
    """A value is an integer if all its bits are known, and a tuple otherwise."""
    assert settle([1, 0, 1]) == 5
    assert settle([]) == 0
    assert settle(iter([1, 2, 0])) == (1, 2, 0)
    assert the_one(settle([1, 1])) == 3
    with pytest.raises(NotUnderstoodError, match=r"depends on the bits$"):
        the_one((1, 2))
