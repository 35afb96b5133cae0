"""A constant of another value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import ConstantPair, spell_value
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "constant-value"
SUMMARY: Final = "the value differs"


def check(pair: ConstantPair) -> Iterator[Mismatch]:
    """One mismatch if the numbers or texts differ."""
    if pair.difference() == "value":
        yield Mismatch(
            check_id=ID, member_path=None, c=spell_value(pair.c), rust=spell_value(pair.rust)
        )
