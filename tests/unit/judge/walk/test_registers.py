"""registers.py: values whose registers differ from their form in memory."""

from __future__ import annotations

import pytest

from layoutcheck.judge.walk.registers import (
    in_registers,
    is_passed_as_content,
    is_passed_as_parts,
    is_plain,
)
from layoutcheck.model.layout import ArrayType, Encoding, EnumType, Type
from layoutcheck.model.target import find_target
from tests.layouts import F32, I32, PTR, U8, U32, U64, U128, array, base, record

COMPLEX = base("complex", 8, Encoding.COMPLEX)
VECTOR = ArrayType(element=F32, counts=(4,), is_vector=True)
PAIR = record("k::Complex", ("re", F32), ("im", F32))
HALF, QUAD = base("_Float16", 2, Encoding.FLOAT), base("long double", 16, Encoding.FLOAT)
ENUM = EnumType(name="e", byte_size=4, signed=False, enumerators=())
M128 = record("core::core_arch::x86::__m128", ("__0", array(F32, 4)))


@pytest.mark.parametrize(
    ("c", "rust", "expected"),
    [
        (U32, I32, True),
        (PTR, PTR, True),
        (VECTOR, VECTOR, False),
        (COMPLEX, U64, False),
        (U32, record("k::N", ("__0", U32)), False),
    ],
)
def test_plain_values(c: Type, rust: Type, *, expected: bool) -> None:
    """A vector, a `_Complex` and a record in place of a scalar are no plain values."""
    assert is_plain(c, rust) is expected


@pytest.mark.parametrize(
    ("machine", "type_", "parameter", "result"),
    [
        ("amd64", ENUM, True, True),
        ("amd64", PTR, True, True),
        ("amd64", U8, False, False),
        ("amd64", HALF, False, False),
        ("arm64", U8, True, True),
        ("arm64", HALF, False, False),
        ("arm64", QUAD, False, False),
        ("riscv64", U32, False, False),
        ("riscv64", F32, True, True),
        ("powerpc64", PTR, True, True),
        ("i386", U32, True, True),
        ("i386", F32, True, False),
        ("armv7", U64, True, False),
        ("armv7", U8, False, False),
        ("amd64", U128, False, False),
        ("amd64", record("s", ("x", U64)), False, False),
        ("amd64", None, False, False),
    ],
)
def test_records_of_one_scalar(
    machine: str, type_: Type | None, *, parameter: bool, result: bool
) -> None:
    """A record of one scalar is passed as that scalar, unless the psABI extends the scalar."""
    target = find_target(machine)
    assert is_passed_as_content(target, type_, is_result=False) is parameter
    assert is_passed_as_content(target, type_, is_result=True) is result
    assert not is_passed_as_content(None, type_, is_result=False)


@pytest.mark.parametrize(
    ("machine", "expected"),
    [("amd64", True), ("arm64", True), ("riscv64", True), ("i386", False), ("powerpc64", False)],
)
def test_complex_numbers_as_records(machine: str, *, expected: bool) -> None:
    """Some psABIs pass a complex number as a record of two floats; none does for integers."""
    target = find_target(machine)
    assert is_passed_as_parts(target, COMPLEX, PAIR) is expected
    assert not is_passed_as_parts(target, COMPLEX, record("k::I", ("re", I32), ("im", I32)))
    assert not is_passed_as_parts(target, U64, PAIR)
    assert not is_passed_as_parts(None, COMPLEX, PAIR)


@pytest.mark.parametrize(
    ("c", "rust", "kind", "words"),
    [
        (COMPLEX, U64, "unknown", ("complex: Rust has no type that is passed so", "")),
        (
            VECTOR,
            M128,
            "unknown",
            ("f32[4]: a vector's registers depend on the target's features", ""),
        ),
        (VECTOR, array(F32, 4), "type", ("vector", "array")),
        (VECTOR, record("k::V", ("__0", array(F32, 4))), "type", ("vector", "struct")),
        (
            U32,
            record("k::N", ("__0", U32)),
            "type",
            ("unsigned integer", "struct, which is passed as one"),
        ),
    ],
)
def test_words(c: Type, rust: Type, kind: str, words: tuple[str, str]) -> None:
    """The words say that the registers are unknown, or how they differ."""
    found = in_registers(c, c, rust)
    assert (found.kind, (found.c, found.rust)) == (kind, words)
