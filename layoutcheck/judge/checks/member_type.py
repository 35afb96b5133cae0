"""Report a member whose type differs from C's as a value in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.mismatches import of_members
from layoutcheck.judge.pairing import RecordPair
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "member-type"


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """Yield one mismatch for each pair of members of the same size and of different types.

    `member-size` reports members of different sizes. Records are compared member by member.
    """
    yield from of_members(pair, "type", ID)
