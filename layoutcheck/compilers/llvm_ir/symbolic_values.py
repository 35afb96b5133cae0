"""A value that an executed method was given: its bits, and when it is valid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from layoutcheck.compilers.llvm_ir.formulas import FALSE, Formulas
from layoutcheck.compilers.llvm_ir.interpreter import Machine, Outcome
from layoutcheck.compilers.llvm_ir.memory import value_variable
from layoutcheck.model.bit_access import WORD
from layoutcheck.model.probe_key import ProbeKey

__all__ = ["SIZES", "Executed", "Question"]

SIZES: Final = (1, 2, 4, 8, 16)
"""Possible sizes of an integer, in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A method `name` that the probe's function of this `key` calls, on a record of `byte_size`.

    A constructor has the names of its `parameters`. It may make only a part of the record, from its
    `first_bit` on.
    """

    key: ProbeKey
    name: str
    verb: Literal["reads", "writes", "makes"]
    byte_size: int
    parameters: tuple[str, ...] = ()
    first_bit: int = 0


class Executed:
    """A value of `size` bytes that begins at the `first` bit of the values' memory."""

    def __init__(self, machine: Machine, outcome: Outcome, *, first: int, size: int) -> None:
        self._memory = outcome.memory
        self._formulas: Final[Formulas] = machine.formulas
        self._returns, self._domain = outcome.returns, outcome.values
        self._is_big = machine.byte_order == "big"
        self._width = size * 8
        places = (first + self._bit_of_value(place, size) for place in range(self._width))
        self._names = [value_variable(place) for place in places]
        self._value = [self._formulas.variable(name) for name in self._names]

    def _bit_of_value(self, place: int, size: int) -> int:
        byte = size - 1 - place // 8 if self._is_big else place // 8
        return byte * 8 + place % 8

    def _possible(self) -> list[int]:
        """Return the bits that are 1 in some value of the type."""
        both = self._formulas.both
        return [n for n, bit in enumerate(self._value) if both(self._domain, bit) != FALSE]

    def _accepted(self, returns: int) -> tuple[int, int]:
        """Return the widths up to which every value is written: unsigned, and signed."""
        formulas = self._formulas
        refused = formulas.both(self._domain, formulas.negate(returns))
        if refused == FALSE:
            return WORD, WORD
        small = (self._small(width) for width in range(self._width, 0, -1))
        plain = (w for w, s in small if formulas.both(refused, s) == FALSE)
        signed = (
            width
            for width in range(self._width, 0, -1)
            if formulas.both(refused, self._extended(width)) == FALSE
        )
        return next(plain, 0), next(signed, 0)

    def _small(self, width: int) -> tuple[int, int]:
        above = map(self._formulas.negate, reversed(self._value[width:]))
        return width, self._formulas.all_of(above)

    def _extended(self, width: int) -> int:
        formulas, sign = self._formulas, self._value[width - 1]
        same = (formulas.negate(formulas.differ(bit, sign)) for bit in self._value[width:])
        return formulas.all_of(same)

    def _harmless(self, old: int, new: int) -> int:
        """Return the width up to which no value changes a bit of the record."""
        formulas = self._formulas
        differ = formulas.both(
            formulas.both(self._returns, self._domain), formulas.differ(old, new)
        )
        for width in range(self._width, 0, -1):
            if differ == FALSE:
                return width
            differ = formulas.where(differ, {self._names[width - 1]: FALSE})
        return 0

    def _same(self, one: int, other: int) -> bool:
        """Compare two formulas for valid values with which the method returns."""
        return self._never(self._formulas.differ(one, other))

    def _never(self, formula: int) -> bool:
        formulas = self._formulas
        return formulas.both(formulas.both(self._returns, self._domain), formula) == FALSE

    def _ordered(self, bits: Sequence[int | None]) -> tuple[int | None, ...]:
        return tuple(reversed(bits) if self._is_big else bits)
