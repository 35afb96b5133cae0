"""Report an alias whose type differs from that of C's typedef."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import AliasPair
from layoutcheck.judge.mismatches import of_items
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "alias-type"


def check(pair: AliasPair) -> Iterator[Mismatch]:
    """Yield one mismatch if the types differ as values in memory.

    Rust's function pointer agrees with C's typedef of a function and with one of a pointer to it.
    """
    yield from of_items(pair.differences, {"type", "signature"}, ID)
