"""A variant of another value than C's enumerator, or of one that C's enum does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.item_pairs import EnumPair
from layoutcheck.layout import EnumType, strip
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "enum-value"
SUMMARY: Final = "the variant's value is not that of C's enumerator"


def check(pair: EnumPair) -> Iterator[Mismatch]:
    """One mismatch for each variant whose namesake in C has another value.

    A namesake is called alike but for a prefix, underscores and the case of letters. A variant
    without one only needs a value that some enumerator has. Enumerators that Rust lacks are none:
    whether C ever hands one to Rust is not known here.
    """
    c = strip(pair.c)
    if not isinstance(c, EnumType):
        return
    values = {value for _, value in c.enumerators}
    for name, value in pair.rust.enumerators:
        exact = [item for item in c.enumerators if _plain(item[0]) == _plain(name)]
        namesakes = exact or [i for i in c.enumerators if _plain(i[0]).endswith(_plain(name))]
        if value in {known for _, known in namesakes} or (not namesakes and value in values):
            continue
        said = " or ".join(f"{known} = {number}" for known, number in namesakes)
        yield Mismatch(
            check_id=ID,
            member_path=name,
            c=said or f"no enumerator {name}, and none of that value",
            rust=str(value),
        )


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
