"""Types of members that differ in memory, and types that do not."""

from __future__ import annotations

import pytest

from layoutcheck.judge.checks import member_type
from layoutcheck.model.layout import (
    Encoding,
    EnumType,
    FunctionType,
    PointerType,
    QualifiedType,
    Type,
    TypedefType,
)
from tests.layouts import (
    BOOL,
    CHAR,
    F32,
    I8,
    I32,
    I64,
    PTR,
    U8,
    U32,
    U64,
    USIZE,
    Bits,
    array,
    base,
    record,
    union,
)
from tests.walked import record_pair


def enum(*values: int, signed: bool = False, byte_size: int = 4) -> EnumType:
    """An enum of some values."""
    named = tuple((f"V{number}", value) for number, value in enumerate(values))
    return EnumType(name="e", byte_size=byte_size, signed=signed, enumerators=named)


def wrapped(type_: Type, name: str = "core::cell::UnsafeCell<T>") -> Type:
    """A newtype."""
    return record(name, ("value", type_))


C_INT = TypedefType(name="int32_t", target=QualifiedType(qualifier="const", target=I32))
FUNCTION = PointerType(
    byte_size=8, pointee=FunctionType(result=None, parameters=(), variadic=False)
)
PAIR, RUST_PAIR = record("pair", ("x", I32), ("y", F32)), record("k::pair", ("x", I32), ("y", F32))
RUST_BOOL = BOOL
C_CHAR32 = base("char32_t", 4, Encoding.UNSIGNED)
RUST_CHAR = base("char", 4, Encoding.CHARACTER)
F128 = base("long double", 16, Encoding.FLOAT)


@pytest.mark.parametrize(
    ("c", "rust"),
    [
        (C_INT, I32),
        (I32, wrapped(wrapped(I32))),
        (CHAR, U8),
        (CHAR, I8),
        (base("char", 1, Encoding.UNSIGNED), I8),
        (BOOL, RUST_BOOL),
        (BOOL, U8),
        (enum(0, 7), U32),
        (enum(0, 7), I32),
        (enum(-1, 3, signed=True), I32),
        (enum(0xFFFFFFFF), U32),
        (enum(0, 7), enum(0, 7, signed=True)),
        (I32, enum(0, 7)),
        (U32, enum(0, 7, signed=True)),
        (BOOL, enum(0, 1, byte_size=1)),
        (PTR, FUNCTION),
        (PTR, record("core::option::Option<T>", ("__0", PTR))),
        (FUNCTION, PTR),
        (U64, USIZE),
        (array(I32, 2, 3), array(I32, 6)),
        (array(TypedefType(name="row", target=array(I32, 3)), 2), array(I32, 2, 3)),
        (array(I32, 6), array(wrapped(array(I32, 3), "k::Row"), 2)),
        (array(I32, 1), I32),
        (I32, array(I32, 1)),
        (array(CHAR, 16), array(U8, 16)),
        (array(I32), array(I32, 0)),
        (PAIR, RUST_PAIR),
        (PAIR, array(U8, 8)),
        (PAIR, array(U64, 1)),
        (array(PAIR, 2), array(U8, 16)),
        (record("only", ("x", I32)), I32),
        (union("either", ("x", I32), ("y", F32)), F32),
        (I32, record("k::Newtype", ("__0", I32), ("__1", array(U8, 0)))),
        (Bits(U32, 8), U8),
        (Bits(I32, 32), I32),
    ],
)
def test_no_mismatch(c: Type | Bits, rust: Type) -> None:
    """Types that hold the same values in the same bits agree in any spelling."""
    pair = record_pair(record("s", ("m", c)), record("k::s", ("m", rust)))
    assert list(member_type.check(pair)) == []


@pytest.mark.parametrize(
    ("c", "rust", "words"),
    [
        (U32, I32, ("u32 (unsigned integer)", "i32 (signed integer)")),
        (I32, U32, ("i32 (signed integer)", "u32 (unsigned integer)")),
        (F32, I32, ("f32 (float)", "i32 (signed integer)")),
        (U32, F32, ("u32 (unsigned integer)", "f32 (float)")),
        (U8, RUST_BOOL, ("u8 (unsigned integer)", "bool (boolean)")),
        (BOOL, I8, ("bool (boolean)", "i8 (signed integer)")),
        (base("signed char", 1, Encoding.SIGNED), U8, ("signed char (signed integer)",)),
        (C_CHAR32, RUST_CHAR, ("char32_t (unsigned integer)", "char (character)")),
        (PTR, USIZE, ("void * (pointer)", "usize (unsigned integer)")),
        (U64, PTR, ("u64 (unsigned integer)", "void * (pointer)")),
        (enum(-1, 3, signed=True), U32, ("enum e (signed integer)", "u32 (unsigned integer)")),
        (enum(0xFFFFFFFF), I32, ("enum e (unsigned integer)", "i32 (signed integer)")),
        (enum(0xFFFFFFFF), enum(0, 1, signed=True), ("enum e (unsigned integer)",)),
        (U32, enum(-1, signed=True), ("u32 (unsigned integer)", "enum e (signed integer)")),
        (F32, enum(0, 7), ("f32 (float)", "enum e (unsigned integer)")),
        (enum(0, 7), F32, ("enum e (unsigned integer)", "f32 (float)")),
        (PTR, enum(0, 7, byte_size=8), ("void * (pointer)", "enum e (unsigned integer)")),
        (BOOL, enum(0, 2, byte_size=1), ("bool (boolean)", "enum e (unsigned integer)")),
        (array(I32, 2), array(U32, 2), ("i32[2] (signed integer)", "u32[2] (unsigned integer)")),
        (array(U32, 4), array(U64, 2), ("u32[4] (elements of 4 bytes)",)),
        (array(U32, 4), array(U8, 16), ("u32[4] (elements of 4 bytes)",)),
        (array(I32, 1), F32, ("i32[1] (signed integer)", "f32 (float)")),
        (U64, array(U8, 8), ("u64 (unsigned integer)", "u8[8] (array)")),
        (PAIR, U64, ("struct pair (struct)", "u64 (unsigned integer)")),
        (U64, RUST_PAIR, ("u64 (unsigned integer)", "k::pair (struct)")),
        (PAIR, array(F32, 2), ("struct pair (struct)", "f32[2] (array)")),
        (record("only", ("x", F32)), I32, ("struct only (float)", "i32 (signed integer)")),
        (union("either", ("x", I32), ("y", F32)), U32, ("union either (union)",)),
        (I32, wrapped(U32), ("i32 (signed integer)",)),
        (Bits(I32, 32), F32, ("i32 (signed integer)", "f32 (float)")),
        (Bits(U32, 8), I8, ("u32 (unsigned integer)", "i8 (signed integer)")),
        (array(PAIR, 2), array(F32, 4), ("struct pair[2] (elements of 8 bytes)",)),
        (
            array(record("row", ("x", array(U8, 8))), 0),
            array(U8, 0),
            ("struct row[0] (elements of 8 bytes)", "u8[0] (elements of 1 byte)"),
        ),
    ],
)
def test_mismatch(c: Type | Bits, rust: Type, words: tuple[str, ...]) -> None:
    """Types of one size that are read in another way differ. Each side is shown with its kind."""
    pair = record_pair(record("s", ("m", c)), record("k::s", ("m", rust)))
    (mismatch,) = member_type.check(pair)
    assert (mismatch.check_id, mismatch.member_path) == ("member-type", "m")
    assert (mismatch.c, mismatch.rust)[: len(words)] == words


def test_another_size_is_anothers() -> None:
    """Another size is reported by `member-size` only."""
    pair = record_pair(record("s", ("m", I32)), record("k::s", ("m", I64)))
    assert list(member_type.check(pair)) == []
