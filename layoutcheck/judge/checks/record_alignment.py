"""Report a record whose alignment differs from C's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.pairing import RecordPair
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "record-alignment"


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """Yield at most one mismatch; none if a side's debug information has no alignment."""
    c, rust = pair.c.alignment, pair.rust.alignment
    is_opaque = pair.held_in is not None
    if c is not None and rust is not None and c != rust and not is_opaque:
        wanted = (
            f"it wants `align({c})`" if c > rust else f"`align` is too large, or it is packed({c})"
        )
        yield Mismatch(
            check_id=ID,
            member_path=None,
            c=f"aligned to {c}",
            rust=f"aligned to {rust}",
            hint=f"if all members are right, its `repr` is not: {wanted}",
        )
