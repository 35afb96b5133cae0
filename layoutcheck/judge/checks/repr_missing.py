"""A Rust type of no fixed layout that stands for C's: by value, or behind a pointer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from layoutcheck.judge.item_pairs import AliasPair, FunctionPair, StaticPair
from layoutcheck.judge.mismatches import of_items, of_members
from layoutcheck.judge.pairing import RecordPair
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "repr-missing"
SUMMARY: Final = "a type without `repr` stands for one of C's"
HINT: Final = (
    "rustc may lay it out as it likes: give it `repr(C)`, `repr(transparent)`, or an enum an "
    "integer"
)

OF_TUPLES: Final = "no tuple has C's layout: declare a `#[repr(C)] struct`"

_Pair: TypeAlias = RecordPair | FunctionPair | StaticPair | AliasPair


def check(pair: _Pair) -> Iterator[Mismatch]:
    """Yield one mismatch for such a record, and for each member, parameter or variable of one.

    Also for each pointer to one that has C's name. What has a comparison of its own is the cause.
    """
    found = (
        of_members(pair, "repr", ID)
        if isinstance(pair, RecordPair)
        else of_items(pair.differences, {"repr"}, ID)
    )
    for mismatch in found:
        is_tuple = mismatch.rust.startswith("(")
        yield replace(mismatch, hint=OF_TUPLES if is_tuple else HINT)
