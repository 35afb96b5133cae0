"""An alias of another type than C's typedef stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.checks.member_signature import pointed_function, signature_difference
from layoutcheck.judge.checks.passing import passing_difference
from layoutcheck.judge.item_pairs import AliasPair
from layoutcheck.layout import spell
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "alias-type"
SUMMARY: Final = "the alias stands for another kind, size or signedness than C's typedef"


def check(pair: AliasPair) -> Iterator[Mismatch]:
    """One mismatch if the types differ as values in memory.

    C's typedef of a function and of a pointer to it are both Rust's pointer to it.
    """
    words = passing_difference(pair.c, pair.rust)
    c, rust = pointed_function(pair.c), pointed_function(pair.rust)
    if words is None and c is not None and rust is not None:
        unlike = signature_difference(c, rust)
        words = unlike and (f"{spell(c)}: {unlike[0]}", f"{spell(rust)}: {unlike[1]}")
    if words is not None:
        yield Mismatch(check_id=ID, member_path=None, c=words[0], rust=words[1])
