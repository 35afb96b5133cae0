"""report/spelling.py: types as C or Rust spells them."""

from __future__ import annotations

import pytest

from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    FunctionType,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
)
from layoutcheck.report.spelling import c_declaration, rust_declaration

CHAR = BaseType(name="char", byte_size=1, encoding=Encoding.SIGNED)
MTX = RecordLayout(
    name="kpi::sys::mtx", kind="struct", byte_size=32, alignment=8, members=(), is_declaration=True
)


def pointer(to: Type | None) -> PointerType:
    """A pointer."""
    return PointerType(byte_size=8, pointee=to)


NAMELESS = EnumType(name=None, byte_size=4, signed=False, enumerators=())
FUNCTION = FunctionType(result=None, parameters=(pointer(CHAR), CHAR), variadic=True)


@pytest.mark.parametrize(
    ("type_", "c", "rust"),
    [
        (CHAR, "char x", "x: char"),
        (pointer(None), "void *x", "x: *()"),
        (pointer(pointer(CHAR)), "char **x", "x: **char"),
        (ArrayType(element=CHAR, counts=(2, 3)), "char x[2][3]", "x: [[char; 3]; 2]"),
        (ArrayType(element=CHAR, counts=(None,)), "char x[]", "x: [char; ?]"),
        (ArrayType(element=pointer(CHAR), counts=(4,)), "char *x[4]", "x: [*char; 4]"),
        (pointer(ArrayType(element=CHAR, counts=(4,))), "char (*x)[4]", "x: *[char; 4]"),
        (pointer(FUNCTION), "void (*x)(char *, char, ...)", "x: fn(*char, char, ...)"),
        (QualifiedType(qualifier="const", target=pointer(CHAR)), "char *const x", "x: *char"),
        (pointer(QualifiedType(qualifier="const", target=CHAR)), "const char *x", "x: *char"),
        (TypedefType(name="mtx_t", target=CHAR), "mtx_t x", "x: mtx_t"),
        (
            EnumType(name=None, byte_size=4, signed=False, enumerators=()),
            "enum {...} x",
            "x: {...}",
        ),
        (MTX, "kpi::sys::mtx x", "x: mtx"),
    ],
)
def test_a_declaration(type_: Type, c: str, rust: str) -> None:
    """Each kind of type is declared in both languages."""
    assert c_declaration(type_, "x") == c
    assert rust_declaration(type_, "x") == rust


def test_brief_leaves_parameters_out() -> None:
    """A callback with nine parameters still fits a column."""
    assert c_declaration(pointer(FUNCTION), "x", brief=True) == "void (*x)(..)"
    assert rust_declaration(pointer(FUNCTION), "x", brief=True) == "x: fn(..)"


def test_the_arguments_of_a_generic_stay() -> None:
    """Every path in a generic's arguments is cut to its last name, and a function if brief."""
    unit = BaseType(name="kpi::Unit<[u8; 4]>", byte_size=4, encoding=Encoding.OTHER)
    assert rust_declaration(unit, "") == "Unit<[u8; 4]>"
    callback = BaseType(
        name='core::option::Option<unsafe extern "C" fn(*mut kpi::sys::mtx, i32) -> i32>',
        byte_size=8,
        encoding=Encoding.OTHER,
    )
    whole = 'f: Option<unsafe extern "C" fn(*mut mtx, i32) -> i32>'
    assert rust_declaration(callback, "f") == whole
    assert rust_declaration(callback, "f", brief=True) == "f: Option<fn(..)>"
