"""A parameter of another type than in C."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.checks.parameter_count import COUNT, is_counted
from layoutcheck.judge.checks.passing import passing_difference
from layoutcheck.judge.item_pairs import FunctionPair
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "parameter-type"
SUMMARY: Final = "the parameter's kind, width or signedness differs, or what it points to"


def check(pair: FunctionPair) -> Iterator[Mismatch]:
    """One mismatch for each parameter that both have and that is passed unlike.

    If one side has more of them, that may follow from their number.
    """
    if pair.c is None:
        return
    cause = None if is_counted(pair.c, pair.rust) else COUNT
    both = zip(pair.c.parameters, pair.rust.parameters, strict=False)
    for number, (c, rust) in enumerate(both, 1):
        words = passing_difference(c, rust)
        if words is not None:
            yield Mismatch(
                check_id=ID,
                member_path=f"parameter {number}",
                c=words[0],
                rust=words[1],
                cause=cause,
            )
