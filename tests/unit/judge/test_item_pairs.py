"""item_pairs.py: the difference of two constants, and their spelling."""

from __future__ import annotations

import math
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoutcheck.judge.item_pairs import ConstantPair, spell_enum, spell_function, spell_value
from layoutcheck.model.layout import BaseType, Encoding, EnumType, FunctionType, PointerType, Type
from layoutcheck.model.layout_set import ConstantValue, LongFloat, Number
from tests.layouts import BOOL, CHAR, F32, I8, I32, I64, PTR, U8, U32, U64, array, base

F64 = base("double", 8, Encoding.FLOAT)
Worth: TypeAlias = tuple[Type, Number | bytes | tuple[Number, ...]]


TENTH = LongFloat(digits=0xCCCC_CCCC_CCCC_CCCD, exponent=-67)


def pair(c: Worth, rust: Worth, *, is_text: bool = False) -> ConstantPair:
    """Two constants of these types and values."""
    return ConstantPair(
        c=ConstantValue(type=c[0], value=c[1]),
        rust=ConstantValue(type=rust[0], value=rust[1]),
        is_text=is_text,
    )


@pytest.mark.parametrize(
    ("c", "rust", "difference"),
    [
        ((I32, 1), (U32, 1), None),
        ((I32, 1), (U8, 1), None),
        ((U64, 1), (U32, 1), None),
        ((I32, 1), (BOOL, 1), None),
        ((I32, -1), (U32, 0xFFFF_FFFF), None),
        ((I32, -1), (U64, 0xFFFF_FFFF_FFFF_FFFF), None),
        ((U32, 0x8000_0000), (I32, -0x8000_0000), None),
        ((PTR, 0xFFFF_FFFF_FFFF_FFFF), (I64, -1), None),
        ((I32, -1), (U64, 0xFFFF_FFFF), "sign"),
        ((U64, 0x8000_0000), (I32, -0x8000_0000), "sign"),
        ((U32, 0xFFFF_FFFF), (I64, -1), "sign"),
        ((U64, 0x1_0000_0001), (U32, 1), "width"),
        ((U64, 0xFFFF_FFFF_FFFF_FFFF), (I32, -1), "width"),
        ((I32, 300), (U8, 44), "width"),
        ((I32, 300), (U8, 45), "value"),
        ((I32, 1), (I32, 2), "value"),
        ((F64, 1.5), (F32, 1.5), None),
        ((F64, 0.1), (F32, 0.10000000149011612), "width"),
        ((F64, 0.1), (F64, 0.2), "value"),
        ((F64, 1.0), (I32, 1), "kind"),
        ((array(CHAR, 4), b"mtx\0"), (I32, 1), "kind"),
        ((array(CHAR, 4), b"mtx\0"), (array(U8, 4), b"mtx\0"), None),
        ((array(CHAR, 4), b"mtx\0"), (array(U8, 3), b"mtx"), "value"),
        ((array(CHAR, 4), b"mtx\0"), (array(U8, 3), b"mtz"), "value"),
        ((F64, -0.0), (F64, 0.0), "value"),
        ((F64, -0.0), (F32, 0.0), "value"),
        ((F64, math.nan), (F64, math.nan), None),
        ((F64, math.nan), (F64, -math.nan), "value"),
        ((F64, TENTH), (F64, 0.1), "width"),
        ((F64, TENTH), (F64, 0.2), "value"),
        ((F64, TENTH), (F64, TENTH), None),
        ((F64, TENTH), (I32, 0), "kind"),
        ((array(I32, 2), (1, 2)), (array(I32, 2), (1, 2)), None),
        ((array(I32, 2), (1, 2)), (array(U64, 2), (1, 2)), "width"),
        ((array(I32, 2), (1, 2)), (array(I32, 2), (1, 3)), "value"),
        ((array(I32, 2), (-1, 2)), (array(U32, 2), (0xFFFF_FFFF, 2)), None),
        ((array(I32, 2), (1, 2)), (array(U8, 2), b"\1\2"), "width"),
        ((array(I8, 2), b"\xff\2"), (array(I32, 2), (-1, 2)), "width"),
        ((array(I32, 2, 2), (1, 2, 3, 4)), (array(I32, 4), (1, 2, 3, 4)), "kind"),
        ((array(I32, 2), (1, 2)), (I32, 1), "kind"),
    ],
)
def test_in_what_constants_differ(c: Worth, rust: Worth, difference: str | None) -> None:
    """Numbers are compared by value, and texts by bytes."""
    assert pair(c, rust).difference() == difference


def test_a_str_needs_no_nul() -> None:
    """A `str` without a NUL agrees, since it is no C string; its other bytes count."""
    c = (array(CHAR, 4), b"mtx\0")
    assert pair(c, (array(U8, 3), b"mtx"), is_text=True).difference() is None
    assert pair(c, (array(U8, 3), b"mtz"), is_text=True).difference() == "value"


INTEGERS = st.sampled_from((I8, U8, I32, U32, I64, U64))


def fitted(type_: BaseType, number: int) -> int:
    """Return the number that C makes of a number when it converts it to the type."""
    bits = 8 * type_.byte_size
    number %= 1 << bits
    return (
        number - (1 << bits)
        if type_.encoding is Encoding.SIGNED and number >> (bits - 1)
        else number
    )


@given(type_=INTEGERS, other=INTEGERS, number=st.integers(-(2**64), 2**64))
def test_what_c_converts_without_loss_agrees(type_: BaseType, other: BaseType, number: int) -> None:
    """A conversion without loss agrees. Other numbers differ in width or sign."""
    value = fitted(type_, number)
    converted = fitted(other, value)
    difference = pair((type_, value), (other, converted)).difference()
    if type_.byte_size <= other.byte_size or value == converted:
        assert difference is None
    else:
        assert difference in {"width", "sign"}


@given(type_=INTEGERS, number=st.integers(-(2**64), 2**64), change=st.integers(1, 2**64))
def test_another_value_of_the_same_type_differs(type_: BaseType, number: int, change: int) -> None:
    """Every other value of the same type differs."""
    value, other = fitted(type_, number), fitted(type_, number + change)
    assert pair((type_, value), (type_, other)).difference() == (
        None if value == other else "value"
    )


def test_of_long_arrays_what_differs_is_shown() -> None:
    """A long array is shown by its differing elements, a short one whole."""
    short = pair((array(I32, 2), (1, 2)), (array(I32, 2), (1, 3)))
    assert short.words() == ("{1, 2} (i32[2])", "{1, 3} (i32[2])")
    ones = (1,) * 20
    long = pair((array(I32, 20), ones), (array(U8, 20), b"\1" * 19 + b"\2"))
    assert long.words() == ("[19] is 1 (i32)", "[19] is 2 (u8)")
    assert spell_value(long.c) == "{1, 1, 1, 1, 1, 1, 1, 1, ...} (i32[20])"
    assert spell_value(ConstantValue(type=F64, value=math.nan)) == (
        "NaN 0x7ff8000000000000 (double)"
    )
    assert spell_value(ConstantValue(type=F64, value=TENTH)) == "0.1... (double)"


def test_spelling() -> None:
    """Small numbers are shown in decimal, great ones in hexadecimal too; texts have their NUL."""
    assert spell_value(ConstantValue(type=I32, value=-1)) == "-1 (i32)"
    assert spell_value(ConstantValue(type=U32, value=65536)) == "65536 = 0x10000 (u32)"
    text = ConstantValue(type=array(CHAR, 4), value=b'a"\n\0')
    assert spell_value(text) == '"a"\\n\\0" (char[4])'
    assert spell_value(ConstantValue(type=F64, value=1.5)) == "1.5 (double)"
    assert spell_value(ConstantValue(type=PTR, value=None)) == "? (void *)"


def test_spelling_types() -> None:
    """Functions are spelled as C's types, and enums with their values."""
    function = FunctionType(result=None, parameters=(I32, PTR), variadic=True)
    assert spell_function(function) == "void (i32, void *, ...)"
    assert spell_function(FunctionType(result=I32, parameters=(), variadic=False)) == "i32 (void)"
    enum = EnumType(name="rw", byte_size=4, signed=False, enumerators=(("READ", 0), ("WRITE", 1)))
    assert spell_enum(enum) == "enum rw, 4 bytes: READ = 0, WRITE = 1"
    assert spell_enum(PointerType(byte_size=8, pointee=None)) == "void *, 8 bytes"
