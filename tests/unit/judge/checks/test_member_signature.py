"""Pointers to functions, beside C's."""

from __future__ import annotations

import pytest

from layoutcheck.judge.checks import member_signature
from layoutcheck.model.layout import FunctionType, PointerType, Type
from layoutcheck.model.verdict import Mismatch
from tests.layouts import I32, PTR, U32, U64, array, record
from tests.walked import record_pair


def _pointer(
    *parameters: Type, result: Type | None = None, variadic: bool = False, convention: str = "C"
) -> PointerType:
    function = FunctionType(
        result=result, parameters=parameters, variadic=variadic, convention=convention
    )
    return PointerType(byte_size=8, pointee=function)


def _check(c: Type, rust: Type) -> list[Mismatch]:
    return list(
        member_signature.check(record_pair(record("s", ("f", c)), record("k::s", ("f", rust))))
    )


@pytest.mark.parametrize(
    ("rust", "c_says", "rust_says"),
    [
        (_pointer(PTR, result=I32), "2 parameters", "1 parameter"),
        (_pointer(PTR, U64, result=I32), "parameter 2 is u32 (4 bytes)", "u64 (8 bytes)"),
        (_pointer(PTR, I32, result=I32), "(unsigned integer)", "(signed integer)"),
        (_pointer(PTR, U32), "the result is i32 (4 bytes)", "the result is void (nothing)"),
        (_pointer(PTR, U32, result=I32, variadic=True), "not variadic", "variadic"),
        (_pointer(PTR, U32, result=I32, convention="Rust"), 'extern "C"', 'extern "Rust"'),
    ],
)
def test_what_differs(rust: Type, c_says: str, rust_says: str) -> None:
    """The mismatch shows both types and the first difference."""
    (found,) = _check(_pointer(PTR, U32, result=I32), rust)
    assert (found.check_id, found.member_path) == ("member-signature", "f")
    assert found.c.startswith("i32 (*)(void *, u32): ")
    assert c_says in found.c
    assert rust_says in found.rust


NICHE = record("core::option::Option<unsafe extern fn()>", ("__0", _pointer(PTR)))


@pytest.mark.parametrize(
    ("c", "rust"),
    [
        (_pointer(PTR), _pointer(PTR)),
        (_pointer(PTR), NICHE),
        (array(_pointer(PTR), 2), array(NICHE, 2)),
        (_pointer(PTR), _pointer(PTR, convention="system")),
        (_pointer(PTR), PTR),
        (PTR, _pointer(PTR)),
        (_pointer(variadic=True), _pointer(PTR, U32)),
        (_pointer(record("a", ("x", U32))), _pointer(record("k::b", ("y", U32)))),
    ],
)
def test_what_does_not(c: Type, rust: Type) -> None:
    """Wrappers, names of conventions, old prototypes and pointers to data do not differ."""
    assert _check(c, rust) == []


def test_a_record_by_value() -> None:
    """Sizes of records that are passed by value are compared."""
    one, other = record("a", ("x", U32)), record("k::a", ("x", U64))
    assert len(_check(_pointer(one), _pointer(other))) == 1
