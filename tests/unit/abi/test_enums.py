"""enums.py: the type of an enum and of its enumerators (C23, 6.7.3.3; GCC, "Type Attributes")."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from layoutcheck.abi.enums import enumerators_of, lay_out_enum, next_value
from layoutcheck.abi.integers import Integer
from layoutcheck.abi.place_members import Attributes, Sized
from layoutcheck.abi.psabi import find_psabi
from layoutcheck.errors import DeclarationError
from layoutcheck.model.explanation import AlignedBy
from layoutcheck.model.layout import EnumType

AMD64, I386 = find_psabi("amd64"), find_psabi("i386")
INT_MAX = 0x7FFF_FFFF


def values_of(*numbers: int) -> Mapping[str, Integer]:
    """Enumerators of these values, each of the first type that holds it."""
    values: dict[str, Integer] = {}
    for place, number in enumerate(numbers):
        size = 4 if -INT_MAX - 1 <= number <= 2 * INT_MAX + 1 else 8
        values[f"E{place}"] = Integer(number, size, signed=number < 1 << (size * 8 - 1))
    return values


def base(name: str) -> Sized:
    """A scalar of amd64."""
    type_, alignment = AMD64.scalar(name)
    return Sized(type=type_, byte_size=type_.byte_size, alignment=alignment)


@pytest.mark.parametrize(
    ("numbers", "size", "signed"),
    [
        ((0,), 4, False),
        ((0, 2 * INT_MAX + 1), 4, False),
        ((-1, 0), 4, True),
        ((-1, INT_MAX), 4, True),
        ((-1, INT_MAX + 1), 8, True),
        ((0, 2 * INT_MAX + 2), 8, False),
        ((0, (1 << 64) - 1), 8, False),
    ],
)
def test_an_enum_has_the_first_type_that_holds_its_values(
    numbers: tuple[int, ...], size: int, *, signed: bool
) -> None:
    """`unsigned int` if none is negative, else `int`; a wider type only if one needs it."""
    sized = lay_out_enum("e", values_of(*numbers), Attributes(), None, AMD64)
    enumerators = tuple((f"E{place}", number) for place, number in enumerate(numbers))
    assert sized.type == EnumType(name="e", byte_size=size, signed=signed, enumerators=enumerators)
    assert (sized.byte_size, sized.alignment) == (size, size)


@pytest.mark.parametrize(
    ("numbers", "size"),
    [((255,), 1), ((256,), 2), ((-1, 127), 1), ((-1, 128), 2), ((0, 65536), 4), ((1 << 32,), 8)],
)
def test_a_packed_enum_is_the_smallest_that_holds_its_values(
    numbers: tuple[int, ...], size: int
) -> None:
    """GCC: "the smallest integer type that can represent all the values"."""
    sized = lay_out_enum(None, values_of(*numbers), Attributes(packed=True), None, AMD64)
    assert sized.byte_size == size


def test_an_enum_of_eight_bytes_is_aligned_as_long_long() -> None:
    """An enum of eight bytes is aligned to four bytes on i386 (its psABI, table 2.1)."""
    wide = values_of(1 << 32)
    assert lay_out_enum("e", wide, Attributes(), None, I386).alignment == 4
    assert lay_out_enum("e", wide, Attributes(), None, AMD64).alignment == 8


def test_an_enum_with_a_named_type_has_its_size_and_sign() -> None:
    """`enum e : unsigned char` has that type's size and sign for any values (C23, 6.7.3.3)."""
    for name, size, signed in (
        ("unsigned char", 1, False),
        ("short", 2, True),
        ("_Bool", 1, False),
    ):
        sized = lay_out_enum("e", values_of(1), Attributes(), base(name), AMD64)
        assert isinstance(sized.type, EnumType)
        assert (sized.byte_size, sized.alignment, sized.type.signed) == (size, size, signed)


def test_an_alignment_of_an_enum_is_its_attributes() -> None:
    """An enum's `aligned` attribute is its alignment, and `aligned_by` says so."""
    sized = lay_out_enum("e", values_of(1), Attributes(aligned=16), None, AMD64)
    assert (sized.byte_size, sized.alignment, sized.aligned_by) == (4, 16, AlignedBy.ENUM)
    plain = lay_out_enum("e", values_of(1), Attributes(), None, AMD64)
    assert plain.aligned_by is AlignedBy.TYPE


def test_an_enum_whose_values_fit_no_type() -> None:
    """One is negative, and another one needs all 64 bits."""
    with pytest.raises(DeclarationError, match=r"^an enum whose values fit no type$"):
        lay_out_enum("e", values_of(-1, (1 << 64) - 1), Attributes(), None, AMD64)


@pytest.mark.parametrize(
    ("before", "value", "expected"),
    [
        ((), None, Integer(0, 4, signed=True)),
        ((7,), None, Integer(8, 4, signed=True)),
        ((7, -3), None, Integer(-2, 4, signed=True)),
        ((INT_MAX,), None, Integer(INT_MAX + 1, 8, signed=True)),
        ((2 * INT_MAX + 1,), None, Integer(2 * INT_MAX + 2, 8, signed=False)),
        ((), Integer(200, 1, signed=False), Integer(200, 4, signed=True)),
        ((), Integer(5, 8, signed=False), Integer(5, 4, signed=True)),
        ((), Integer(INT_MAX + 1, 8, signed=True), Integer(INT_MAX + 1, 8, signed=True)),
        ((), Integer(INT_MAX + 1, 4, signed=False), Integer(INT_MAX + 1, 4, signed=False)),
    ],
)
def test_an_enumerators_value_and_type_in_the_enum(
    before: tuple[int, ...], value: Integer | None, expected: Integer
) -> None:
    """`int` where that holds it; else the expression's type, or a wider one of the same sign."""
    assert next_value(values_of(*before), value) == expected


def test_an_enumerator_behind_the_last_number() -> None:
    """No type is wider than `unsigned long long`."""
    with pytest.raises(
        DeclarationError, match=r"^the enumerator 18446744073709551616 fits no type"
    ):
        next_value(values_of((1 << 64) - 1), None)


@pytest.mark.parametrize(
    ("numbers", "size", "signed"),
    [
        ((1, 2), 4, True),
        ((-1, 2), 4, True),
        ((1, INT_MAX + 1), 4, False),
        ((1, 1 << 32), 8, False),
        ((-1, 1 << 32), 8, True),
    ],
)
def test_enumerators_after_the_enum_have_one_type(
    numbers: tuple[int, ...], size: int, *, signed: bool
) -> None:
    """`int` if it holds them all, else the enum's."""
    values = values_of(*numbers)
    sized = lay_out_enum("e", values, Attributes(), None, AMD64)
    found = enumerators_of(sized, values, is_fixed=False)
    assert found == {n: Integer(v.value, size, signed) for n, v in values.items()}


def test_enumerators_of_an_enum_with_a_named_type_have_that() -> None:
    """Enumerators of an enum with a named type have that type, even if it is smaller than `int`."""
    values = values_of(1)
    sized = lay_out_enum("e", values, Attributes(), base("unsigned char"), AMD64)
    found = enumerators_of(sized, values, is_fixed=True)
    assert found == {"E0": Integer(1, 1, signed=False)}
