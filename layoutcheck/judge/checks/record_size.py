"""Report a record whose size differs from C's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.pairing import RecordPair
from layoutcheck.model.verdict import Mismatch
from layoutcheck.model.words import counted

__all__ = ["ID", "check"]

ID: Final = "record-size"


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """Yield at most one mismatch: the sizes of the two records.

    `opaque-by-value` reports the size of an opaque type.
    """
    if pair.held_in is None and pair.c.byte_size != pair.rust.byte_size:
        yield Mismatch(
            check_id=ID,
            member_path=None,
            c=counted(pair.c.byte_size, "byte"),
            rust=counted(pair.rust.byte_size, "byte"),
        )
