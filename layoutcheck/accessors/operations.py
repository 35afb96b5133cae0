"""Instructions of LLVM's IR that have a value and touch no memory -> functions of integers.

All values are integers of 0 or more, below the limit of their width (LLVM Language Reference).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

from layoutcheck.accessors.ir import Instruction, Operand, size_in_bits

__all__ = ["NotUnderstoodError", "Operation", "find_intrinsic", "find_operation", "pairs", "wrap"]

Operation: TypeAlias = Callable[..., int]

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
SHIFTS: Final = ("shl", "lshr", "ashr")
DIVISIONS: Final = ("udiv", "urem")


class NotUnderstoodError(Exception):
    """An instruction that is not known, or a function that has no value here; it says which."""


def find_operation(
    instruction: Instruction, pointer_bits: int
) -> tuple[Operation, tuple[Operand, ...]]:
    """What an instruction does, and which of its parts that is done with.

    Raises `NotUnderstoodError` for one that is not known.
    """
    parts = instruction.parts
    match instruction.operation:
        case "binary":
            return _binary(str(parts[0]), size_in_bits(str(parts[1]), pointer_bits)), parts[2:4]
        case "cast":
            widths = (size_in_bits(str(type_), pointer_bits) for type_ in (parts[1], parts[3]))
            return _cast(*widths, keeps_sign=parts[0] == "sext"), (parts[2],)
        case "compare":
            width = size_in_bits(str(parts[1]), pointer_bits)
            return _compare(str(parts[0]), width), parts[2:4]
        case "address":
            operands = parts[1:3] if parts[3] == "" else parts[1:4]
            return _address(str(parts[0]), pointer_bits, inside=parts[3] != ""), operands
    raise NotUnderstoodError(f"it does: {instruction.text}")


def _binary(name: str, width: int) -> Operation:
    mask = (1 << width) - 1
    if name in SHIFTS:
        return lambda one, by: _shift(name, width, one & mask, by & mask)
    function = ARITHMETIC[name]
    if name in DIVISIONS:

        def divide(one: int, other: int) -> int:
            if not other & mask:
                raise NotUnderstoodError("it divides by zero")
            return function(one & mask, other & mask)

        return divide
    return lambda one, other: function(one, other) & mask


def _shift(name: str, width: int, one: int, by: int) -> int:
    if by >= width:
        raise NotUnderstoodError(f"it shifts {width} bits by {by}")
    if name == "shl":
        return wrap(one << by, width)
    return wrap((_signed(one, width) if name == "ashr" else one) >> by, width)


def _cast(width: int, new_width: int, *, keeps_sign: bool) -> Operation:
    mask, new_mask = (1 << width) - 1, (1 << new_width) - 1
    if keeps_sign:
        return lambda value: _signed(value & mask, width) & new_mask
    return lambda value: value & mask & new_mask


def _compare(relation: str, width: int) -> Operation:
    mask = (1 << width) - 1
    function = RELATIONS[relation[-2:]]
    if relation.startswith("s"):
        return lambda one, other: int(
            function(_signed(one & mask, width), _signed(other & mask, width))
        )
    return lambda one, other: int(function(one & mask, other & mask))


def _address(type_: str, pointer_bits: int, *, inside: bool) -> Operation:
    """From a base, an index, and within an array one more: indices count with their sign."""
    size = size_in_bits(type_, pointer_bits) // 8
    within = size_in_bits(type_[1:-1].partition(" x ")[2], pointer_bits) // 8 if inside else 0

    def address(base: int, index: int, inner: int = 0) -> int:
        first = _signed(wrap(index, pointer_bits), pointer_bits) * size
        second = _signed(wrap(inner, pointer_bits), pointer_bits) * within
        return wrap(base + first + second, pointer_bits)

    return address


def find_intrinsic(name: str, types: Sequence[str], pointer_bits: int) -> Operation:
    """What one of LLVM's own functions does with its arguments, which are of these types.

    Raises `NotUnderstoodError` for one that is not known.
    """
    width = size_in_bits(types[0], pointer_bits)
    match name.split(".")[1]:
        case "umin":
            return min
        case "umax":
            return max
        case "bswap":
            return lambda one: int.from_bytes(one.to_bytes(width // 8, "little"), "big")
        case "bitreverse":
            return lambda one: int(f"{one:0{width}b}"[::-1], 2)
        case "fshl":
            return lambda high, low, by: _funnel(high, low, by % width, width)
        case "fshr":
            return lambda high, low, by: _funnel(high, low, width - by % width, width)
    raise NotUnderstoodError(f"it calls {name}")


def _funnel(high: int, low: int, by: int, width: int) -> int:
    return wrap((high << width | low) >> (width - by), width)


def pairs(parts: Sequence[Operand]) -> list[tuple[Operand, Operand]]:
    """Parts that stand two by two, such as values and labels."""
    return list(zip(parts[::2], parts[1::2], strict=True))


def wrap(value: int, width: int) -> int:
    """The value's lowest bits."""
    return value & ((1 << width) - 1)


def _signed(value: int, width: int) -> int:
    return value - (1 << width) if value >> (width - 1) & 1 else value
