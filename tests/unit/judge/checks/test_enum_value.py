"""enum_value.py: the values of two enums' variants."""

from __future__ import annotations

import pytest

from layoutcheck.judge.checks import enum_value, run_checks
from layoutcheck.judge.item_pairs import EnumPair
from layoutcheck.model.layout import EnumType, TypedefType
from tests.layouts import U32


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
    """Size and the values of namesakes are compared."""
    pair = EnumPair(c=enum(MOD_LOAD=0, MOD_UNLOAD=1), rust=rust)
    assert [(m.check_id, m.member_path) for m in run_checks("enum", pair)] == expected


def test_words() -> None:
    """Each variant's mismatch shows C's enumerator with its value, and the variant's value."""
    pair = EnumPair(c=TypedefType(name="e_t", target=enum(UP=0, DOWN=1)), rust=enum(Down=0, Left=7))
    assert [(m.member_path, m.c, m.rust) for m in enum_value.check(pair)] == [
        ("Down", "DOWN = 1", "0"),
        ("Left", "no enumerator Left, and none of that value", "7"),
    ]


def test_no_enum_in_c() -> None:
    """A typedef of an integer has no enumerators to compare."""
    pair = EnumPair(c=TypedefType(name="e", target=U32), rust=enum(UP=5))
    assert list(enum_value.check(pair)) == []
