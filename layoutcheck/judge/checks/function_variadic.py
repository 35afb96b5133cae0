"""Report a function that is variadic on one side only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import FunctionPair
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "function-variadic"


def check(pair: FunctionPair) -> Iterator[Mismatch]:
    """Yield one mismatch if only one side is variadic; C's `f()` is not compared."""
    if pair.c is None or pair.c.is_unprototyped or pair.c.variadic == pair.rust.variadic:
        return
    yield Mismatch(
        check_id=ID,
        member_path=None,
        c=_words(variadic=pair.c.variadic),
        rust=_words(variadic=pair.rust.variadic),
    )


def _words(*, variadic: bool) -> str:
    return "variadic" if variadic else "not variadic"
