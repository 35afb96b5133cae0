"""Report a variable that C links to another symbol, or that is thread-local on one side only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.checks.function_symbol import label_mismatch, other_mismatch
from layoutcheck.judge.item_pairs import StaticPair
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "static-symbol"


def check(pair: StaticPair) -> Iterator[Mismatch]:
    """Yield one mismatch if the symbol that Rust links to is not C's variable."""
    c, rust = ("each thread has its own" if own else "one variable" for own in pair.of_thread)
    if c != rust:
        hint = "write in C a function that returns its address"
        yield Mismatch(check_id=ID, member_path=None, c=c, rust=rust, hint=hint)
    elif pair.label is not None:
        yield label_mismatch(ID, pair.symbol, pair.label)
    elif pair.other is not None:
        yield other_mismatch(ID, pair.symbol, f"{pair.other} is a variable, too")
