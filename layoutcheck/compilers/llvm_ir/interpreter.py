"""Execute functions of LLVM IR on symbolic memory; refuse unknown instructions.

Integers, pointers and control flow follow the LLVM Language Reference. Everything else raises
`NotUnderstoodError`: a value is either right or missing.

Each bit of the record, and of the value that a function is given, is a variable. A way that ends in
a panic is ignored: the result holds for all other ways.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from layoutcheck.compilers.llvm_ir.control_flow import Walker
from layoutcheck.compilers.llvm_ir.formulas import FALSE, TRUE, Formulas
from layoutcheck.compilers.llvm_ir.ir_text import (
    Function,
    Instruction,
    Operand,
    read_data_layout,
    read_function,
    read_functions,
    read_ranges,
    size_in_bits,
)
from layoutcheck.compilers.llvm_ir.joins import (
    END,
    NOWHERE,
    Fork,
    Nowhere,
    Result,
    fork,
    switch,
)
from layoutcheck.compilers.llvm_ir.memory import RECORD, RECORD_BITS, VALUE, Memory
from layoutcheck.compilers.llvm_ir.operations import (
    Operation,
    find_intrinsic,
    find_operation,
    pairs,
    wrap,
)
from layoutcheck.compilers.llvm_ir.symbolic_integers import Value, Words, settle
from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError

__all__ = ["Machine", "Outcome"]

MAX_STEPS: Final = 30_000
MAX_DEPTH: Final = 50
BITS_A_STEP: Final = 16
"""Number of bits, computed one by one, that count as one step."""
NOT_AS_KNOWN: Final = (IndexError, KeyError, TypeError, ValueError)
"""Exceptions that IR text of an unknown form raises."""
NOTES: Final = re.compile(r", !(?!range )[\w.]+ !\d+")
WITHOUT_EFFECT: Final = ("llvm.lifetime.", "llvm.experimental.noalias.", "llvm.assume")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a function, its final memory, and the formula of its returning at all.

    `values` holds for the valid values of the probe's types: a bool is 0 or 1.
    """

    result: Value | None
    memory: Memory
    returns: int
    values: int


class Machine(Walker):
    """The functions of one module, and the byte order of its machine."""

    def __init__(self, text: str) -> None:
        try:
            self.byte_order, self._pointer_bits = read_data_layout(text)
            self._texts, self._ranges = read_functions(text), read_ranges(text)
        except NOT_AS_KNOWN as error:
            raise NotUnderstoodError(f"the module's form is not known ({error!r})") from error
        self._functions: dict[str, Function] = {}
        super().__init__()
        self._start(0)

    def code(self, name: str) -> str:
        """Return the text of a function, without notes for optimisers; "" if there is none."""
        return NOTES.sub("", self._texts.get(name, ""))

    def call(self, name: str, byte_size: int) -> Outcome:
        """Execute a function on a record of `byte_size` bytes, and a value.

        Its arguments are the addresses of the two. Raises `NotUnderstoodError`.
        """
        self._start(byte_size)
        try:
            result = self._run(name, (RECORD, VALUE), depth=0)
        except RecursionError:
            raise NotUnderstoodError("it depends on too many bits at once") from None
        except NOT_AS_KNOWN as error:
            raise NotUnderstoodError(f"its form is not known ({error!r})") from error
        if isinstance(result, Nowhere):
            raise NotUnderstoodError("it never returns")
        returns = self.formulas.negate(self._ended)
        return Outcome(result, self._memory, returns, self._values)

    def _start(self, byte_size: int) -> None:
        words = Words(Formulas())
        self._begin(words, Memory(words, byte_size, self.byte_order))
        self._operations: dict[Instruction, tuple[Operation, tuple[Operand, ...]]] = {}
        self._steps = 0
        # The conditions under which the function has ended, and under which values are valid.
        self._ended, self._values = FALSE, TRUE

    def _run(self, name: str, arguments: tuple[Value, ...], *, depth: int) -> Result:
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
        reached = self._walk(function, values, ("", function.entry), stop=END, depth=depth)
        return self._leave(function, values, reached, stop=END, depth=depth)

    def _enter(self, block: tuple[Instruction, ...], values: dict[str, Value], before: str) -> None:
        """Execute a block's phis: all of them at once, before anything else."""
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
    ) -> str | Result | Fork:
        """Execute the instructions after a block's phis; return its successor, or its result."""
        for instruction, behind in zip(block, (*block[1:], None), strict=True):
            parts = instruction.parts
            if instruction.operation == "phi":
                continue
            self._count(1)
            never = behind is not None and behind.text == "unreachable"
            if instruction.text == "unreachable" or (instruction.operation == "call" and never):
                self._ended = self.formulas.either(self._ended, self._here)
                return NOWHERE
            match instruction.operation:
                case "jump" | "branch" | "switch" | "return":
                    return self._end(instruction, values)
                case "store":
                    value, width = self._typed(parts[0], parts[1], values), self._width(parts[0])
                    self._memory.store(_value(parts[2], values), width, value)
                case "call":
                    result = self._called(instruction, values, depth)
                    if isinstance(result, Nowhere):
                        return result
                    if instruction.result and result is not None:
                        values[instruction.result] = result
                case _:
                    values[instruction.result] = self._compute(instruction, values)
        raise NotUnderstoodError("one of its blocks has no end")

    def _count(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise NotUnderstoodError(f"it takes more than {MAX_STEPS} steps")

    def _end(self, instruction: Instruction, values: Mapping[str, Value]) -> str | Result | Fork:
        parts = instruction.parts
        match instruction.operation:
            case "jump":
                return str(parts[0])
            case "branch":
                ways = str(parts[1]), str(parts[2])
                return fork(_value(parts[0], values), ways)
            case "switch":
                value, width = self._typed(parts[0], parts[1], values), self._width(parts[0])
                cases = [(wrap(int(v), width), str(to)) for v, to in pairs(parts[3:])]
                return switch(value, width, cases, str(parts[2]), self._words)
        return None if parts[0] == "" else self._typed(parts[0], parts[1], values)

    def _compute(self, instruction: Instruction, values: Mapping[str, Value]) -> Value:
        parts = instruction.parts
        match instruction.operation:
            case "load":
                loaded = self._memory.load(_value(parts[1], values), self._width(parts[0]))
                self._limit(loaded, str(parts[2]))
                return loaded
            case "allocate":
                return self._memory.allocate(self._width(parts[0]) // 8)
            case "select":
                condition = _value(parts[0], values)
                if isinstance(condition, int):
                    return self._typed(parts[1], parts[2 if condition & 1 else 4], values)
                one, other = (self._typed(parts[1], part, values) for part in (parts[2], parts[4]))
                return self._words.choose(condition[0], one, other)
        if instruction not in self._operations:
            found = find_operation(instruction, self._pointer_bits, self._words)
            self._operations[instruction] = found
        operation, operands = self._operations[instruction]
        return self._operated(operation, [_value(part, values) for part in operands])

    def _operated(self, operation: Operation, operands: Sequence[Value]) -> Value:
        unknown = [len(operand) for operand in operands if isinstance(operand, tuple)]
        self._count(max(unknown, default=0) // BITS_A_STEP)
        return operation(*operands)

    def _limit(self, loaded: Value, name: str) -> None:
        """Restrict a value to the range that its load declares.

        This applies to a method's argument. The values of a record are decided by C.
        """
        formulas = self.formulas
        if isinstance(loaded, int) or name not in self._ranges:
            return
        if any(n >= RECORD_BITS for f in (*loaded, self._here) for n in formulas.names_in(f)):
            return
        inside = self._words.inside(loaded, self._ranges[name])
        inside = formulas.either(formulas.negate(self._here), inside)
        self._values = formulas.both(self._values, inside)

    def _called(self, instruction: Instruction, values: Mapping[str, Value], depth: int) -> Result:
        """Call a function and return its result; few of LLVM's own functions occur here."""
        name, rest = str(instruction.parts[0]), pairs(instruction.parts[1:])
        if name.startswith(WITHOUT_EFFECT):
            return None
        arguments = [self._typed(type_, part, values) for type_, part in rest]
        if not name.startswith("llvm."):
            return self._run(name, tuple(arguments), depth=depth + 1)
        if self._memory.does(name, arguments):
            return None
        types = [str(type_) for type_, _ in rest]
        intrinsic = find_intrinsic(name, types, self._pointer_bits, self._words)
        return self._operated(intrinsic, arguments)

    def _width(self, type_: Operand) -> int:
        return size_in_bits(str(type_), self._pointer_bits)

    def _typed(self, type_: Operand, part: Operand, values: Mapping[str, Value]) -> Value:
        value, width = _value(part, values), self._width(type_)
        return wrap(value, width) if isinstance(value, int) else settle(value[:width])


def _value(part: Operand, values: Mapping[str, Value]) -> Value:
    if isinstance(part, int):
        return part
    if part not in values:
        raise NotUnderstoodError(f"{part} has no value")
    return values[part]
