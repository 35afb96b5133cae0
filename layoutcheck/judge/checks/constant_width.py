"""Report a constant whose value is truncated by its Rust type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import ConstantPair
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "constant-width"


def check(pair: ConstantPair) -> Iterator[Mismatch]:
    """Yield one mismatch if the values agree only in the bits that the Rust type has."""
    if pair.difference() == "width":
        c, rust = pair.words()
        yield Mismatch(check_id=ID, member_path=None, c=c, rust=rust)
