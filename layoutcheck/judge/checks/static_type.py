"""Report a variable whose type differs from C's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import StaticPair
from layoutcheck.judge.mismatches import of_items
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "static-type"


def check(pair: StaticPair) -> Iterator[Mismatch]:
    """Yield one mismatch if the types differ; the length of C's `x[]` is not compared."""
    yield from of_items(pair.differences, {"type", "signature"}, ID)
