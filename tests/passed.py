"""Types that are passed equally in C and in Rust, types that are not, and functions of them."""

from __future__ import annotations

from typing import Final

from layoutcheck.judge.checks import run_checks
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
from tests.walked import function_pair

__all__ = ["ALIKE", "NEVER", "UNLIKE", "behind", "found", "function", "to"]


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
    """Return a record as the target of a pointer."""
    return RecordLayout(
        name=name,
        kind="struct",
        byte_size=byte_size,
        alignment=None,
        members=(),
        is_declaration=True,
    )


CRATES: Final = (behind("k::mtx", 32), behind("k::Mtx", 24))
"""Records that have a verdict of their own."""
NEVER: Final = BaseType(name="!", byte_size=0, encoding=Encoding.UNSIGNED)
"""Rust's `!`."""
C_VOID: Final = EnumType(name="core::ffi::c_void", byte_size=1, signed=False, enumerators=())
HANDLER: Final = to(function(I32))
OPTION: Final = record("core::option::Option<unsafe extern fn(i32)>", ("__0", HANDLER))

ALIKE: Final[tuple[tuple[Type, Type], ...]] = (
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
)
"""Types of C, each with a Rust type that is passed and returned in the same way."""
UNLIKE: Final[tuple[tuple[Type, Type], ...]] = (
    (I32, I64),
    (I32, U32),
    (I32, F32),
    (CHAR, U8),  # by value its sign determines its extension
    (I32, record("k::Newtype", ("__0", I32))),  # no `repr(transparent)`
    (to(None), USIZE),
    (I32, to(None)),
    (to(I32), to(I64)),
    (to(I32), to(U32)),
    (to(behind("mtx", 32)), to(behind("k::sx", 24))),
    (to(behind("mtx", 32)), to(U32)),
    (to(function()), to(U32)),
    (HANDLER, to(U64)),
)
"""Types of C, each with a Rust type of another width, sign, kind, or pointed-to type."""


def found(c: FunctionType, rust: FunctionType) -> list[tuple[str, str | None]]:
    """Return the checks that report a mismatch between two functions, and its parameter."""
    pair = function_pair(c, rust, subjects=CRATES)
    return [(m.check_id, m.member_path) for m in run_checks("function", pair)]
