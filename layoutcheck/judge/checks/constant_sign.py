"""Report a constant of the right bits and the wrong sign."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import ConstantPair
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "constant-sign"


def check(pair: ConstantPair) -> Iterator[Mismatch]:
    """Yield one mismatch if the bits agree and the numbers do not."""
    if pair.difference() == "sign":
        c, rust = pair.words()
        yield Mismatch(check_id=ID, member_path=None, c=c, rust=rust)
