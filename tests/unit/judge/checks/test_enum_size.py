"""enum_size.py: the sizes of two enums."""

from __future__ import annotations

import pytest

from layoutcheck.judge.checks import enum_size
from layoutcheck.judge.item_pairs import EnumPair
from layoutcheck.model.layout import EnumType, Type, TypedefType
from tests.layouts import U8, U32

ENUM = EnumType(name="k::e", byte_size=1, signed=False, enumerators=())


@pytest.mark.parametrize(
    ("c", "size"),
    [
        (EnumType(name="e", byte_size=4, signed=False, enumerators=()), "4 bytes"),
        (TypedefType(name="e", target=U32), "4 bytes"),
        (EnumType(name="e", byte_size=1, signed=False, enumerators=()), None),
        (U8, None),
    ],
)
def test_sizes(c: Type, size: str | None) -> None:
    """C's side may be an enum or the type of a typedef."""
    found = [
        (m.check_id, m.member_path, m.c, m.rust) for m in enum_size.check(EnumPair(c=c, rust=ENUM))
    ]
    assert found == ([] if size is None else [("enum-size", None, size, "1 byte")])
