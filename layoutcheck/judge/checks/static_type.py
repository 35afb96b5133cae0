"""A variable of another type than in C."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.checks.passing import passing_difference
from layoutcheck.judge.item_pairs import StaticPair
from layoutcheck.layout import ArrayType, RecordLayout, byte_size_of, strip
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "static-type"
SUMMARY: Final = "the variable's kind, size or signedness differs, or what it points to"


def check(pair: StaticPair) -> Iterator[Mismatch]:
    """One mismatch if the types differ.

    C's `x[]` says nothing of its length, and `extern struct s x` nothing where it has no members.
    """
    c, rust = strip(pair.c), strip(pair.rust)
    elements = (t.element if isinstance(t, ArrayType) else t for t in (c, rust))
    is_open = isinstance(c, ArrayType) and not byte_size_of(c)
    if isinstance(c, RecordLayout) and c.is_declaration:
        return
    words = passing_difference(*(elements if is_open else (pair.c, pair.rust)))
    if words is not None:
        yield Mismatch(check_id=ID, member_path=None, c=words[0], rust=words[1])
