"""parts.py: small questions of a walk about a type."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.judge.walk.parts import (
    as_newtype,
    call_words,
    in_parts,
    is_anything,
    is_complex,
    is_data,
    is_declared_only,
    is_nothing,
    pointed_function,
    pointer_depth,
    presence,
    stands_for,
)
from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    FunctionType,
    QualifiedType,
    Type,
    TypedefType,
)
from tests.layouts import BOOL, CHAR, F32, I32, PTR, U8, U16, U32, U64, array, base, record
from tests.passed import C_VOID, NEVER, OPTION, behind, function, to

COMPLEX = base("complex", 8, Encoding.COMPLEX)
INTEGERS = base("complex", 8, Encoding.COMPLEX_INTEGER)
UNIT = base("()", 0, Encoding.UNSIGNED)
CALL = function(I32)
DECLARED_ENUM = EnumType(name="e", byte_size=0, signed=False, enumerators=())
ENUM = EnumType(name="e", byte_size=4, signed=False, enumerators=())


@pytest.mark.parametrize(
    ("type_", "found"),
    [
        (to(CALL), CALL),
        (TypedefType(name="f_t", target=to(TypedefType(name="f", target=CALL))), CALL),
        (array(to(CALL), 2), CALL),
        (OPTION, CALL),
        (CALL, None),  # no pointer
        (to(to(CALL)), None),
        (PTR, None),
        (None, None),
    ],
)
def test_functions_behind_pointers(type_: Type | None, found: FunctionType | None) -> None:
    """A function behind the nearest pointer is found, in arrays and wrappers too."""
    assert pointed_function(type_) == found


@pytest.mark.parametrize(
    ("type_", "depth"), [(U32, 0), (None, 0), (PTR, 1), (to(to(U32)), 2), (to(array(PTR, 2)), 1)]
)
def test_pointers_to_pointers(type_: Type | None, depth: int) -> None:
    """Arrays are no pointers."""
    assert pointer_depth(type_) == depth


def test_enums_with_data() -> None:
    """Enums with data are not compared, also in arrays."""
    tagged = replace(record("k::Either", ("tag", U32), ("a", U32)), is_tagged=True)
    found = is_data(array(tagged, 2))
    assert found is not None
    assert (found.kind, found.c) == ("unknown", "k::Either, which carries data beside its tag")
    assert is_data(record("k::s", ("a", U32))) is None


@pytest.mark.parametrize(
    ("c", "rust", "words"),
    [
        (CALL, CALL, None),
        (function(), function(convention="win64"), ('extern "C"', 'extern "win64"')),
        (CALL, function(), ("1 parameter", "0 parameters")),
        (function(variadic=True), CALL, None),
        (function(variadic=True), function(convention="win64"), ('extern "C"', 'extern "win64"')),
        (function(I32, variadic=True), CALL, ("variadic", "not variadic")),
        (CALL, function(I32, variadic=True), ("not variadic", "variadic")),
    ],
)
def test_calls(c: FunctionType, rust: FunctionType, words: tuple[str, str] | None) -> None:
    """Convention, count and `...` are compared; C's `f()` leaves the last two open."""
    assert call_words(c, rust) == words


def test_the_record_of_a_newtype() -> None:
    """A newtype has one member. A `_Complex` has two parts, if Rust has two."""
    single = as_newtype(U64, record("k::N", ("__0", U64)))
    assert [(m.name, m.bit_offset, m.bit_size, m.type) for m in single.members] == [
        ("__0", 0, 64, U64)
    ]
    assert (single.byte_size, single.alignment, single.name) == (8, None, None)
    parts = as_newtype(COMPLEX, record("k::C", ("re", F32), ("zst", array(U8, 0)), ("im", F32)))
    assert [(m.name, m.bit_offset) for m in parts.members] == [("re", 0), ("im", 32)]
    whole = as_newtype(COMPLEX, record("k::C", ("both", array(F32, 2))))
    assert [(m.name, m.type) for m in whole.members] == [("__0", COMPLEX)]


def test_complex_numbers() -> None:
    """A complex number is of floats, and by GNU's extension of integers."""
    assert is_complex(COMPLEX)
    assert is_complex(INTEGERS)
    assert not is_complex(F32)
    assert not is_complex(array(F32, 2))


def test_complex_numbers_in_parts() -> None:
    """A complex number is an array of two parts, if Rust has an array of floats."""
    pair = in_parts(COMPLEX, array(F32, 2))
    assert isinstance(pair, ArrayType)
    assert (pair.counts, pair.element) == (
        (2,),
        BaseType(name="part", byte_size=4, encoding=Encoding.FLOAT),
    )
    many = in_parts(array(COMPLEX, 3), array(F32, 3, 2))
    assert isinstance(many, ArrayType)
    assert (many.counts, many.element) == ((3,), pair)
    for c, rust in ((COMPLEX, array(U8, 8)), (COMPLEX, F32), (U64, array(F32, 2))):
        assert in_parts(c, rust) is c


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (behind("s", 0), True),
        (behind("s", 4), False),
        (record("s"), False),
        (DECLARED_ENUM, True),
        (ENUM, False),
        (U32, False),
        (None, False),
    ],
)
def test_types_that_are_only_declared(type_: Type | None, *, expected: bool) -> None:
    """Only records and enums without a size are only declared."""
    assert is_declared_only(type_) is expected


@pytest.mark.parametrize(
    ("c", "rust", "expected"),
    [
        (record("s", ("a", U64)), array(U8, 8), True),
        (record("s", ("a", U64)), array(U64, 1), True),
        (record("s", ("a", U64)), U64, False),
        (QualifiedType(qualifier="_Atomic", target=record("s", ("a", U64))), U64, True),
        (QualifiedType(qualifier="const", target=record("s", ("a", U64))), U64, False),
        (record("s", ("a", U64)), array(record("k::e", ("a", U32), ("b", U32)), 1), False),
    ],
)
def test_room_for_a_record(c: Type, rust: Type, *, expected: bool) -> None:
    """Bytes or words may hold a record; an integer may hold an atomic one."""
    assert stands_for(c, rust) is expected


def test_nothing() -> None:
    """`void`, `()` and `!` are nothing."""
    assert all(map(is_nothing, (None, UNIT, NEVER)))
    assert {*map(presence, (None, UNIT, NEVER))} == {"nothing"}
    others: tuple[Type, ...] = (U8, C_VOID, DECLARED_ENUM, record("k::Empty"))
    assert not any(map(is_nothing, others))
    assert presence(U16) == "2 bytes"


@pytest.mark.parametrize(
    ("type_", "is_deep", "expected"),
    [
        (None, False, True),
        (C_VOID, True, True),
        (DECLARED_ENUM, True, True),
        (ENUM, False, False),
        (U8, False, True),
        (CHAR, False, True),
        (U8, True, False),  # `char **` is an array of texts
        (UNIT, True, True),
        (BOOL, False, False),
        (U16, False, False),
        (behind("s", 0), True, True),
        (behind("s", 4), False, False),
        (PTR, False, False),
    ],
)
def test_pointees_that_may_be_anything(
    type_: Type | None, *, is_deep: bool, expected: bool
) -> None:
    """Types without a size may be anything, and so may bytes, unless a pointer leads to those."""
    assert is_anything(type_, is_deep) is expected
