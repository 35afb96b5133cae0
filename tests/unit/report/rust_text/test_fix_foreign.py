"""report/rust_text/fix_foreign.py: C's types in the author's declarations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.model.layout import FunctionType, Type
from layoutcheck.model.verdict import Cause, Mismatch, Status, Verdict
from layoutcheck.report.rust_text.crate_types import CrateTypes
from layoutcheck.report.rust_text.fix_foreign import fix_foreign
from layoutcheck.report.rust_text.item_source import find_signature
from layoutcheck.report.rust_text.shapes import Inexpressible
from tests.layouts import I32, PTR, U64, record
from tests.rust_types import c_types

COPYIN = FunctionType(result=I32, parameters=(PTR, PTR, U64), variadic=False)
VOID = "*mut ::core::ffi::c_void"


def fixed(
    source: str, c: Type | None, *mismatches: tuple[str, str | None], cause: str | None = None
) -> str:
    """The new declaration of `f`."""
    verdict = Verdict(
        cells=("amd64-GENERIC",),
        kind="function",
        c_name="f",
        rust_path="crate::f",
        status=Status.DIFFERS,
        mismatches=tuple(
            Mismatch(
                check_id=check,
                member_path=path,
                c="C",
                rust="Rust",
                cause=Cause(item=cause) if cause else None,
            )
            for check, path in mismatches
        ),
    )
    types = replace(c_types(), objects={} if c is None else {"f": c})
    text = f"extern {{\n{source}\n}}\n"
    return fix_foreign(verdict, find_signature(text, 2, "f"), CrateTypes(types, {}, {}))


@pytest.mark.parametrize(
    ("source", "mismatches", "new"),
    [
        (
            "    pub fn f(a: *const u8, b: *mut u8, n: c_uint) -> c_int; // copies",
            [("parameter-type", "parameter 3")],
            "    pub fn f(a: *const u8, b: *mut u8, n: u64) -> c_int;",
        ),
        (
            "pub fn f(a: *const u8, b: *mut u8) -> c_int;",
            [("parameter-count", None)],
            "pub fn f(a: *const u8, b: *mut u8, arg3: u64) -> c_int;",
        ),
        (
            "fn f(n: u64,\n  b: c_long) -> c_long;",
            [
                ("parameter-count", None),
                ("parameter-type", "parameter 1"),
                ("result-type", "result"),
            ],
            f"fn f(arg1: {VOID}, arg2: {VOID}, arg3: u64) -> i32;",
        ),
    ],
)
def test_wrong_types_are_replaced(
    source: str, mismatches: list[tuple[str, str | None]], new: str
) -> None:
    """Names and other types stay, if it is known which parameter is which."""
    assert fixed(source, COPYIN, *mismatches) == new


def test_three_dots_and_nothing() -> None:
    """A variadic function, and one without a result."""
    printf = FunctionType(result=None, parameters=(PTR,), variadic=True)
    text = fixed(
        "fn f(t: *const u8) -> u8;", printf, ("function-variadic", None), ("result-type", "result")
    )
    assert text == "fn f(t: *const u8, ...);"


def test_a_static_has_a_type() -> None:
    """It stays mutable."""
    assert fixed("pub static mut f: c_long;", I32, ("static-type", None)) == (
        "pub static mut f: i32;"
    )


@pytest.mark.parametrize(
    ("c", "check", "cause", "why"),
    [
        (COPYIN, "function-symbol", None, "write it by hand"),
        (COPYIN, "parameter-type", "crate::b", "it follows from crate::b"),
        (None, "parameter-count", None, "C's type is not known"),
        (I32, "parameter-count", None, "a function on one side only"),
        (
            FunctionType(result=None, parameters=(), variadic=True),
            "parameter-count",
            None,
            "without parameters",
        ),
        (
            FunctionType(result=None, parameters=(record(None, ("x", I32)),), variadic=False),
            "parameter-count",
            None,
            "a record without a name",
        ),
    ],
)
def test_other_declarations_are_refused(
    c: Type | None, check: str, cause: str | None, why: str
) -> None:
    """With the reason."""
    with pytest.raises(Inexpressible, match=why):
        fixed("fn f();", c, (check, None), cause=cause)


def test_a_function_with_a_body_is_no_declaration() -> None:
    """Its code would have to change."""
    with pytest.raises(Inexpressible, match="no declaration"):
        fixed("fn f() { }", COPYIN, ("parameter-count", None))
    with pytest.raises(Inexpressible, match="a macro"):
        fixed("g!();", COPYIN, ("parameter-count", None))
