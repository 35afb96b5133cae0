"""Boolean formulas of a record's and a value's bits, each of which exists once.

A formula is a number. 0 is false, 1 is true. Any other number is a node of a binary decision
diagram: a variable, and the formulas for its values 0 and 1. Variables have the same order in all
formulas, so that two formulas are equivalent if and only if their numbers are equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError

__all__ = ["FALSE", "TRUE", "Formulas"]

FALSE: Final = 0
TRUE: Final = 1
MAX_NODES: Final = 50_000
"""A copy of bits needs a few hundred nodes; a product of two words would need more than this."""
NO_VARIABLE: Final = 1 << 62
"""The constants' variable, which comes after all others."""


class Formulas:
    """All formulas of one execution."""

    def __init__(self) -> None:
        self._nodes: list[tuple[int, int, int]] = [(NO_VARIABLE, 0, 0), (NO_VARIABLE, 1, 1)]
        self._numbers: dict[tuple[int, int, int], int] = {}
        self._chosen: dict[tuple[int, int, int], int] = {}

    def variable(self, name: int) -> int:
        """Return the formula that is true if the variable is."""
        return self._node(name, FALSE, TRUE)

    def choose(self, condition: int, one: int, other: int) -> int:
        """Return the formula that is `one` where the condition holds, else `other`."""
        if one == other or condition == TRUE:
            return one
        if condition == FALSE:
            return other
        if one == TRUE and other == FALSE:
            return condition
        key = (condition, one, other)
        known = self._chosen.get(key)
        if known is not None:
            return known
        # Written out for speed: most of the time is spent here.
        nodes = self._nodes
        first, second, third = nodes[condition][0], nodes[one][0], nodes[other][0]
        name = min(first, second, third)
        _, low, high = nodes[condition] if first == name else (0, condition, condition)
        _, one_low, one_high = nodes[one] if second == name else (0, one, one)
        _, other_low, other_high = nodes[other] if third == name else (0, other, other)
        made = self._node(
            name,
            self.choose(low, one_low, other_low),
            self.choose(high, one_high, other_high),
        )
        self._chosen[key] = made
        return made

    def negate(self, one: int) -> int:
        """Return the negation."""
        return 1 - one if one <= TRUE else self.choose(one, FALSE, TRUE)

    def both(self, one: int, other: int) -> int:
        """Return the conjunction."""
        return self.choose(one, other, FALSE)

    def either(self, one: int, other: int) -> int:
        """Return the disjunction."""
        return self.choose(one, TRUE, other)

    def differ(self, one: int, other: int) -> int:
        """Return the exclusive disjunction."""
        if one <= TRUE:
            return self.negate(other) if one else other
        return self.choose(one, self.negate(other), other)

    def all_of(self, formulas: Iterable[int]) -> int:
        """Return the conjunction of any number of formulas."""
        made = TRUE
        for formula in formulas:
            if made == FALSE:
                break
            made = self.both(made, formula)
        return made

    def name_of(self, formula: int) -> int | None:
        """Return the variable that the formula is; None if it is none."""
        name, low, high = self._nodes[formula]
        return name if (low, high) == (FALSE, TRUE) else None

    def names_in(self, formula: int) -> frozenset[int]:
        """Return the variables on which the formula depends."""
        found, waiting, seen = set[int](), [formula], set[int]()
        while waiting:
            number = waiting.pop()
            if number > TRUE and number not in seen:
                seen.add(number)
                name, low, high = self._nodes[number]
                found.add(name)
                waiting += (low, high)
        return frozenset(found)

    def where(self, formula: int, known: Mapping[int, int]) -> int:
        """Return the formula with variables replaced by formulas."""
        made: dict[int, int] = {FALSE: FALSE, TRUE: TRUE}

        def replace(number: int) -> int:
            if number not in made:
                name, low, high = self._nodes[number]
                condition = known.get(name)
                if condition is None:
                    condition = self.variable(name)
                made[number] = self.choose(condition, replace(high), replace(low))
            return made[number]

        return replace(formula)

    def _node(self, name: int, low: int, high: int) -> int:
        if low == high:
            return low
        key = (name, low, high)
        number = self._numbers.get(key)
        if number is None:
            number = len(self._nodes)
            if number > MAX_NODES:
                raise NotUnderstoodError("it combines too many bits")
            self._nodes.append(key)
            self._numbers[key] = number
        return number
