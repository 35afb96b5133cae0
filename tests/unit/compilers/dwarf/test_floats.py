"""floats.py: the bytes of floating-point numbers, against clang's and by their formats."""

from __future__ import annotations

import math
import struct
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoutcheck.compilers.dwarf.floats import decode_float
from layoutcheck.model.layout_set import LongFloat


def x87(number: float) -> bytes:
    """A number of x87's format in 16 bytes, of which six say nothing."""
    sign = 1 if math.copysign(1.0, number) < 0 else 0
    fraction, exponent = math.frexp(abs(number))
    digits = int(math.ldexp(fraction, 64))
    biased = 0 if number == 0 else exponent + 16382
    return (digits | biased << 64 | sign << 79).to_bytes(10, "little") + b"\xaa" * 6


def quad(number: float) -> bytes:
    """A number of binary128."""
    sign = 1 if math.copysign(1.0, number) < 0 else 0
    fraction, exponent = math.frexp(abs(number))
    digits = int(math.ldexp(fraction, 113)) & ((1 << 112) - 1)
    biased = 0 if number == 0 else exponent + 16382
    return (digits | biased << 112 | sign << 127).to_bytes(16, "little")


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_what_a_float_holds_is_one(number: float) -> None:
    """A number that a float holds exactly is decoded to that float, including the sign of zero."""
    for data, is_x87 in ((x87(number), True), (quad(number), False)):
        found = decode_float(data, is_x87=is_x87)
        assert isinstance(found, float)
        assert struct.pack("d", found) == struct.pack("d", number)


@pytest.mark.parametrize(
    ("data", "is_x87", "expected"),
    [
        # 0.1L in clang's output for amd64, and for arm64.
        (bytes.fromhex("cdccccccccccccccfb3f"), True, (0xCCCCCCCCCCCCCCCD, -67)),
        (bytes.fromhex("9a999999999999999999999999 99fb3f".replace(" ", "")), False, None),
    ],
)
def test_what_no_float_holds(
    data: bytes, *, is_x87: bool, expected: tuple[int, int] | None
) -> None:
    """A number that no float holds has all its digits, and its `nearest` float."""
    found = decode_float(data, is_x87=is_x87)
    assert isinstance(found, LongFloat)
    assert found.nearest == 0.1
    assert found.digits % 2 == 1
    exact = Fraction(found.digits) * Fraction(2) ** found.exponent
    assert abs(exact - Fraction(1, 10)) < Fraction(1, 2**60)
    if expected is not None:
        assert (found.digits, found.exponent) == expected


def test_what_is_no_number() -> None:
    """Infinities have a sign, NaN is a float, and bytes of an unknown size are no number."""
    assert decode_float(bytes.fromhex("0000000000000080ff7f"), is_x87=True) == math.inf
    assert decode_float(bytes.fromhex("0000000000000080ffff"), is_x87=True) == -math.inf
    nan = decode_float(bytes.fromhex("00000000000000c0ff7f"), is_x87=True)
    assert isinstance(nan, float)
    assert math.isnan(nan)
    assert decode_float(struct.pack("<e", 1.5), is_x87=False) == 1.5
    assert decode_float(b"\0" * 10, is_x87=False) is None
    assert LongFloat(digits=-1, exponent=20000).nearest == -math.inf
