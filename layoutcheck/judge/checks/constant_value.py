"""Report a constant whose value differs from C's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import ConstantPair
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "constant-value"


def check(pair: ConstantPair) -> Iterator[Mismatch]:
    """Yield one mismatch if the numbers or texts differ."""
    if pair.difference() == "value":
        c, rust = pair.words()
        yield Mismatch(check_id=ID, member_path=None, c=c, rust=rust)
