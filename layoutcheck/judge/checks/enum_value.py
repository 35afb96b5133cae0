"""Report a variant whose value differs from C's enumerator, or is not in C's enum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.enum_variants import enum_differences
from layoutcheck.judge.item_pairs import EnumPair
from layoutcheck.model.layout import EnumType, strip
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "enum-value"


def check(pair: EnumPair) -> Iterator[Mismatch]:
    """Yield one mismatch for each variant whose value differs from C's.

    An enumerator that Rust lacks is no mismatch: C may never pass it to Rust.
    """
    c = strip(pair.c)
    for found in enum_differences(c, pair.rust) if isinstance(c, EnumType) else ():
        yield Mismatch(check_id=ID, member_path=found.name, c=found.c, rust=found.rust)
