"""Executes functions of LLVM's IR on memory that is given, and refuses what it does not know.

Whatever is not as the LLVM Language Reference says, in integers, pointers and control flow, ends
with `NotUnderstoodError`: a value is either right or not there.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from layoutcheck.accessors.ir import (
    Function,
    Instruction,
    Operand,
    read_data_layout,
    read_function,
    read_functions,
    size_in_bits,
)

__all__ = ["RECORD", "Machine", "NotUnderstoodError"]

RECORD: Final = 0x10000
"""The address of the record; further memory follows behind it."""
MAX_STEPS: Final = 100_000
MAX_DEPTH: Final = 50
MAX_MEMORY: Final = 1 << 20
"""Bytes, the record's included."""
NOT_AS_KNOWN: Final = (IndexError, KeyError, TypeError, ValueError)
"""What reading text of another form raises."""

ARITHMETIC: Final[Mapping[str, Callable[[int, int], int]]] = MappingProxyType(
    {
        "add": operator.add,
        "sub": operator.sub,
        "mul": operator.mul,
        "and": operator.and_,
        "or": operator.or_,
        "xor": operator.xor,
        "udiv": operator.floordiv,
        "urem": operator.mod,
    }
)
RELATIONS: Final[Mapping[str, Callable[[int, int], bool]]] = MappingProxyType(
    {
        "eq": operator.eq,
        "ne": operator.ne,
        "gt": operator.gt,
        "ge": operator.ge,
        "lt": operator.lt,
        "le": operator.le,
    }
)
ENDS: Final = ("jump", "branch", "switch", "return")
WITHOUT_EFFECT: Final = ("llvm.lifetime.", "llvm.experimental.noalias.", "llvm.assume")


class NotUnderstoodError(Exception):
    """An instruction that is not known, or a function that has no value here; it says which."""


class Machine:
    """The functions of one module, and the byte order of the machine that it is for."""

    def __init__(self, text: str) -> None:
        try:
            self.byte_order, self._pointer_bits = read_data_layout(text)
            self._texts = read_functions(text)
        except NOT_AS_KNOWN as error:
            raise NotUnderstoodError(f"the module's form is not known ({error!r})") from error
        self._functions: dict[str, Function] = {}
        self._memory = bytearray()
        self._steps = 0

    def call(self, name: str, record: bytes, *arguments: int) -> tuple[int | None, bytes]:
        """What the function returns for the address of a record, and the record afterwards."""
        self._memory, self._steps = bytearray(record), 0
        try:
            result = self._run(name, (RECORD, *arguments), depth=0)
        except NOT_AS_KNOWN as error:
            raise NotUnderstoodError(f"its form is not known ({error!r})") from error
        return result, bytes(self._memory[: len(record)])

    def _run(self, name: str, arguments: tuple[int, ...], *, depth: int) -> int | None:
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
        before, label = "", function.entry
        while True:
            target = self._block(function.blocks[label], values, before, depth)
            if not isinstance(target, str):
                return target
            before, label = label, target

    def _block(
        self, block: tuple[Instruction, ...], values: dict[str, int], before: str, depth: int
    ) -> str | int | None:
        """Executes a block; the label of the next one, or what the function returns."""
        chosen: dict[str, int] = {}
        for instruction in block:
            self._steps += 1
            if self._steps > MAX_STEPS:
                raise NotUnderstoodError(f"it takes more than {MAX_STEPS} steps")
            parts = instruction.parts
            if instruction.operation == "phi":  # all of them at once, before anything else
                incoming = dict(_pairs(parts[1:]))
                chosen[instruction.result] = self._typed(parts[0], incoming[before], values)
                continue
            if chosen:
                values |= chosen
                chosen = {}
            if instruction.operation in ENDS:
                return self._end(instruction, values)
            match instruction.operation:
                case "store":
                    self._store(parts, values)
                case "call":
                    result = self._called(instruction, values, depth)
                    if instruction.result and result is not None:
                        values[instruction.result] = result
                case _:
                    values[instruction.result] = self._compute(instruction, values)
        raise NotUnderstoodError("a block of it has no end")

    def _end(self, instruction: Instruction, values: Mapping[str, int]) -> str | int | None:
        parts = instruction.parts
        match instruction.operation:
            case "jump":
                return str(parts[0])
            case "branch":
                return str(parts[1] if _value(parts[0], values) else parts[2])
            case "switch":
                width = size_in_bits(str(parts[0]), self._pointer_bits)
                cases = {_wrap(int(v), width): to for v, to in _pairs(parts[3:])}
                return str(cases.get(self._typed(parts[0], parts[1], values), parts[2]))
        return None if parts[0] == "" else self._typed(parts[0], parts[1], values)

    def _compute(self, instruction: Instruction, values: Mapping[str, int]) -> int:
        parts = instruction.parts
        match instruction.operation:
            case "binary":
                return self._binary(parts, values)
            case "cast":
                value = self._typed(parts[1], parts[2], values)
                width = size_in_bits(str(parts[1]), self._pointer_bits)
                if parts[0] == "sext":
                    value = _signed(value, width)
                return _wrap(value, size_in_bits(str(parts[3]), self._pointer_bits))
            case "compare":
                one, other = (self._typed(parts[1], part, values) for part in parts[2:4])
                relation = str(parts[0])
                if relation.startswith("s"):
                    width = size_in_bits(str(parts[1]), self._pointer_bits)
                    one, other = _signed(one, width), _signed(other, width)
                return int(RELATIONS[relation[-2:]](one, other))
            case "select":
                chosen = 2 if _value(parts[0], values) else 4
                return self._typed(parts[1], parts[chosen], values)
            case "load":
                width = size_in_bits(str(parts[0]), self._pointer_bits)
                start = self._place(parts[1], width, values)
                loaded = self._memory[start : start + (width + 7) // 8]
                return int.from_bytes(loaded, self.byte_order)
            case "allocate":
                return self._allocate(size_in_bits(str(parts[0]), self._pointer_bits) // 8)
            case "address":
                return self._address(parts, values)
        raise NotUnderstoodError(f"it does: {instruction.text}")

    def _allocate(self, byte_size: int) -> int:
        """The address of further memory."""
        self._memory += bytes(-len(self._memory) % 16)
        address = RECORD + len(self._memory)
        if len(self._memory) + byte_size > MAX_MEMORY:
            raise NotUnderstoodError(f"it wants {byte_size} bytes of memory")
        self._memory += bytes(byte_size)
        return address

    def _binary(self, parts: tuple[Operand, ...], values: Mapping[str, int]) -> int:
        name, width = str(parts[0]), size_in_bits(str(parts[1]), self._pointer_bits)
        one, other = _wrap(_value(parts[2], values), width), _wrap(_value(parts[3], values), width)
        if name in ("shl", "lshr", "ashr"):
            if other >= width:
                raise NotUnderstoodError(f"it shifts {width} bits by {other}")
            if name == "shl":
                return _wrap(one << other, width)
            return _wrap((_signed(one, width) if name == "ashr" else one) >> other, width)
        if name in ("udiv", "urem") and not other:
            raise NotUnderstoodError("it divides by zero")
        return _wrap(ARITHMETIC[name](one, other), width)

    def _called(
        self, instruction: Instruction, values: Mapping[str, int], depth: int
    ) -> int | None:
        """What a called function returns; LLVM's own functions are few here."""
        name, *rest = instruction.parts
        if str(name).startswith(WITHOUT_EFFECT):
            return None
        types = [str(type_) for type_, _ in _pairs(rest)]
        arguments = [self._typed(type_, part, values) for type_, part in _pairs(rest)]
        if not str(name).startswith("llvm."):
            return self._run(str(name), tuple(arguments), depth=depth + 1)
        operation = str(name).split(".")[1]
        width = size_in_bits(types[0], self._pointer_bits)
        match operation:
            case "umin" | "umax":
                return min(arguments) if operation == "umin" else max(arguments)
            case "bswap":
                return int.from_bytes(arguments[0].to_bytes(width // 8, "little"), "big")
            case "bitreverse":
                return int(f"{arguments[0]:0{width}b}"[::-1], 2)
            case "fshl" | "fshr":
                high, low, by = arguments
                by = by % width if operation == "fshl" else width - by % width
                return _wrap((high << width | low) >> (width - by), width)
            case "memcpy" | "memmove":
                source, target = (self._place(a, arguments[2] * 8, {}) for a in arguments[1::-1])
                copied = self._memory[source : source + arguments[2]]
                self._memory[target : target + arguments[2]] = copied
                return None
        raise NotUnderstoodError(f"it calls {name}")

    def _store(self, parts: tuple[Operand, ...], values: Mapping[str, int]) -> None:
        width = size_in_bits(str(parts[0]), self._pointer_bits)
        value = self._typed(parts[0], parts[1], values)
        start, size = self._place(parts[2], width, values), (width + 7) // 8
        self._memory[start : start + size] = value.to_bytes(size, self.byte_order)

    def _address(self, parts: tuple[Operand, ...], values: Mapping[str, int]) -> int:
        type_, base, index, inner = parts
        size = size_in_bits(str(type_), self._pointer_bits) // 8
        address = _value(base, values) + self._index(index, values) * size
        if inner != "":
            element = str(type_)[1:-1].partition(" x ")[2]
            address += self._index(inner, values) * size_in_bits(element, self._pointer_bits) // 8
        return _wrap(address, self._pointer_bits)

    def _index(self, part: Operand, values: Mapping[str, int]) -> int:
        return _signed(_wrap(_value(part, values), self._pointer_bits), self._pointer_bits)

    def _place(self, part: Operand, width: int, values: Mapping[str, int]) -> int:
        """Where in the memory a pointer points to."""
        start = _value(part, values) - RECORD
        if not 0 <= start <= len(self._memory) - (width + 7) // 8:
            raise NotUnderstoodError("it looks at other memory than the record's")
        return start

    def _typed(self, type_: Operand, part: Operand, values: Mapping[str, int]) -> int:
        return _wrap(_value(part, values), size_in_bits(str(type_), self._pointer_bits))


def _value(part: Operand, values: Mapping[str, int]) -> int:
    if isinstance(part, int):
        return part
    if part not in values:
        raise NotUnderstoodError(f"{part} has no value")
    return values[part]


def _pairs(parts: Sequence[Operand]) -> list[tuple[Operand, Operand]]:
    return list(zip(parts[::2], parts[1::2], strict=True))


def _wrap(value: int, width: int) -> int:
    return value & ((1 << width) - 1)


def _signed(value: int, width: int) -> int:
    return value - (1 << width) if value >> (width - 1) & 1 else value
