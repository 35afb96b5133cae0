"""scalars.py: kinds of scalars, and strides of arrays."""

from __future__ import annotations

import pytest

from layoutcheck.judge.walk.scalars import (
    dimensions,
    element_of,
    innermost,
    is_room,
    kind_of,
    scalar_words,
)
from layoutcheck.model.layout import Encoding, EnumType, QualifiedType, Type, TypedefType
from tests.layouts import (
    BOOL,
    CHAR,
    F32,
    I8,
    I32,
    PTR,
    U8,
    U16,
    U32,
    U64,
    array,
    base,
    record,
    union,
)
from tests.passed import function

HALF, QUAD = base("_Float16", 2, Encoding.FLOAT), base("long double", 16, Encoding.FLOAT)
COMPLEX = base("complex", 8, Encoding.COMPLEX)
COMPLEX_INT = base("complex", 8, Encoding.COMPLEX_INTEGER)
RUST_CHAR = base("char", 4, Encoding.CHARACTER)


def enum(*values: int, signed: bool = False, byte_size: int = 4) -> EnumType:
    """An enum of these values."""
    enumerators = tuple((f"E{value}", value) for value in values)
    return EnumType(name="e", byte_size=byte_size, signed=signed, enumerators=enumerators)


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        (I32, "signed integer"),
        (U8, "unsigned integer"),
        (F32, "float"),
        (BOOL, "boolean"),
        (RUST_CHAR, "character"),
        (COMPLEX, "complex"),
        (enum(signed=True), "signed integer"),
        (enum(), "unsigned integer"),
        (PTR, "pointer"),
        (array(U8, 2), "array"),
        (record("s"), "struct"),
        (union("u"), "union"),
        (function(), "other"),
        (None, "other"),
    ],
)
def test_kinds(type_: Type | None, words: str) -> None:
    """An enum is an integer."""
    assert kind_of(type_) == words


@pytest.mark.parametrize(
    ("c", "rust", "in_memory", "by_value"),
    [
        (I32, I32, True, True),
        (I32, U32, False, False),
        (F32, U32, False, False),
        (PTR, U64, False, False),
        (BOOL, U8, True, True),
        (BOOL, I8, False, False),
        (U8, BOOL, False, False),  # a Rust `bool` has two values
        (CHAR, U8, True, False),
        (CHAR, I8, True, True),
        (I8, U8, False, False),
        (CHAR, BOOL, False, False),
        (base("char", 1, Encoding.UNSIGNED), I8, True, False),
        (HALF, U16, True, False),
        (HALF, base("i16", 2, Encoding.SIGNED), False, False),
        (QUAD, array(U64, 2), True, False),
        (QUAD, array(U8, 16), True, False),
        (QUAD, array(F32, 4), False, False),
        (U64, array(U8, 8), False, False),
        (base("__int128", 16, Encoding.SIGNED), array(U64, 2), True, False),
        (U32, RUST_CHAR, False, False),
        (COMPLEX, array(F32, 2), True, False),
        (COMPLEX, record("k::C", ("re", F32), ("im", F32)), True, False),
        (COMPLEX, record("k::C", ("re", F32), ("im", U32)), False, False),
        (COMPLEX, array(U32, 2), False, False),
        (COMPLEX, array(base("f16", 2, Encoding.FLOAT), 4), False, False),
        (COMPLEX_INT, array(I32, 2), True, False),
        (COMPLEX_INT, array(F32, 2), False, False),
        (COMPLEX_INT, record("k::C", ("re", I32), ("im", U32)), False, False),
    ],
)
def test_scalars(c: Type, rust: Type, *, in_memory: bool, by_value: bool) -> None:
    """More pairs of scalars agree in memory than by value."""
    assert (scalar_words(c, rust, by_value=False) is None) is in_memory
    assert (scalar_words(c, rust, by_value=True) is None) is by_value


@pytest.mark.parametrize(
    ("c", "rust", "is_same"),
    [
        (enum(0, 1), I32, True),  # both signs hold these values
        (enum(0, 0x7FFF_FFFF), I32, True),
        (enum(0, 0x8000_0000), I32, False),
        (enum(-1, 1, signed=True), U32, False),
        (enum(-1, signed=True), I32, True),
        (enum(0, 1), F32, False),
        (enum(0, 1), BOOL, False),
        (I32, enum(0, 1), True),
        (U32, enum(-1, signed=True), False),
        (F32, enum(0, 1), False),
        (enum(0, 1), enum(0, 1, signed=True), True),
        (enum(0, 0xFFFF_FFFF), enum(0, signed=True), False),
        (enum(0), enum(-1, signed=True), False),
        (BOOL, enum(0, 1, byte_size=1), True),
        (BOOL, enum(0, 2, byte_size=1), False),
    ],
)
def test_enums_and_integers(c: Type, rust: Type, *, is_same: bool) -> None:
    """Either sign agrees for values that both types hold in the same bits."""
    assert (scalar_words(c, rust, by_value=True) is None) is is_same


def test_words() -> None:
    """The words have both kinds."""
    assert scalar_words(I32, F32, by_value=False) == ("signed integer", "float")
    assert scalar_words(CHAR, U8, by_value=True) == ("signed integer", "unsigned integer")


NEWTYPE = record("k::N", ("__0", U32))
NEWTYPE_OF_ARRAY = record("k::A", ("__0", array(U32, 3)))


@pytest.mark.parametrize(
    ("type_", "stride", "expected"),
    [
        (array(U8, 4), 0, True),
        (array(PTR, 4), 0, True),
        (NEWTYPE_OF_ARRAY, 0, True),
        (array(F32, 4), 0, False),
        (array(NEWTYPE, 4), 0, False),  # records of the crate have strides of their own
        (array(record("core::cell::Cell<u32>", ("value", U32)), 4), 0, True),
        (U64, 0, False),
        (array(U8), 1, True),
        (array(U8), 4, False),
        (array(U32, 0), 4, True),
    ],
)
def test_room(type_: Type, stride: int, *, expected: bool) -> None:
    """Fillers are arrays of integers or pointers; a flexible one must have the stride."""
    assert is_room(type_, stride) is expected


def test_elements() -> None:
    """The element is the innermost one, which is no array. Newtypes are opened on request."""
    nested = TypedefType(
        name="t", target=array(array(QualifiedType(qualifier="const", target=U8), 2), 3)
    )
    assert element_of(nested) == U8
    assert element_of(NEWTYPE_OF_ARRAY) == NEWTYPE_OF_ARRAY
    assert element_of(None) is None
    assert innermost(array(NEWTYPE_OF_ARRAY, 2)) == U32
    assert innermost(array(NEWTYPE_OF_ARRAY, 2), 12) == NEWTYPE_OF_ARRAY
    assert innermost(array(NEWTYPE, 2), 4) == NEWTYPE
    two = record("k::two", ("a", U32), ("b", U32))
    assert innermost(array(two, 2)) == two


@pytest.mark.parametrize(
    ("c", "rust", "words"),
    [
        (array(U32, 6), array(U32, 6), None),
        (array(U32, 2, 3), array(array(U32, 3), 2), None),
        (array(U32, 6), array(U32, 2, 3), None),  # more dimensions are no difference
        (
            array(U32, 2, 3),
            array(U32, 3, 2),
            ("rows of 12 bytes, 4 bytes", "rows of 8 bytes, 4 bytes"),
        ),
        (array(U32, 2, 3, 4), array(U32, 6, 4), None),
        (array(U32, 4), array(record("k::N", ("__0", array(U32, 2))), 2), None),
        (array(U32, 0), array(U32, 4), None),
        (U32, array(U32, 4), None),
    ],
)
def test_dimensions(c: Type, rust: Type, words: tuple[str, str] | None) -> None:
    """Strides are compared from the longest on, if neither side has all of the other's."""
    assert dimensions(c, rust, 4) == words
