"""Report a Rust type without a fixed layout that stands for a C type, also behind a pointer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from layoutcheck.judge.item_pairs import AliasPair, FunctionPair, StaticPair
from layoutcheck.judge.mismatches import of_items, of_members
from layoutcheck.judge.pairing import RecordPair
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "repr-missing"
HINT: Final = (
    "rustc may lay it out as it likes: give it `repr(C)`, `repr(transparent)`, or an enum an "
    "integer"
)

OF_TUPLES: Final = "no tuple has C's layout: declare a `#[repr(C)] struct`"

_Pair: TypeAlias = RecordPair | FunctionPair | StaticPair | AliasPair


def check(pair: _Pair) -> Iterator[Mismatch]:
    """Yield one mismatch for each place where a type without a fixed layout is used.

    A place is the record itself, or a member, parameter, result or variable of that type. A pointer
    to such a record is one too, if the record has C's name. If the type has a comparison of its
    own, that is the cause.
    """
    found = (
        of_members(pair, "repr", ID)
        if isinstance(pair, RecordPair)
        else of_items(pair.differences, {"repr"}, ID)
    )
    for mismatch in found:
        is_tuple = mismatch.rust.startswith("(")
        yield replace(mismatch, hint=OF_TUPLES if is_tuple else HINT)
