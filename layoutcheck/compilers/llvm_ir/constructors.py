"""An executed constructor -> for each parameter the bits of the record that it becomes.

A bit of the new record is a constant, or a bit of one value. If two values are written to a bit,
that is an error. If another value only decides what is written, the constructor is not understood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from layoutcheck.compilers.llvm_ir.formulas import FALSE, TRUE, Formulas
from layoutcheck.compilers.llvm_ir.interpreter import Machine, Outcome
from layoutcheck.compilers.llvm_ir.memory import VALUE
from layoutcheck.compilers.llvm_ir.symbolic_values import SIZES, Executed, Question
from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError
from layoutcheck.model.bit_access import BitAccess, Spoilt
from layoutcheck.model.symbols import STRIDE

__all__ = ["read_constructor"]

WORD_SIZE: Final = 8
"""Size in bytes of the number in which the probe stores a value's size."""


def read_constructor(
    machine: Machine, question: Question, outcome: Outcome
) -> tuple[BitAccess, ...]:
    """Return the access of each parameter, in their order.

    Raises `NotUnderstoodError` if no access can be determined.
    """
    formulas, count = machine.formulas, len(question.parameters)
    sizes = [outcome.memory.load(VALUE + n * WORD_SIZE, WORD_SIZE * 8) for n in range(count)]
    if outcome.result != question.byte_size:
        raise NotUnderstoodError("what it returns has another size than the record's bits")
    if formulas.both(outcome.returns, outcome.values) == FALSE:
        raise NotUnderstoodError("it never returns")
    values = []
    for number, (name, size) in enumerate(zip(question.parameters, sizes, strict=True)):
        if size not in (0, *SIZES) or not isinstance(size, int):
            raise NotUnderstoodError(f"{name} is no integer")
        values.append(_Value(machine, outcome, first=number * STRIDE * 8, size=size))
    accepted = [value.alone(outcome.returns) for value in values]
    refused = formulas.differ(formulas.all_of(accepted), outcome.returns)
    if formulas.both(refused, outcome.values) != FALSE:
        raise NotUnderstoodError("which values it refuses depends on several at once")
    zeros = tuple(question.first_bit + bit for bit in _sort_bits(values, machine, outcome))
    return tuple(
        value.made(name, question, returns, zeros)
        for name, value, returns in zip(question.parameters, values, accepted, strict=True)
    )


def _sort_bits(values: Iterable[_Value], machine: Machine, outcome: Outcome) -> Iterator[int]:
    """Assign each bit of the record to the values that it depends on; yield those that are 0."""
    formulas, memory, is_big = machine.formulas, outcome.memory, machine.byte_order == "big"
    counts = formulas.both(outcome.returns, outcome.values)
    # From the lowest bit of a number on, so that a sign comes before its copies.
    for byte, bits in sorted(memory.written.items(), reverse=is_big):
        for place, new in enumerate(bits):
            number = memory.record_bit(byte, place)
            if formulas.both(counts, new) == FALSE:
                yield number
            elif formulas.both(counts, formulas.negate(new)) != FALSE:
                names = formulas.names_in(new)
                mixed = [value for value in values if not names.isdisjoint(value.names)]
                if not any(value.copied(number, new) for value in mixed):
                    _mix(number, new, mixed, formulas)


def _mix(number: int, new: int, mixed: list[_Value], formulas: Formulas) -> None:
    """Record the effect of a bit that is more than a copy of one value's bit."""
    writers = []
    for value in mixed:
        others = {name: FALSE for other in mixed if other is not value for name in other.names}
        if formulas.where(new, others) > TRUE:
            writers.append(value)
    for value in mixed:
        if len(mixed) == 1:
            value.unknown = "it writes more than a copy of the value's bits"
        elif len(writers) == 1 or value not in writers:
            value.unknown = "a bit that it writes depends on several values"
        else:
            value.spoil("mixes with another value in", number, new)


class _Value(Executed):
    """A value, and the bits of the record that depend on it."""

    def __init__(self, machine: Machine, outcome: Outcome, *, first: int, size: int) -> None:
        super().__init__(machine, outcome, first=first, size=size)
        self.names: Final = frozenset(self._names)
        self.unknown: str | None = None
        self._targets: dict[int, int] = {}
        self._spoilt: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)

    def alone(self, formula: int) -> int:
        """Return the formula quantified over the other values: it holds for some of them."""
        formulas = self._formulas
        for name in formulas.names_in(formula).difference(self.names):
            ends = (formulas.where(formula, {name: bit}) for bit in (FALSE, TRUE))
            formula = formulas.either(*ends)
        return formula

    def copied(self, number: int, new: int) -> bool:
        """Record a bit of the record that is one of this value's; return False if it is none."""
        names = self._formulas.names_in(new)
        found = (
            place
            for place, name in enumerate(self._names)
            if name in names and self._same(self._value[place], new)
        )
        place = next(found, None)
        if place is None:
            return False
        if place not in self._targets:
            self._targets[place] = number
        elif self._same(self._value[-1], new):
            self._spoilt["repeats the sign in"].append((number, 0))
        else:
            self.spoil("changes", number, new)
        return True

    def spoil(self, how: str, number: int, new: int) -> None:
        """Record a bit of the record that depends on the value, and should not."""
        formulas = self._formulas
        left = formulas.both(formulas.both(self._returns, self._domain), new)
        width = self._width
        while width and not formulas.names_in(left).isdisjoint(self.names):
            width -= 1
            left = formulas.where(left, {self._names[width]: FALSE})
        self._spoilt[how].append((number, width))

    def made(
        self, name: str, question: Question, returns: int, zeros: tuple[int, ...]
    ) -> BitAccess:
        """Return for each bit of the value the bit of the record that it becomes, and side effects.

        A value for which the constructor never `returns` is refused; `zeros` are bits that are
        always 0.
        """
        if self.unknown is not None:
            return BitAccess(name=name, verb="makes", maker=question.name, unknown=self.unknown)
        first, count = question.first_bit, max(self._targets, default=-1) + 1
        targets = {place: first + number for place, number in self._targets.items()}
        spoils = [Spoilt(how="clears", bits=zeros)] if zeros else []
        for how, found in self._spoilt.items():
            spoilt = tuple(sorted(first + number for number, _ in found))
            spoils.append(Spoilt(how=how, bits=spoilt, unless=min(least for _, least in found)))
        return BitAccess(
            name=name,
            verb="makes",
            maker=question.name,
            bits=self._ordered([targets.get(place) for place in range(count)]),
            spoils=tuple(spoils),
            width=max(self._possible(), default=-1) + 1,
            accepts=self._accepted(returns),
            highest_first=self._is_big,
        )
