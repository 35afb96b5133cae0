"""C's integers: a value with the width and sign of its type, and C's operators on them.

Integer promotion and the usual arithmetic conversions are those of C17, 6.3.1.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["INT", "Integer", "apply_binary", "apply_unary", "choose", "parse_integer"]


@dataclass(frozen=True, slots=True)
class Integer:
    """A value of an integer type of `byte_size` bytes; the value is always in the type's range."""

    value: int
    byte_size: int
    signed: bool

    def converted(self, byte_size: int, *, signed: bool) -> Integer:
        """Return the value converted to another type, with two's complement truncation."""
        value = self.value & ((1 << byte_size * 8) - 1)
        if signed and value >> (byte_size * 8 - 1):
            value -= 1 << byte_size * 8
        return Integer(value, byte_size, signed)

    def promoted(self) -> Integer:
        """Return the value after integer promotion: at least an `int`."""
        return self.converted(INT, signed=True) if self.byte_size < INT else self


INT: Final = 4
"""Size of `int` in bytes, equal in all seven psABIs."""

_ARITHMETIC: Final[MappingProxyType[str, Callable[[int, int], int]]] = MappingProxyType(
    {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "&": operator.and_,
        "|": operator.or_,
        "^": operator.xor,
    }
)
_COMPARING: Final[MappingProxyType[str, Callable[[int, int], bool]]] = MappingProxyType(
    {
        "==": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }
)


def apply_unary(op: str, operand: Integer) -> Integer:
    """Apply `+`, `-`, `~` or `!`. Raises `ValueError` for another operator."""
    promoted = operand.promoted()
    match op:
        case "!":
            return Integer(int(operand.value == 0), INT, signed=True)
        case "+":
            value = promoted.value
        case "-":
            value = -promoted.value
        case "~":
            value = ~promoted.value
        case _:
            raise ValueError(f"the operator {op} has no constant value")
    return Integer(value, 16, signed=True).converted(promoted.byte_size, signed=promoted.signed)


def apply_binary(op: str, left: Integer, right: Integer) -> Integer:
    """Apply a binary operator. Raises `ValueError` for division by zero and unknown operators."""
    if op in {"&&", "||"}:
        truths = (bool(left.value), bool(right.value))
        return Integer(int(all(truths) if op == "&&" else any(truths)), INT, signed=True)
    left, right = left.promoted(), right.promoted()
    if op in {"<<", ">>"}:
        if not 0 <= right.value < left.byte_size * 8:
            raise ValueError(f"a shift by {right.value} bits has no value")
        value = left.value << right.value if op == "<<" else left.value >> right.value
        return Integer(value, 0, signed=True).converted(left.byte_size, signed=left.signed)
    byte_size, signed = _common_type(left, right)
    left, right = (side.converted(byte_size, signed=signed) for side in (left, right))
    if op in _COMPARING:
        return Integer(int(_COMPARING[op](left.value, right.value)), INT, signed=True)
    if op in _ARITHMETIC:
        value = _ARITHMETIC[op](left.value, right.value)
    elif op in {"/", "%"}:
        if right.value == 0:
            raise ValueError("a division by zero has no value")
        quotient = abs(left.value) // abs(right.value)
        if (left.value < 0) != (right.value < 0):
            quotient = -quotient
        value = quotient if op == "/" else left.value - quotient * right.value
    else:
        raise ValueError(f"the operator {op} has no constant value")
    return Integer(value, 0, signed=True).converted(byte_size, signed=signed)


def choose(chosen: Integer, other: Integer) -> Integer:
    """The value of `?:` with the type that its two results have in common (C17, 6.5.15)."""
    byte_size, signed = _common_type(chosen.promoted(), other.promoted())
    return chosen.converted(byte_size, signed=signed)


def _common_type(left: Integer, right: Integer) -> tuple[int, bool]:
    """The size and sign to which two promoted operands are converted (C17, 6.3.1.8)."""
    byte_size = max(left.byte_size, right.byte_size)
    # Unsigned wins where it is at least as wide.
    return byte_size, all(side.signed or side.byte_size < byte_size for side in (left, right))


def parse_integer(text: str, *, long_size: int) -> Integer:
    """Return an integer constant in the first type of C17's 6.4.4.1 that holds it."""
    digits = text.rstrip("uUlL").replace("'", "")
    suffix = text[len(text.rstrip("uUlL")) :].lower()
    is_decimal = not digits.startswith("0") or digits == "0"
    if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        value = int(digits, 8)
    else:
        value = int(digits, 0)
    longs = suffix.count("l")
    for byte_size in (INT, long_size, 8)[longs:]:
        for signed in (True, False):
            if (signed and "u" in suffix) or (not signed and is_decimal and "u" not in suffix):
                continue
            if value < 1 << (byte_size * 8 - signed):
                return Integer(value, byte_size, signed)
    raise ValueError(f"{text} does not fit any integer type")
