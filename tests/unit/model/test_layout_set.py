"""layout_set.py: numbers that no `float` can hold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoutcheck.model.layout_set import LongFloat


@pytest.mark.parametrize(
    ("digits", "exponent", "nearest"),
    [
        (1, 0, 1.0),
        (-3, -1, -1.5),
        (0xCCCC_CCCC_CCCC_CCCD, -67, 0.1),
        (1, 1023, 2.0**1023),
        (1, 1024, math.inf),
        (-1, 16383, -math.inf),
        (1, -1074, 5e-324),
        (1, -16445, 0.0),
        ((1 << 63) + 1, -63, 1.0),  # equal to 1 as a double
    ],
)
def test_nearest(digits: int, exponent: int, nearest: float) -> None:
    """A number too great for a `float` is an infinity of its sign, and one too small is 0."""
    assert LongFloat(digits=digits, exponent=exponent).nearest == nearest


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_its_own_nearest(value: float) -> None:
    """The nearest float of a float is itself."""
    numerator, denominator = value.as_integer_ratio()
    exponent = 1 - denominator.bit_length()
    assert LongFloat(digits=numerator, exponent=exponent).nearest == value
