"""Integers whose bits may be formulas, and LLVM's instructions on them.

A value is one integer if all its bits are known. Otherwise it is a tuple with the formula of each
bit, the lowest first. Most values are known, such as indices and masks, and are computed as
integers elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from layoutcheck.compilers.llvm_ir.formulas import FALSE, TRUE, Formulas
from layoutcheck.compilers.llvm_ir.unsupported import NotUnderstoodError

__all__ = ["Bits", "Value", "Words", "bits_of", "settle", "the_one"]

Bits: TypeAlias = tuple[int, ...]
Value: TypeAlias = int | Bits

DEPENDS: Final = "an address or a size depends on the bits"


def bits_of(value: Value, width: int) -> Bits:
    """Return the formulas of a value's lowest bits."""
    if isinstance(value, int):
        return tuple([value >> place & 1 for place in range(width)])
    return value if len(value) == width else value[:width] + (FALSE,) * (width - len(value))


def settle(bits: Iterable[int]) -> Value:
    """Return the value with these bits: an integer if all are known."""
    bits = tuple(bits)
    if max(bits, default=FALSE) <= TRUE:
        return sum([bit << place for place, bit in enumerate(bits)])
    return bits


def the_one(value: Value) -> int:
    """Return the integer if the value is known. Raises `NotUnderstoodError` otherwise."""
    if isinstance(value, tuple):
        raise NotUnderstoodError(DEPENDS)
    return value


class Words:
    """Arithmetic on operands of equal numbers of bits."""

    def __init__(self, formulas: Formulas) -> None:
        self.formulas: Final = formulas
        each = self._each
        self._binary: Final[dict[str, Callable[[Bits, Bits], Bits]]] = {
            "and": self._and,
            "or": each(formulas.either),
            "xor": each(formulas.differ),
            "add": self._add,
            "sub": lambda one, other: self._add(one, self._inverted(other), carry=TRUE),
            "mul": self._multiply,
            "shl": lambda one, by: self._shifted(one, by, _up),
            "lshr": lambda one, by: self._shifted(one, by, _down),
            "ashr": lambda one, by: self._shifted(one, by, _down_signed),
        }

    def compute(self, name: str, one: Bits, other: Bits) -> Bits:
        """Return the result of a binary instruction on two operands of one width."""
        if name not in self._binary:
            raise NotUnderstoodError(f"it does {name} with the bits")
        return self._binary[name](one, other)

    def compare(self, relation: str, one: Bits, other: Bits) -> int:
        """Return the formula of a comparison such as `eq`, `ne`, `ult` or `sge`."""
        formulas = self.formulas
        if relation in ("eq", "ne"):
            unlike = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
            same = formulas.all_of(formulas.negate(formulas.differ(*pair)) for pair in unlike)
            return same if relation == "eq" else formulas.negate(same)
        if relation.startswith("s"):
            one, other = _with_sign_turned(one, formulas), _with_sign_turned(other, formulas)
        if relation[1:] in ("gt", "le"):
            one, other = other, one
        less = FALSE
        for a, b in zip(one, other, strict=True):
            less = formulas.choose(formulas.differ(a, b), b, less)
        return less if relation[1:] in ("lt", "gt") else formulas.negate(less)

    def inside(self, bits: Bits, ranges: Iterable[tuple[int, int]]) -> int:
        """Return the formula for a number in one of the ranges, each with first number and end.

        A range whose end is before its first number wraps around (LLVM Language Reference,
        "range").
        """
        formulas, found, width = self.formulas, FALSE, len(bits)
        for first, end in ranges:
            after = self.compare("uge", bits, bits_of(first, width))
            before = self.compare("ult", bits, bits_of(end, width))
            is_plain = first % (1 << width) < end % (1 << width)
            part = (formulas.both if is_plain else formulas.either)(after, before)
            found = formulas.either(found, part)
        return found

    def choose(self, condition: int, one: Value, other: Value) -> Value:
        """Return `one` where the condition holds, else `other`."""
        if one == other:
            return one
        width = max(_length(one), _length(other))
        pairs, choose = (
            zip(bits_of(one, width), bits_of(other, width), strict=True),
            self.formulas.choose,
        )
        return settle([a if a == b else choose(condition, a, b) for a, b in pairs])

    def _each(self, operation: Callable[[int, int], int]) -> Callable[[Bits, Bits], Bits]:
        return lambda one, other: tuple(map(operation, one, other))

    def _and(self, one: Bits, other: Bits) -> Bits:
        both = self.formulas.both
        return tuple(
            [
                (a if b == TRUE else both(a, b)) if a and b else FALSE
                for a, b in zip(one, other, strict=True)
            ]
        )

    def _inverted(self, one: Bits) -> Bits:
        return tuple(map(self.formulas.negate, one))

    def _add(self, one: Bits, other: Bits, carry: int = FALSE) -> Bits:
        formulas, total = self.formulas, list[int]()
        for a, b in zip(one, other, strict=True):
            differ = formulas.differ(a, b)
            total.append(formulas.differ(differ, carry))
            carry = formulas.choose(differ, carry, a)
        return tuple(total)

    def _multiply(self, one: Bits, other: Bits) -> Bits:
        total: Bits = (FALSE,) * len(one)
        for place, bit in enumerate(other):
            if bit != FALSE:
                part = (self.formulas.both(bit, a) for a in _up(one, place))
                total = self._add(total, tuple(part))
        return total

    def _shifted(self, one: Bits, by: Bits, shift: Callable[[Bits, int], Bits]) -> Bits:
        for place, bit in enumerate(by):
            if bit == FALSE:
                continue
            if 1 << place >= len(one):
                raise NotUnderstoodError(f"it shifts {len(one)} bits by as many or more")
            pairs = zip(shift(one, 1 << place), one, strict=True)
            one = tuple(self.formulas.choose(bit, a, b) for a, b in pairs)
        return one


def _up(bits: Sequence[int], by: int) -> Bits:
    return ((FALSE,) * by + tuple(bits))[: len(bits)]


def _down(bits: Bits, by: int) -> Bits:
    return bits[by:] + (FALSE,) * by


def _down_signed(bits: Bits, by: int) -> Bits:
    return bits[by:] + bits[-1:] * by


def _with_sign_turned(bits: Bits, formulas: Formulas) -> Bits:
    return (*bits[:-1], formulas.negate(bits[-1]))


def _length(value: Value) -> int:
    return value.bit_length() if isinstance(value, int) else len(value)
