"""A type without a size that a record holds by value, where C's has a size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.pairing import RecordPair
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "opaque-by-value"
SUMMARY: Final = "an opaque type is held by value"


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """At most one mismatch, of the opaque type itself."""
    if pair.held_in is not None and pair.c.byte_size:
        yield Mismatch(
            check_id=ID,
            member_path=None,
            c=f"{pair.c.byte_size} bytes",
            rust=f"no size, and held by value as {pair.held_in}",
            hint=f"hold it behind a pointer, or give it C's {pair.c.byte_size} bytes",
        )
