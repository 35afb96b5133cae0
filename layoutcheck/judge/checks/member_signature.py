"""Report a member that points to a function with another signature than in C."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.mismatches import of_members
from layoutcheck.judge.pairing import RecordPair
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "member-signature"


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """Yield one mismatch, the first difference, for each member that leads to functions in both.

    Parameters are not compared with C's old `f()`. A pointer to data is not compared here.
    """
    yield from of_members(pair, "signature", ID)
