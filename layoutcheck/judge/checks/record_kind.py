"""Report a struct where C has a union, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.pairing import RecordPair
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "record-kind"


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """Yield at most one mismatch: the kinds of the two records."""
    if pair.c.kind != pair.rust.kind and pair.held_in is None:
        yield Mismatch(
            check_id=ID,
            member_path=None,
            c=pair.c.kind,
            rust=pair.rust.kind,
            hint=f"declare it as a `#[repr(C)] {pair.c.kind}`",
        )
