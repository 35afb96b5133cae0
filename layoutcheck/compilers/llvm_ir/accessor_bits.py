"""Execute a probe's accessors on records of variables; return the bits that they access."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from layoutcheck.compilers.llvm_ir.constructors import read_constructor
from layoutcheck.compilers.llvm_ir.formulas import FALSE, TRUE
from layoutcheck.compilers.llvm_ir.interpreter import Machine, Outcome
from layoutcheck.compilers.llvm_ir.memory import RECORD_BITS, VALUE
from layoutcheck.compilers.llvm_ir.symbolic_integers import bits_of
from layoutcheck.compilers.llvm_ir.symbolic_values import SIZES, Executed, Question
from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError
from layoutcheck.model.bit_access import BitAccess, Spoilt
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.symbols import MAKES, READS, WRITES

__all__ = ["read_accessors"]


PREFIXES: Final = {"reads": READS, "writes": WRITES, "makes": MAKES}


def read_accessors(text: str, asked: Sequence[Question]) -> dict[ProbeKey, tuple[BitAccess, ...]]:
    """Return the accesses of each method of a probe in LLVM IR, by the question's key.

    A constructor has an access for each of its parameters.
    """
    if not asked:
        return {}
    try:
        machine = Machine(text)
    except NotUnderstoodError as error:
        return {question.key: _unknown(question, error) for question in asked}
    # Most accessors have a twin with equal code (bindgen's `x_raw`), which is executed once.
    executed: dict[tuple[str, Question], tuple[BitAccess, ...]] = {}
    found: dict[ProbeKey, tuple[BitAccess, ...]] = {}
    first = asked[0].key
    for question in asked:
        if question.verb == "makes":
            found[question.key] = _ask(machine, question)
            continue
        alike = machine.code(_function(question)), replace(question, key=first, name="")
        if alike not in executed:
            executed[alike] = _ask(machine, question)
        found[question.key] = tuple(replace(one, name=question.name) for one in executed[alike])
    return found


def _function(question: Question) -> str:
    return f"{PREFIXES[question.verb]}{question.key}"


def _unknown(question: Question, error: NotUnderstoodError) -> tuple[BitAccess, ...]:
    if question.verb != "makes":
        return (BitAccess(name=question.name, verb=question.verb, unknown=str(error)),)
    return tuple(
        BitAccess(name=name, verb="makes", maker=question.name, unknown=str(error))
        for name in question.parameters
    )


def _ask(machine: Machine, question: Question) -> tuple[BitAccess, ...]:
    try:
        outcome = machine.call(_function(question), question.byte_size)
        if question.verb == "makes":
            return read_constructor(machine, question, outcome)
        done = _Done(machine, question, outcome)
        return (done.read() if question.verb == "reads" else done.written(),)
    except NotUnderstoodError as error:
        return _unknown(question, error)


class _Done(Executed):
    """An executed method: the final state of its record and value."""

    def __init__(self, machine: Machine, question: Question, outcome: Outcome) -> None:
        size = outcome.result
        if not isinstance(size, int) or size not in SIZES:
            what = "returns" if question.verb == "reads" else "takes"
            raise NotUnderstoodError(f"it {what} no integer")
        super().__init__(machine, outcome, first=0, size=size)
        self._question = question

    def read(self) -> BitAccess:
        """Return for each bit of the result the bit of the record that it is."""
        if self._returns != TRUE:
            raise NotUnderstoodError("it panics for some records")
        bits = [
            self._source(f) for f in bits_of(self._memory.load(VALUE, self._width), self._width)
        ]
        width = self._width
        while width > 1 and bits[width - 1] == bits[width - 2] is not None:
            width -= 1
        signed = width < len(bits)
        while width and bits[width - 1] is None:
            width -= 1
        return BitAccess(
            name=self._question.name,
            verb="reads",
            bits=self._ordered(bits[:width]),
            signed=signed,
            spoils=self._spoilt({}),
        )

    def _source(self, formula: int) -> int | None:
        name = self._formulas.name_of(formula)
        if formula != FALSE and (name is None or name < RECORD_BITS):
            raise NotUnderstoodError("it does more than copy bits")
        return None if name is None else name - RECORD_BITS

    def written(self) -> BitAccess:
        """Return for each bit of the value the bit of the record that it becomes, and side effects.

        A value that a method refuses, by a panic or by leaving the record unchanged, is not
        written.
        """
        self._refuse(self._unchanged())
        if any(name >= RECORD_BITS for name in self._formulas.names_in(self._returns)):
            raise NotUnderstoodError("whether it panics depends on the record")
        if self._formulas.both(self._returns, self._domain) == FALSE:
            raise NotUnderstoodError("it never returns")
        targets: dict[int, int] = {}
        spoils = self._spoilt(targets)
        count = max(targets, default=-1) + 1
        return BitAccess(
            name=self._question.name,
            verb="writes",
            bits=self._ordered([targets.get(place) for place in range(count)]),
            spoils=spoils,
            width=max(self._possible(), default=-1) + 1,
            accepts=self._accepted(self._returns),
            highest_first=self._is_big,
        )

    def _unchanged(self) -> int:
        """Return a formula for the values that leave every record unchanged."""
        formulas, changed = self._formulas, FALSE
        for _, old, new in self._changes():
            differ = formulas.differ(old, new)
            for name in formulas.names_in(differ):
                if name >= RECORD_BITS:
                    ends = (formulas.where(differ, {name: bit}) for bit in (FALSE, TRUE))
                    differ = formulas.either(*ends)
            changed = formulas.either(changed, differ)
        return formulas.negate(changed)

    def _refuse(self, values: int) -> None:
        """Count values as refused, unless that includes small ones."""
        if values == FALSE:
            return
        returns = self._formulas.both(self._returns, self._formulas.negate(values))
        if any(self._accepted(returns)):
            self._returns = returns

    def _changes(self) -> Iterable[tuple[int, int, int]]:
        """Yield the bits of the record that may change, with their old and new formulas.

        The order is from the lowest bit of a number on, so that a sign comes before its copies.
        """
        for byte, bits in sorted(self._memory.written.items(), reverse=self._is_big):
            for place, new in enumerate(bits):
                number = self._memory.record_bit(byte, place)
                old = self._formulas.variable(number + RECORD_BITS)
                if new != old:
                    yield number, old, new

    def _spoilt(self, targets: dict[int, int]) -> tuple[Spoilt, ...]:
        """Return the spoilt bits of the record; record in `targets` those that the value sets."""
        spoilt: dict[str, list[tuple[int, int]]] = {}
        for number, old, new in self._changes():
            if self._same(old, new):
                continue
            source = self._copied(new)
            if source is not None and source not in targets:
                targets[source] = number
                continue
            how = self._how(old, new, source)
            spoilt.setdefault(how, []).append((number, self._harmless(old, new)))
        return tuple(
            Spoilt(
                how=how,
                bits=tuple(sorted(number for number, _ in found)),
                unless=min(harmless for _, harmless in found),
            )
            for how, found in spoilt.items()
        )

    def _copied(self, new: int) -> int | None:
        """Return the bit of the value that a formula is equal to."""
        names = self._formulas.names_in(new)
        found = (
            place
            for place in self._possible()
            if self._formulas.name_of(bit := self._value[place]) in names and self._same(bit, new)
        )
        return next(found, None)

    def _how(self, old: int, new: int, source: int | None) -> str:
        formulas = self._formulas
        if source == self._width - 1:
            return "repeats the sign in"
        for constant, how in ((FALSE, "clears"), (TRUE, "sets")):
            if self._same(new, constant):
                return how
        names = formulas.names_in(new)
        if source is None and all(name < RECORD_BITS for name in names):
            raise NotUnderstoodError("it writes more than a copy of the value's bits")
        return "ors into" if self._never(formulas.both(old, formulas.negate(new))) else "changes"
