"""integers.py: C's integer constants, conversions and operators (C17, 6.3.1, 6.4.4.1, 6.5)."""

from __future__ import annotations

import pytest

from layoutcheck.abi.integers import (
    Integer,
    apply_binary,
    apply_unary,
    choose,
    parse_integer,
)


def int_(value: int) -> Integer:
    """A value of type `int`."""
    return Integer(value, 4, signed=True)


def unsigned(value: int) -> Integer:
    """A value of type `unsigned int`."""
    return Integer(value, 4, signed=False)


def long_(value: int) -> Integer:
    """A value of type `long` of eight bytes."""
    return Integer(value, 8, signed=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", int_(0)),
        ("010", int_(8)),
        ("0x7fffffff", int_(0x7FFF_FFFF)),
        ("0b101", int_(5)),
        ("1'000", int_(1000)),
        ("2147483647", int_(0x7FFF_FFFF)),
        ("2147483648", long_(0x8000_0000)),
        ("0x80000000", unsigned(0x8000_0000)),
        ("020000000000", unsigned(0x8000_0000)),
        ("0x100000000", long_(0x1_0000_0000)),
        ("1u", unsigned(1)),
        ("4294967296U", Integer(0x1_0000_0000, 8, signed=False)),
        ("1L", long_(1)),
        ("1ul", Integer(1, 8, signed=False)),
        ("1LLU", Integer(1, 8, signed=False)),
        ("0xffffffffffffffff", Integer(0xFFFF_FFFF_FFFF_FFFF, 8, signed=False)),
    ],
)
def test_a_constant_has_the_first_type_that_holds_it(text: str, expected: Integer) -> None:
    """A decimal constant without `u` never becomes unsigned; the others may (6.4.4.1, table)."""
    assert parse_integer(text, long_size=8) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1l", int_(1)),
        ("2147483648", long_(0x8000_0000)),
        ("2147483648l", long_(0x8000_0000)),
        ("0x80000000l", unsigned(0x8000_0000)),
        ("1ll", long_(1)),
    ],
)
def test_a_constant_where_long_has_four_bytes(text: str, expected: Integer) -> None:
    """`long long` comes after `long`, as on i386 and armv7."""
    assert parse_integer(text, long_size=4) == expected


def test_a_constant_that_fits_no_type() -> None:
    """The largest is that of `unsigned long long`, in decimals that of `long long`."""
    for text in ("0x10000000000000000", "9223372036854775808"):
        with pytest.raises(ValueError, match=f"^{text} does not fit any integer type$"):
            parse_integer(text, long_size=8)


@pytest.mark.parametrize(
    ("value", "byte_size", "signed", "expected"),
    [
        (0x1FF, 1, False, 0xFF),
        (0x1FF, 1, True, -1),
        (0x80, 1, True, -128),
        (0x7F, 1, True, 127),
        (-1, 4, False, 0xFFFF_FFFF),
        (-1, 8, True, -1),
    ],
)
def test_a_conversion_keeps_the_low_bits(
    value: int, byte_size: int, expected: int, *, signed: bool
) -> None:
    """A value is reduced modulo the width, then read in two's complement (6.3.1.3)."""
    converted = long_(value).converted(byte_size, signed=signed)
    assert converted == Integer(expected, byte_size, signed)


def test_a_small_type_is_promoted_to_int() -> None:
    """Unsigned ones too, for `int` holds all their values (6.3.1.1); wider ones stay."""
    assert Integer(255, 1, signed=False).promoted() == int_(255)
    assert Integer(-1, 2, signed=True).promoted() == int_(-1)
    assert unsigned(7).promoted() == unsigned(7)
    assert long_(7).promoted() == long_(7)


@pytest.mark.parametrize(
    ("op", "operand", "expected"),
    [
        ("-", int_(5), int_(-5)),
        ("-", unsigned(1), unsigned(0xFFFF_FFFF)),
        ("+", Integer(200, 1, signed=False), int_(200)),
        ("~", int_(0), int_(-1)),
        ("~", unsigned(0), unsigned(0xFFFF_FFFF)),
        ("~", Integer(0, 1, signed=False), int_(-1)),
        ("!", long_(0), int_(1)),
        ("!", unsigned(9), int_(0)),
    ],
)
def test_an_operator_of_one_operand(op: str, operand: Integer, expected: Integer) -> None:
    """The operand is promoted first; `!` is always an `int` (6.5.3.3)."""
    assert apply_unary(op, operand) == expected


@pytest.mark.parametrize(
    ("op", "left", "right", "expected"),
    [
        ("+", int_(1), long_(2), long_(3)),
        ("-", unsigned(0), int_(1), unsigned(0xFFFF_FFFF)),
        ("-", unsigned(0), long_(1), long_(-1)),
        ("*", Integer(255, 1, signed=False), Integer(255, 1, signed=False), int_(65025)),
        ("/", int_(-7), int_(2), int_(-3)),
        ("%", int_(-7), int_(2), int_(-1)),
        ("%", int_(7), int_(-2), int_(1)),
        ("/", int_(-1), unsigned(2), unsigned(0x7FFF_FFFF)),
        ("&", int_(-1), long_(0xFF), long_(0xFF)),
        ("|", int_(6), int_(9), int_(15)),
        ("^", int_(6), int_(5), int_(3)),
        ("<", int_(-1), unsigned(0), int_(0)),
        ("<", int_(-1), long_(0), int_(1)),
        (">=", int_(3), int_(3), int_(1)),
        ("!=", int_(3), int_(3), int_(0)),
        ("&&", int_(2), long_(0), int_(0)),
        ("||", int_(0), long_(4), int_(1)),
        ("<<", int_(1), long_(31), int_(-0x8000_0000)),
        ("<<", unsigned(1), int_(31), unsigned(0x8000_0000)),
        (">>", int_(-8), int_(1), int_(-4)),
        (">>", unsigned(0xFFFF_FFFF), int_(28), unsigned(15)),
    ],
)
def test_an_operator_of_two_operands(
    op: str, left: Integer, right: Integer, expected: Integer
) -> None:
    """Both have one type first, but for shifts; quotients are cut towards zero (6.5.5 to 6.5.14).

    Where C17 leaves it to the implementation, as of a negative number's shift, clang's choice.
    """
    assert apply_binary(op, left, right) == expected


@pytest.mark.parametrize(
    ("chosen", "other", "expected"),
    [
        (int_(-1), unsigned(2), unsigned(0xFFFF_FFFF)),
        (int_(-1), long_(2), long_(-1)),
        (Integer(255, 1, signed=False), int_(0), int_(255)),
        (int_(3), int_(4), int_(3)),
    ],
)
def test_a_choice_has_the_common_type(chosen: Integer, other: Integer, expected: Integer) -> None:
    """The result that is not chosen counts for the type (6.5.15)."""
    assert choose(chosen, other) == expected


@pytest.mark.parametrize(
    ("op", "right", "words"),
    [
        ("/", 0, "a division by zero has no value"),
        ("%", 0, "a division by zero has no value"),
        ("<<", 32, "a shift by 32 bits has no value"),
        (">>", -1, "a shift by -1 bits has no value"),
        ("=", 1, "the operator = has no constant value"),
    ],
)
def test_an_operation_without_a_value(op: str, right: int, words: str) -> None:
    """C leaves it undefined, or it is no operator of constants."""
    with pytest.raises(ValueError, match=f"^{words}$"):
        apply_binary(op, int_(1), int_(right))


def test_an_operator_of_one_operand_that_has_no_value() -> None:
    """A constant cannot be incremented."""
    with pytest.raises(ValueError, match=r"^the operator p\+\+ has no constant value$"):
        apply_unary("p++", int_(1))
