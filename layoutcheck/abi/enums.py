"""An enum's node -> its size, sign and values.

C leaves an enum's type to the compiler. The psABIs say `int`. clang and GCC take `unsigned int` if
no value is negative, and a wider type if a value does not fit. A `packed` enum has the smallest
type that holds all values. FreeBSD compiles arm without short enums, which the AAPCS leaves to the
platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from layoutcheck.abi.integers import INT, Integer
from layoutcheck.abi.place_members import Attributes, Sized
from layoutcheck.abi.psabi import PsAbi
from layoutcheck.errors import DeclarationError
from layoutcheck.model.explanation import AlignedBy
from layoutcheck.model.layout import BaseType, Encoding, EnumType, strip

__all__ = ["enumerators_of", "lay_out_enum", "next_value"]

_WIDEST: Final = 8


def next_value(before: Mapping[str, Integer], value: Integer | None) -> Integer:
    """Return an enumerator's value: the written one, or one more than the previous value.

    Its type within the enum is `int` if that holds the value; otherwise the type of the expression,
    or the next wider type with the sign of the previous value (C23, 6.7.3.3).
    """
    if value is not None:
        return value.converted(INT, signed=True) if _is_int(value.value) else value
    *_, last = (Integer(-1, INT, signed=True), *before.values())
    for size, signed in ((last.byte_size, last.signed), (_WIDEST, last.signed), (_WIDEST, False)):
        low, high = _range(size, signed=signed)
        if low <= last.value + 1 <= high:
            return Integer(last.value + 1, size, signed)
    raise DeclarationError(f"the enumerator {last.value + 1} fits no type")


def lay_out_enum(
    name: str | None,
    values: Mapping[str, Integer],
    attributes: Attributes,
    fixed: Sized | None,
    psabi: PsAbi,
) -> Sized:
    """Return the type of an enum with these values; `fixed` is the type that the enum names."""
    size, signed = _shape(values, packed=attributes.packed) if fixed is None else _base(fixed)
    if fixed is not None:
        alignment = fixed.alignment
    else:
        alignment = psabi.scalars["long long"][1] if size == _WIDEST else size
    return Sized(
        type=EnumType(
            name=name,
            byte_size=size,
            signed=signed,
            enumerators=tuple((each, value.value) for each, value in values.items()),
        ),
        byte_size=size,
        alignment=attributes.aligned or alignment,
        aligned_by=AlignedBy.ENUM if attributes.aligned else AlignedBy.TYPE,
    )


def enumerators_of(
    sized: Sized, values: Mapping[str, Integer], *, is_fixed: bool
) -> Mapping[str, Integer]:
    """Return the values with the type that they have after the enum.

    The type is `int`, or the enum's if that is wider. The values of an enum that names its type
    have that type (C23).
    """
    enum = sized.type
    is_int = not is_fixed and all(_is_int(value.value) for value in values.values())
    if not isinstance(enum, EnumType) or is_int:
        return values
    return {n: v.converted(enum.byte_size, signed=enum.signed) for n, v in values.items()}


def _base(fixed: Sized) -> tuple[int, bool]:
    """Return the size and sign of the type that the enum names."""
    base = strip(fixed.type)
    is_signed = isinstance(base, BaseType) and base.encoding is Encoding.SIGNED
    return fixed.byte_size, is_signed


def _shape(values: Mapping[str, Integer], *, packed: bool) -> tuple[int, bool]:
    numbers = [each.value for each in values.values()]
    signed = min(numbers) < 0
    for size in (1, 2, INT, _WIDEST) if packed else (INT, _WIDEST):
        low, high = _range(size, signed=signed)
        if low <= min(numbers) and max(numbers) <= high:
            return size, signed
    raise DeclarationError("an enum whose values fit no type")


def _is_int(number: int) -> bool:
    low, high = _range(INT, signed=True)
    return low <= number <= high


def _range(size: int, *, signed: bool) -> tuple[int, int]:
    bits = size * 8
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
