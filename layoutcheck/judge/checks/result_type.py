"""Report a function whose result type differs from C's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import FunctionPair
from layoutcheck.judge.mismatches import of_items
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "result-type"


def check(pair: FunctionPair) -> Iterator[Mismatch]:
    """Yield one mismatch if the results are passed differently; Rust's `!` agrees with `void`."""
    for mismatch in of_items(pair.differences, {"type", "signature"}, ID):
        if mismatch.member_path == "result":
            yield mismatch
