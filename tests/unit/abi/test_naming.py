"""naming.py: the names of C's scalars, and the types behind pointers."""

from __future__ import annotations

import pytest

from layoutcheck.abi import Calculator, Unit, find_psabi
from layoutcheck.abi.naming import scalar_name, shallow_type
from layoutcheck.model.layout import (
    ArrayType,
    EnumType,
    FunctionType,
    PointerType,
    QualifiedType,
    RecordLayout,
    TypedefType,
    spell,
)

AMD64 = find_psabi("amd64")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("int", "int"),
        ("signed", "int"),
        ("unsigned", "unsigned int"),
        ("short", "short"),
        ("signed short int", "short"),
        ("int short unsigned", "unsigned short"),
        ("long", "long"),
        ("long unsigned int", "unsigned long"),
        ("long int long", "long long"),
        ("long long unsigned", "unsigned long long"),
        ("long signed int long", "long long"),
        ("char", "char"),
        ("char signed", "signed char"),
        ("char unsigned", "unsigned char"),
        ("double", "double"),
        ("double long", "long double"),
        ("_Bool", "_Bool"),
        ("unsigned __int128", "unsigned __int128"),
        ("void", "void"),
    ],
)
def test_a_scalars_words_in_any_order(words: str, name: str) -> None:
    """C17, 6.7.2: each list of specifiers names one type, in any order."""
    assert scalar_name(words.split()) == name


def pointee(declared: str) -> object:
    """The type behind the pointer that a member `m` is, by its declaration."""
    unit = Unit(f"typedef int t; struct s {{ {declared}; }};")
    (member,) = unit.tagged("struct s").decls
    pointer = shallow_type(member, AMD64)
    assert isinstance(pointer, PointerType)
    assert pointer.byte_size == 8
    return pointer.pointee


def test_a_record_behind_a_pointer_is_a_name() -> None:
    """A record or enum behind a pointer is only a name, complete or not."""
    for kind in ("struct", "union"):
        found = pointee(f"{kind} nowhere *m")
        assert isinstance(found, RecordLayout)
        assert (found.kind, found.name, found.is_declaration) == (kind, "nowhere", True)
    assert pointee("enum nowhere *m") == EnumType(
        name="nowhere", byte_size=0, signed=False, enumerators=()
    )


def test_a_scalar_behind_a_pointer() -> None:
    """A scalar behind a pointer is read. `void` is None, and a typedef is only a name."""
    assert pointee("long unsigned *m") == AMD64.scalar("unsigned long")[0]
    assert pointee("void *m") is None
    assert pointee("t *m") == TypedefType(name="t", target=None)
    assert pointee("__typeof__(1) *m") == TypedefType(name="typeof", target=None)


def test_qualifiers_behind_a_pointer() -> None:
    """Qualifiers behind a pointer belong to its target, also to `void`."""
    found = pointee("const volatile int *m")
    assert isinstance(found, QualifiedType)
    assert {spell(found)} <= {"const volatile int", "volatile const int"}
    assert pointee("const void *m") == QualifiedType(qualifier="const", target=None)


def test_pointers_and_arrays_behind_a_pointer() -> None:
    """An array behind a pointer has no length."""
    found = pointee("int **m")
    assert isinstance(found, PointerType)
    assert found.pointee == AMD64.scalar("int")[0]
    assert pointee("int (*m)[3]") == ArrayType(element=AMD64.scalar("int")[0], counts=(None,))


@pytest.mark.parametrize(
    ("declared", "parameters", "variadic"),
    [
        ("void (*m)(void)", [], False),
        ("void (*m)()", [], False),
        ("void (*m)(int, char *)", ["int", "char *"], False),
        ("void (*m)(int a, ...)", ["int"], True),
    ],
)
def test_a_function_behind_a_pointer(
    declared: str, parameters: list[str], *, variadic: bool
) -> None:
    """`void` alone is no parameter."""
    found = pointee(declared)
    assert isinstance(found, FunctionType)
    assert [spell(parameter) for parameter in found.parameters] == parameters
    assert (found.variadic, found.result) == (variadic, None)


def test_a_functions_result() -> None:
    """A function's result is a pointer, behind which types are only names."""
    found = pointee("struct nowhere *(*m)(int)")
    assert isinstance(found, FunctionType)
    assert isinstance(found.result, PointerType)
    assert isinstance(found.result.pointee, RecordLayout)


def test_records_behind_pointers_are_named_only() -> None:
    """A pointer's target need not be complete, and has no size here."""
    unit = Unit("struct s { struct nowhere *p; const struct s *(*f)(int, ...); };")
    record = Calculator(unit, find_psabi("armv7")).explain("struct s").record
    assert isinstance(record, RecordLayout)
    assert [member.bit_size for member in record.members] == [32, 32]
