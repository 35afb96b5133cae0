"""Report a parameter whose type differs from C's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from layoutcheck.judge.checks.parameter_count import COUNT, is_counted
from layoutcheck.judge.item_pairs import FunctionPair
from layoutcheck.judge.mismatches import of_items
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "parameter-type"


def check(pair: FunctionPair) -> Iterator[Mismatch]:
    """Yield one mismatch for each parameter that both sides have and pass differently.

    If the numbers of parameters differ, each mismatch is a consequence of `parameter-count`.
    """
    if pair.c is None:
        return
    cause = None if is_counted(pair.c, pair.rust) else COUNT
    for mismatch in of_items(pair.differences, {"type", "signature"}, ID):
        if mismatch.member_path != "result":
            yield replace(mismatch, cause=cause or mismatch.cause)
