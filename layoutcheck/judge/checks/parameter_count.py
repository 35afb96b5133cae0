"""Report a function with more or fewer parameters than in C."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import FunctionPair
from layoutcheck.model.layout import FunctionType
from layoutcheck.model.verdict import Cause, Mismatch

__all__ = ["COUNT", "ID", "check", "is_counted"]

ID: Final = "parameter-count"

COUNT: Final = Cause(check=ID)
"""Cause of mismatches in parameters that may have been shifted."""


def check(pair: FunctionPair) -> Iterator[Mismatch]:
    """Yield one mismatch if the numbers differ; C's `f()` is not compared."""
    if pair.c is not None and not is_counted(pair.c, pair.rust):
        c, rust = len(pair.c.parameters), len(pair.rust.parameters)
        yield Mismatch(check_id=ID, member_path=None, c=_words(c), rust=_words(rust))


def is_counted(c: FunctionType, rust: FunctionType) -> bool:
    """Return whether the numbers of parameters are equal, or C gives none (`f()`)."""
    return c.is_unprototyped or len(c.parameters) == len(rust.parameters)


def _words(count: int) -> str:
    return f"{count} parameter{'' if count == 1 else 's'}"
