"""A function or variable that C has no symbol for, so that nothing can link to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.item_pairs import FunctionPair
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "function-symbol"
SUMMARY: Final = "C has no symbol of that name: it is `static inline`, or a macro"


def check(pair: FunctionPair) -> Iterator[Mismatch]:
    """One mismatch if there is nothing to link."""
    if pair.no_symbol is not None:
        yield Mismatch(
            check_id=ID,
            member_path=None,
            c=pair.no_symbol,
            rust=f"links to {pair.symbol}",
            hint="write it in Rust, or in C a function that calls it",
        )
