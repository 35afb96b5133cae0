"""walk/passing.py: registers by psABI; tests/cases compares them with clang and rustc."""

from __future__ import annotations

import pytest

from layoutcheck.judge.walk.passing import KNOWN, is_passed_apart, passed_in
from layoutcheck.model.layout import ArrayType, BaseType, Encoding, RecordLayout
from layoutcheck.model.target import TARGETS, find_target
from tests.layouts import F32, I32, PTR, U8, U32, U64, array, base, record, union

DOUBLE = base("double", 8, Encoding.FLOAT)
LONG_DOUBLE = base("long double", 16, Encoding.FLOAT)
WIDE = base("__int128", 16, Encoding.SIGNED)
COMPLEX = BaseType(name="complex", byte_size=16, encoding=Encoding.COMPLEX)
VECTOR = ArrayType(element=F32, counts=(4,), is_vector=True)
TWO_DOUBLES = record("s", ("x", DOUBLE), ("y", DOUBLE))
TWO_WORDS = record("s", ("p", array(U64, 2)))
MIXED = record("s", ("f", F32), ("i", I32))
MAYBE = record("s", ("u", union("MaybeUninit", ("value", DOUBLE))))
EITHER = record("s", ("u", union("u", ("d", DOUBLE), ("l", U64))))


@pytest.mark.parametrize(
    ("machine", "passed", "expected"),
    [
        ("amd64", TWO_DOUBLES, "float and float registers"),
        ("amd64", TWO_WORDS, "integer and integer registers"),
        ("amd64", MIXED, "integer registers"),
        ("amd64", EITHER, "integer registers"),
        ("amd64", MAYBE, "float registers"),
        ("amd64", record("s", ("z", COMPLEX)), "float and float registers"),
        ("amd64", record("s", ("d", LONG_DOUBLE)), "x87 and upper x87 registers"),
        ("amd64", record("s", ("v", VECTOR)), "vector and upper vector registers"),
        ("amd64", record("s", ("a", array(U64, 3))), "memory"),
        ("arm64", TWO_DOUBLES, "2 float registers of 8 bytes"),
        ("arm64", record("s", ("a", array(F32, 4))), "4 float registers of 4 bytes"),
        ("arm64", record("s", ("a", array(F32, 5))), "memory"),
        ("arm64", MIXED, "integer registers"),
        ("arm64", record("s", ("w", WIDE)), "integer registers, an even one first"),
        ("powerpc64", record("s", ("a", array(DOUBLE, 8))), "8 float registers of 8 bytes"),
        ("armv7", record("s", ("x", F32), ("pad", U32)), "integer registers"),
        ("riscv64", MIXED, "float and integer registers"),
        (
            "riscv64",
            record("s", ("c", U8), ("pad", array(U8, 7)), ("d", DOUBLE)),
            "integer registers",
        ),
        ("riscv64", EITHER, "integer registers"),
        ("riscv64", MAYBE, "float registers"),
        ("i386", TWO_DOUBLES, "memory"),
    ],
)
def test_parameters(machine: str, passed: RecordLayout, expected: str) -> None:
    """A record is passed by its scalars, for any names and nesting."""
    assert passed_in(find_target(machine), passed, is_result=False) == expected


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (record("s", ("d", DOUBLE)), "a float register"),
        (record("s", ("p", PTR)), "integer registers"),
        (MIXED, "integer registers"),
        (TWO_WORDS, "memory"),
    ],
)
def test_results_on_i386(passed: RecordLayout, expected: str) -> None:
    """Small results are returned in registers on i386."""
    assert passed_in(find_target("i386"), passed, is_result=True) == expected


def test_a_large_record_is_not_looked_into() -> None:
    """A record of a megabyte is passed in memory, and its members are not read."""
    large = record("s", ("a", array(U8, 1 << 20)))
    for machine in ("amd64", "arm64", "powerpc64", "riscv64"):
        assert passed_in(find_target(machine), large, is_result=False) == "memory"


def test_the_rules_of_every_target_are_known() -> None:
    """A target without rules here has records by value unchecked."""
    assert {target.name for target in TARGETS} == KNOWN


EMPTY = record("s", ("z", array(U32, 0)), ("x", F32))


@pytest.mark.parametrize(
    ("machine", "passed", "is_result", "apart"),
    [
        ("arm64", EMPTY, False, True),
        ("powerpc64", EMPTY, False, True),
        ("riscv64", EMPTY, False, True),
        ("amd64", EMPTY, False, True),
        ("arm64", MIXED, False, False),
        ("i386", EMPTY, True, True),
        ("i386", EMPTY, False, False),
        ("i386", record("s", ("a", U32), ("b", array(U8, 3)), ("c", U8)), True, True),
        ("i386", record("s", ("a", U32), ("b", U32)), True, False),
        ("i386", record("s", ("a", F32)), True, False),
    ],
)
def test_declarations_that_the_compilers_pass_in_different_ways(
    machine: str, passed: RecordLayout, *, is_result: bool, apart: bool
) -> None:
    """An empty array, and on i386 a member that fits no register in a result."""
    target = find_target(machine)
    assert is_passed_apart(target, passed, is_result=is_result) is apart
