"""Report a constant that is an integer, a float or a text on one side only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import ConstantPair
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "constant-kind"


def check(pair: ConstantPair) -> Iterator[Mismatch]:
    """Yield one mismatch if the values are of kinds that cannot be compared."""
    if pair.difference() == "kind":
        c, rust = pair.words()
        yield Mismatch(check_id=ID, member_path=None, c=c, rust=rust)
