"""A pointer to a function that is called otherwise than in C."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.mismatches import of_members
from layoutcheck.judge.pairing import RecordPair
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "member-signature"
SUMMARY: Final = "a pointer to a function has other parameters, or another result"


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """Yield one mismatch, of the first difference, for each member that leads to a function.

    C's old `f()` says nothing of its parameters, nor does a pointer to data of the function.
    """
    yield from of_members(pair, "signature", ID)
