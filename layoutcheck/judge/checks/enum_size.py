"""Report an enum that takes more or fewer bytes than C's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import EnumPair
from layoutcheck.model.layout import byte_size_of
from layoutcheck.model.verdict import Mismatch
from layoutcheck.model.words import counted

__all__ = ["ID", "check"]

ID: Final = "enum-size"


def check(pair: EnumPair) -> Iterator[Mismatch]:
    """Yield one mismatch if the sizes differ."""
    c, rust = byte_size_of(pair.c), pair.rust.byte_size
    if c != rust:
        yield Mismatch(
            check_id=ID, member_path=None, c=counted(c, "byte"), rust=counted(rust, "byte")
        )
