"""The bytes of a floating-point number, lowest first -> the number. Pure."""

from __future__ import annotations

import struct
from fractions import Fraction
from math import copysign, inf, nan
from typing import Final

from layoutcheck.model.layout_set import LongFloat

__all__ = ["decode_float"]

_COMMON: Final = {2: "e", 4: "f", 8: "d"}
_X87: Final = 10
"""Significant bytes of an x87 number, which takes 12 (i386) or 16 of them (amd64)."""
_QUAD: Final = 16
_EXPONENT: Final = 0x7FFF
"""Highest exponent of both formats: infinities and NaN. The bias is half of it."""


def decode_float(data: bytes, *, is_x87: bool) -> float | LongFloat | None:
    """Return the number; None for an unknown size.

    x87's `long double` has 64 bits behind the exponent, the first of which is explicit (SysV psABI,
    i386 and amd64). IEEE 754's binary128 has 112 bits there.
    """
    if len(data) in _COMMON:
        number: float = struct.unpack(f"<{_COMMON[len(data)]}", data)[0]
        return number
    if is_x87 and len(data) >= _X87:
        bits, width = int.from_bytes(data[:_X87], "little"), 64
        exponent, mantissa = bits >> width & _EXPONENT, bits & ((1 << width) - 1)
        digits, point = mantissa, width - 1
        fraction = mantissa & ((1 << point) - 1)
        sign = -1 if bits >> 79 & 1 else 1
    elif len(data) == _QUAD:
        bits, width = int.from_bytes(data, "little"), 112
        exponent, fraction = bits >> width & _EXPONENT, bits & ((1 << width) - 1)
        digits, point = fraction + ((exponent > 0) << width), width
        sign = -1 if bits >> 127 & 1 else 1
    else:
        return None
    if exponent == _EXPONENT:
        return copysign(nan if fraction else inf, sign)
    if not digits:
        return copysign(0.0, sign)
    zeros = (digits & -digits).bit_length() - 1
    power = max(exponent, 1) - (_EXPONENT >> 1) - point + zeros
    exact = LongFloat(digits=sign * (digits >> zeros), exponent=power)
    is_a_float = exact.nearest == Fraction(exact.digits) * Fraction(2) ** power
    return exact.nearest if is_a_float else exact
