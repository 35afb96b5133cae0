"""What differs between two functions, two variables and two enums, and what cannot matter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.judge.checks import run_checks
from layoutcheck.judge.item_pairs import EnumPair, FunctionPair
from layoutcheck.model.layout import (
    BaseType,
    Encoding,
    EnumType,
    FunctionType,
    PointerType,
    RecordLayout,
    Type,
    TypedefType,
)
from tests.layouts import BOOL, CHAR, F32, I8, I32, I64, U8, U32, U64, USIZE, array, record
from tests.walked import function_pair, static_pair


def to(type_: Type | None) -> PointerType:
    """A pointer to a type."""
    return PointerType(byte_size=8, pointee=type_)


def function(
    *parameters: Type, result: Type | None = None, variadic: bool = False, convention: str = "C"
) -> FunctionType:
    """A function's type."""
    return FunctionType(
        result=result, parameters=parameters, variadic=variadic, convention=convention
    )


def behind(name: str, byte_size: int) -> RecordLayout:
    """A record as it stands behind a pointer."""
    return RecordLayout(
        name=name,
        kind="struct",
        byte_size=byte_size,
        alignment=None,
        members=(),
        is_declaration=True,
    )


CRATES = (behind("k::mtx", 32), behind("k::Mtx", 24))
"""Records that have a verdict of their own."""
NEVER = BaseType(name="!", byte_size=0, encoding=Encoding.UNSIGNED)
C_VOID = EnumType(name="core::ffi::c_void", byte_size=1, signed=False, enumerators=())
HANDLER = to(function(I32))
OPTION = record("core::option::Option<unsafe extern fn(i32)>", ("__0", HANDLER))


def found(c: FunctionType, rust: FunctionType) -> list[tuple[str, str | None]]:
    """The checks that find something, and on which parameter."""
    pair = function_pair(c, rust, subjects=CRATES)
    return [(m.check_id, m.member_path) for m in run_checks("function", pair)]


@pytest.mark.parametrize(
    ("c", "rust"),
    [
        (I32, I32),
        (CHAR, I8),
        (BOOL, U8),
        (TypedefType(name="size_t", target=U64), USIZE),
        (to(None), to(C_VOID)),
        (to(None), to(U64)),
        (to(behind("mtx", 32)), to(C_VOID)),
        (to(behind("mtx", 32)), to(U8)),
        (to(behind("mtx", 32)), to(behind("k::mtx", 32))),
        (to(behind("mtx", 32)), to(behind("k::Mtx", 24))),  # that is the record's own mismatch
        (to(behind("mtx", 0)), to(behind("k::Lock", 24))),
        (to(behind("mtx", 32)), to(behind("k::opaque", 0))),
        (to(to(None)), to(to(U8))),
        (to(CHAR), to(array(I8, 16))),
        (HANDLER, OPTION),
        (record("va_list", ("__ap", to(None))), U64),
    ],
)
def test_what_is_passed_alike(c: Type, rust: Type) -> None:
    """As a parameter, and as a result."""
    assert found(function(c), function(rust)) == []
    assert found(function(result=c), function(result=rust)) == []


@pytest.mark.parametrize(
    ("c", "rust"),
    [
        (I32, I64),
        (I32, U32),
        (I32, F32),
        (CHAR, U8),  # by value its sign says how it is extended
        (I32, record("k::Newtype", ("__0", I32))),  # no `repr(transparent)`
        (to(None), USIZE),
        (I32, to(None)),
        (to(I32), to(I64)),
        (to(I32), to(U32)),
        (to(behind("mtx", 32)), to(behind("k::sx", 24))),
        (to(behind("mtx", 32)), to(U32)),
        (to(function()), to(U32)),
        (HANDLER, to(U64)),
    ],
)
def test_what_is_passed_unlike(c: Type, rust: Type) -> None:
    """Width, sign, kind, or what is pointed to."""
    differs = [("parameter-type", "parameter 2")]
    assert found(function(I32, c), function(I32, rust)) == differs
    assert found(function(result=c), function(result=rust)) == [("result-type", "result")]


def test_results() -> None:
    """`!` and `()` are `void`; a result that is not there is a difference."""
    assert found(function(), function(result=NEVER)) == []
    assert found(function(result=I32), function()) == [("result-type", "result")]
    assert found(function(), function(result=I32)) == [("result-type", "result")]


def test_the_shape_of_a_function() -> None:
    """Parameters, `...`, convention; an old `f()` leaves the first two open."""
    assert found(function(I32), function(I32, I32)) == [("parameter-count", None)]
    assert found(function(I32, variadic=True), function(I32)) == [("function-variadic", None)]
    assert found(function(), function(convention="win64")) == [("function-convention", None)]
    assert found(function(convention="DW_CC 0xc0"), function()) == [("function-convention", None)]
    assert found(function(variadic=True), function(I32)) == []
    for same in ("C", "C-unwind", "system", "system-unwind", "cdecl"):
        assert found(function(), function(convention=same)) == []


def test_no_symbol() -> None:
    """The reason is C's word; nothing else is compared where C has no type."""
    pair = FunctionPair(symbol="f", c=None, rust=function(I32), no_symbol="a macro with arguments")
    (mismatch,) = run_checks("function", pair)
    assert (mismatch.check_id, mismatch.c) == ("function-symbol", "a macro with arguments")


def test_a_variable_is_no_function() -> None:
    """Its type is C's word."""
    pair = FunctionPair(symbol="f", c=None, rust=function(I32), variable="int")
    (mismatch,) = run_checks("function", pair)
    assert (mismatch.check_id, mismatch.c) == ("function-symbol", "a variable: int")


@pytest.mark.parametrize(
    ("c", "rust", "differs"),
    [
        (I32, I32, False),
        (I32, I64, True),
        (I32, U32, True),
        (array(CHAR, None), array(I8, 0), False),
        (array(I32, 4), array(I32, 4), False),
        (array(I32, 4), array(I32, 3), True),
        (behind("protosw", 0), record("k::protosw", ("a", U8)), False),
    ],
)
def test_statics(c: Type, rust: Type, *, differs: bool) -> None:
    """What C leaves open is no mismatch."""
    assert [m.check_id for m in run_checks("static", static_pair(c, rust))] == (
        ["static-type"] if differs else []
    )


def test_a_static_that_links_to_another() -> None:
    """C has a variable of the name, with a symbol of its own."""
    pair = replace(static_pair(I32, I32), symbol="x", other="y")
    (found,) = run_checks("static", pair)
    said = ("static-symbol", "y is a variable, too", "links to x")
    assert (found.check_id, found.c, found.rust) == said


def enum(byte_size: int = 4, **values: int) -> EnumType:
    """An enum of these enumerators."""
    return EnumType(name="e", byte_size=byte_size, signed=False, enumerators=tuple(values.items()))


@pytest.mark.parametrize(
    ("rust", "expected"),
    [
        (enum(MOD_LOAD=0, MOD_UNLOAD=1), []),
        (enum(Load=0, Unload=1), []),
        (enum(MOD_LOAD=0), []),
        (enum(Other=1), []),
        (enum(byte_size=1, MOD_LOAD=0), [("enum-size", None)]),
        (enum(MOD_LOAD=1), [("enum-value", "MOD_LOAD")]),
        (enum(Unload=0), [("enum-value", "Unload")]),
        (enum(Other=9), [("enum-value", "Other")]),
    ],
)
def test_enums(rust: EnumType, expected: list[tuple[str, str | None]]) -> None:
    """Size, and the values of namesakes."""
    pair = EnumPair(c=enum(MOD_LOAD=0, MOD_UNLOAD=1), rust=rust)
    assert [(m.check_id, m.member_path) for m in run_checks("enum", pair)] == expected
