"""A function of more or fewer parameters than in C."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.item_pairs import FunctionPair
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "parameter-count"
SUMMARY: Final = "the number of parameters differs"


def check(pair: FunctionPair) -> Iterator[Mismatch]:
    """One mismatch if the numbers differ; C's `f()` says nothing of its parameters."""
    if pair.c is None or pair.c.is_unprototyped:
        return
    c, rust = len(pair.c.parameters), len(pair.rust.parameters)
    if c != rust:
        yield Mismatch(check_id=ID, member_path=None, c=_words(c), rust=_words(rust))


def _words(count: int) -> str:
    return f"{count} parameter{'' if count == 1 else 's'}"
