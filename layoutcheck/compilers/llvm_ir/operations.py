"""Instructions of LLVM IR that have a value and touch no memory -> functions of values.

Integers are nonnegative, below the limit of their width (LLVM Language Reference). Each operation
has two forms: of integers, which is fast, and of bits that are formulas.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

from layoutcheck.compilers.llvm_ir.ir_text import Instruction, Operand, size_in_bits
from layoutcheck.compilers.llvm_ir.symbolic_integers import (
    Bits,
    Value,
    Words,
    bits_of,
    settle,
    the_one,
)
from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError

__all__ = ["Operation", "find_intrinsic", "find_operation", "pairs", "wrap"]

Operation: TypeAlias = Callable[..., Value]

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
SATURATING: Final = ("llvm.uadd.sat.", "llvm.usub.sat.")
EXTREMES: Final[Mapping[str, str]] = MappingProxyType(
    {"umin": "ult", "umax": "ugt", "smin": "slt", "smax": "sgt"}
)
SHIFTS: Final = ("shl", "lshr", "ashr")
DIVISIONS: Final = ("udiv", "urem")


def find_operation(
    instruction: Instruction, pointer_bits: int, words: Words
) -> tuple[Operation, tuple[Operand, ...]]:
    """Return the operation of an instruction, and those of its parts that are operands.

    Raises `NotUnderstoodError` for an unknown instruction.
    """
    parts = instruction.parts
    match instruction.operation:
        case "binary":
            width = size_in_bits(str(parts[1]), pointer_bits)
            return _binary(str(parts[0]), width, words), parts[2:4]
        case "cast":
            widths = (size_in_bits(str(type_), pointer_bits) for type_ in (parts[1], parts[3]))
            return _cast(*widths, keeps_sign=parts[0] == "sext"), (parts[2],)
        case "compare":
            width = size_in_bits(str(parts[1]), pointer_bits)
            return _compare(str(parts[0]), width, words), parts[2:4]
        case "address":
            operands = parts[1:3] if parts[3] == "" else parts[1:4]
            return _address(str(parts[0]), pointer_bits, inside=parts[3] != ""), operands
    raise NotUnderstoodError(f"it does: {instruction.text}")


def _binary(name: str, width: int, words: Words) -> Operation:
    mask = (1 << width) - 1

    def compute(one: Value, other: Value) -> Value:
        if isinstance(one, int) and isinstance(other, int):
            if name in SHIFTS:
                return _shift(name, width, one & mask, other & mask)
            if name in DIVISIONS and not other & mask:
                raise NotUnderstoodError("it divides by zero")
            return ARITHMETIC[name](one & mask, other & mask) & mask
        return settle(words.compute(name, bits_of(one, width), bits_of(other, width)))

    return compute


def _shift(name: str, width: int, one: int, by: int) -> int:
    if by >= width:
        raise NotUnderstoodError(f"it shifts {width} bits by {by}")
    if name == "shl":
        return wrap(one << by, width)
    return wrap((_signed(one, width) if name == "ashr" else one) >> by, width)


def _cast(width: int, new_width: int, *, keeps_sign: bool) -> Operation:
    def cast(value: Value) -> Value:
        bits = bits_of(value, width)
        above = bits[-1:] if keeps_sign else (0,)
        return settle((bits + above * (new_width - width))[:new_width])

    return cast


def _compare(relation: str, width: int, words: Words) -> Operation:
    mask, is_signed = (1 << width) - 1, relation.startswith("s")
    function = RELATIONS[relation[-2:]]

    def compare(one: Value, other: Value) -> Value:
        if isinstance(one, int) and isinstance(other, int):
            pair = (one & mask, other & mask)
            return int(function(*(_signed(n, width) if is_signed else n for n in pair)))
        return settle((words.compare(relation, bits_of(one, width), bits_of(other, width)),))

    return compare


def _address(type_: str, pointer_bits: int, *, inside: bool) -> Operation:
    """Return the operation from a base, an index, and within an array a second, signed index."""
    size = size_in_bits(type_, pointer_bits) // 8
    within = size_in_bits(type_[1:-1].partition(" x ")[2], pointer_bits) // 8 if inside else 0

    def address(base: Value, index: Value, inner: Value = 0) -> Value:
        first = _signed(wrap(the_one(index), pointer_bits), pointer_bits) * size
        second = _signed(wrap(the_one(inner), pointer_bits), pointer_bits) * within
        return wrap(the_one(base) + first + second, pointer_bits)

    return address


def find_intrinsic(name: str, types: Sequence[str], pointer_bits: int, words: Words) -> Operation:
    """Return the operation of one of LLVM's own functions, by the types of its arguments.

    Raises `NotUnderstoodError` for an unknown function.
    """
    width = size_in_bits(types[0], pointer_bits)
    short = name.split(".")[1]
    if short in EXTREMES:
        relation = EXTREMES[short]

        def extreme(one: Value, other: Value) -> Value:
            pair = bits_of(one, width), bits_of(other, width)
            return words.choose(words.compare(relation, *pair), settle(pair[0]), settle(pair[1]))

        return extreme
    if name.startswith(SATURATING):
        return _saturating(short[1:], width, words)
    match short:
        case "bswap":
            return lambda one: settle(_swapped(bits_of(one, width)))
        case "bitreverse":
            return lambda one: settle(reversed(bits_of(one, width)))
        case "fshl":
            return lambda high, low, by: _funnel(high, low, the_one(by) % width, width)
        case "fshr":
            return lambda high, low, by: _funnel(high, low, width - the_one(by) % width, width)
    raise NotUnderstoodError(f"it calls {name}")


def _saturating(name: str, width: int, words: Words) -> Operation:
    """Return saturating addition or subtraction of unsigned numbers: all ones or 0."""
    limit, fits = ((1 << width) - 1, "uge") if name == "add" else (0, "ule")

    def saturate(one: Value, other: Value) -> Value:
        first, second = bits_of(one, width), bits_of(other, width)
        made = words.compute(name, first, second)
        return words.choose(words.compare(fits, made, first), settle(made), limit)

    return saturate


def _swapped(bits: Bits) -> Bits:
    count = len(bits)
    return tuple(bits[count - 8 - place + place % 8 * 2] for place in range(count))


def _funnel(high: Value, low: Value, by: int, width: int) -> Value:
    both = bits_of(low, width) + bits_of(high, width)
    return settle(both[width - by : 2 * width - by])


def pairs(parts: Sequence[Operand]) -> list[tuple[Operand, Operand]]:
    """Return the parts two by two, such as values and labels."""
    return list(zip(parts[::2], parts[1::2], strict=True))


def wrap(value: int, width: int) -> int:
    """Return the value's lowest `width` bits."""
    return value & ((1 << width) - 1)


def _signed(value: int, width: int) -> int:
    return value - (1 << width) if value >> (width - 1) & 1 else value
