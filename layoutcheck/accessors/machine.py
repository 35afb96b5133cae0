"""Executes functions of LLVM's IR on memory that is given, and refuses what it does not know.

Whatever is not as the LLVM Language Reference says, in integers, pointers and control flow, ends
with `NotUnderstoodError`: a value is either right or not there.

All records are gone through at once. Where the way depends on the record, both ways are gone with
all of them, up to where the ways meet, and each record takes what it would have found on its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Final, TypeAlias

from layoutcheck.accessors.ir import (
    Function,
    Instruction,
    Operand,
    read_data_layout,
    read_function,
    read_functions,
    size_in_bits,
)
from layoutcheck.accessors.lanes import DIFFERENT_WAYS, Value, choose, each, merged, the_one
from layoutcheck.accessors.memory import RECORD, Memory
from layoutcheck.accessors.operations import (
    NotUnderstoodError,
    Operation,
    find_intrinsic,
    find_operation,
    pairs,
    wrap,
)
from layoutcheck.accessors.ways import END, find_joins

__all__ = ["Case", "Machine", "NotUnderstoodError", "Outcome"]

Case: TypeAlias = tuple[bytes, tuple[int, ...]]
"""A record, and what else a function is called with."""
Outcome: TypeAlias = tuple[int | None, bytes]
"""What a function returns, and the record afterwards."""

MAX_STEPS: Final = 100_000
MAX_DEPTH: Final = 50
MAX_FORKS: Final = 8
"""Within one another."""
BYTES_A_STEP: Final = 1000
"""So many to copy count as one step."""
NOT_AS_KNOWN: Final = (IndexError, KeyError, TypeError, ValueError)
"""What reading text of another form raises."""
WITHOUT_EFFECT: Final = ("llvm.lifetime.", "llvm.experimental.noalias.", "llvm.assume")
COPIES: Final = ("llvm.memcpy.", "llvm.memmove.")


@dataclass(frozen=True, slots=True)
class _Fork:
    """Where the way depends on the record: the labels for a condition that is not 0, and for 0."""

    condition: tuple[int, ...]
    ways: tuple[str, str]


class Machine:
    """The functions of one module, and the byte order of the machine that it is for."""

    def __init__(self, text: str) -> None:
        try:
            self.byte_order, self._pointer_bits = read_data_layout(text)
            self._texts = read_functions(text)
        except NOT_AS_KNOWN as error:
            raise NotUnderstoodError(f"the module's form is not known ({error!r})") from error
        self._functions: dict[str, Function] = {}
        self._operations: dict[Instruction, tuple[Operation, tuple[Operand, ...]]] = {}
        self._joins: dict[Function, Mapping[str, str]] = {}
        self._memory = Memory((b"",), self.byte_order)
        self._steps = self._forks = 0

    def call(self, name: str, record: bytes, *arguments: int) -> Outcome:
        """What the function does with one record."""
        (outcome,) = self.call_all(name, [(record, arguments)])
        return outcome

    def call_all(self, name: str, cases: Sequence[Case]) -> list[Outcome]:
        """What the function does with each record; all are of one size.

        It is called with the record's address and the further arguments. Raises
        `NotUnderstoodError` also if only some of the cases, or all together, are not understood.
        """
        self._memory = Memory([record for record, _ in cases], self.byte_order)
        self._steps = self._forks = 0
        size = self._memory.byte_size
        columns = zip(*(arguments for _, arguments in cases), strict=True)
        try:
            result = self._run(name, (RECORD, *map(merged, columns)), depth=0)
        except NOT_AS_KNOWN as error:
            raise NotUnderstoodError(f"its form is not known ({error!r})") from error
        results = result if isinstance(result, tuple) else repeat(result)
        return list(zip(results, self._memory.records(size), strict=False))

    def _run(self, name: str, arguments: tuple[Value, ...], *, depth: int) -> Value | None:
        if name not in self._texts:
            raise NotUnderstoodError(f"it calls {name}")
        if depth > MAX_DEPTH:
            raise NotUnderstoodError(f"{name} calls itself too often")
        if name not in self._functions:
            self._functions[name] = read_function(self._texts[name])
        function = self._functions[name]
        if len(function.parameters) != len(arguments):
            raise NotUnderstoodError(f"it calls {name} in a way that is not known")
        values = dict(zip(function.parameters, arguments, strict=True))
        return self._walk(function, values, ("", function.entry), stop=END, depth=depth)

    def _walk(
        self,
        function: Function,
        values: dict[str, Value],
        step: tuple[str, str],
        *,
        stop: str,
        depth: int,
    ) -> Value | None:
        """Executes blocks, from the step from one to another on, until one of them returns.

        Or until `stop` is reached, of which the phis alone are executed.
        """
        before, label = step
        while True:
            self._enter(function.blocks[label], values, before)
            if label == stop:
                return None
            target = self._block(function.blocks[label], values, depth)
            while isinstance(target, _Fork):
                result, label = self._part(function, values, label, target, depth)
                if label in (stop, END):
                    return result
                target = self._block(function.blocks[label], values, depth)
            if not isinstance(target, str):
                return target
            before, label = label, target

    def _part(
        self, function: Function, values: dict[str, Value], label: str, fork: _Fork, depth: int
    ) -> tuple[Value | None, str]:
        """Goes both ways with all records, and takes of each way what is right for a record.

        Then `values` and the memory are as they are where the ways meet, which is said, behind the
        phis there; and with it what is returned if that is the end.
        """
        if function not in self._joins:
            self._joins[function] = find_joins(function)
        join = self._joins[function][label]
        self._forks += 1
        if self._forks > MAX_FORKS:
            raise NotUnderstoodError(DIFFERENT_WAYS)
        memory = self._memory
        found: list[tuple[Value | None, dict[str, Value], Memory]] = []
        for way in fork.ways:
            self._count(1 + memory.count * memory.byte_size // BYTES_A_STEP)
            self._memory, own = memory.twin(), dict(values)
            result = self._walk(function, own, (label, way), stop=join, depth=depth)
            found.append((result, own, self._memory))
        (one, ones, first), (other, others, second) = found
        memory.take(fork.condition, first, second)
        self._memory, self._forks = memory, self._forks - 1
        values.clear()
        for name in ones.keys() & others.keys():
            values[name] = choose(fork.condition, ones[name], others[name])
        if one is None and other is None:
            return None, join
        if one is None or other is None:
            raise NotUnderstoodError("its ways do not end alike")
        return choose(fork.condition, one, other), join

    def _enter(self, block: tuple[Instruction, ...], values: dict[str, Value], before: str) -> None:
        """Executes a block's phis: all of them at once, before anything else."""
        chosen: dict[str, Value] = {}
        for instruction in block:
            if instruction.operation != "phi":
                break
            self._count(1)
            parts = instruction.parts
            incoming = dict(pairs(parts[1:]))
            chosen[instruction.result] = self._typed(parts[0], incoming[before], values)
        values |= chosen

    def _block(
        self, block: tuple[Instruction, ...], values: dict[str, Value], depth: int
    ) -> str | Value | _Fork | None:
        """Executes what is behind a block's phis; where it leads to, or what it returns."""
        for instruction in block:
            parts = instruction.parts
            if instruction.operation == "phi":
                continue
            self._count(1)
            match instruction.operation:
                case "jump" | "branch" | "switch" | "return":
                    return self._end(instruction, values)
                case "store":
                    value, width = self._typed(parts[0], parts[1], values), self._width(parts[0])
                    self._memory.store(_value(parts[2], values), width, value)
                case "call":
                    result = self._called(instruction, values, depth)
                    if instruction.result and result is not None:
                        values[instruction.result] = result
                case _:
                    values[instruction.result] = self._compute(instruction, values)
        raise NotUnderstoodError("a block of it has no end")

    def _count(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise NotUnderstoodError(f"it takes more than {MAX_STEPS} steps")

    def _end(
        self, instruction: Instruction, values: Mapping[str, Value]
    ) -> str | Value | _Fork | None:
        parts = instruction.parts
        match instruction.operation:
            case "jump":
                return str(parts[0])
            case "branch":
                condition, ways = _value(parts[0], values), (str(parts[1]), str(parts[2]))
                if isinstance(condition, tuple):
                    return _Fork(condition, ways)
                return ways[0 if condition else 1]
            case "switch":
                width = self._width(parts[0])
                cases = {wrap(int(v), width): to for v, to in pairs(parts[3:])}
                return str(cases.get(the_one(self._typed(parts[0], parts[1], values)), parts[2]))
        return None if parts[0] == "" else self._typed(parts[0], parts[1], values)

    def _compute(self, instruction: Instruction, values: Mapping[str, Value]) -> Value:
        parts = instruction.parts
        match instruction.operation:
            case "load":
                return self._memory.load(_value(parts[1], values), self._width(parts[0]))
            case "allocate":
                return self._memory.allocate(self._width(parts[0]) // 8)
            case "select":
                condition = _value(parts[0], values)
                if isinstance(condition, int):
                    return self._typed(parts[1], parts[2 if condition else 4], values)
                one, other = (self._typed(parts[1], part, values) for part in (parts[2], parts[4]))
                return choose(condition, one, other)
        if instruction not in self._operations:
            self._operations[instruction] = find_operation(instruction, self._pointer_bits)
        operation, operands = self._operations[instruction]
        return each(operation, [_value(part, values) for part in operands])

    def _called(
        self, instruction: Instruction, values: Mapping[str, Value], depth: int
    ) -> Value | None:
        """What a called function returns; LLVM's own functions are few here."""
        name, rest = str(instruction.parts[0]), pairs(instruction.parts[1:])
        if name.startswith(WITHOUT_EFFECT):
            return None
        arguments = [self._typed(type_, part, values) for type_, part in rest]
        if not name.startswith("llvm."):
            return self._run(name, tuple(arguments), depth=depth + 1)
        if name.startswith(COPIES):
            self._memory.copy(arguments[0], arguments[1], the_one(arguments[2]))
            return None
        types = [str(type_) for type_, _ in rest]
        return each(find_intrinsic(name, types, self._pointer_bits), arguments)

    def _width(self, type_: Operand) -> int:
        return size_in_bits(str(type_), self._pointer_bits)

    def _typed(self, type_: Operand, part: Operand, values: Mapping[str, Value]) -> Value:
        return each(wrap, (_value(part, values), self._width(type_)))


def _value(part: Operand, values: Mapping[str, Value]) -> Value:
    if isinstance(part, int):
        return part
    if part not in values:
        raise NotUnderstoodError(f"{part} has no value")
    return values[part]
