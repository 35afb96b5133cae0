"""A member that is a Rust type of no fixed layout, or points to one that stands for C's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.idioms import crosses_as
from layoutcheck.layout import spell
from layoutcheck.pairing import RecordPair
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "repr-missing"
SUMMARY: Final = "a type without `repr` stands for one of C's"


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """One mismatch for each member of such a type, and for each pointer to one of C's name."""
    for member in pair.members:
        if member.c is None or member.rust is None or member.is_covered:
            continue
        type_ = crosses_as(member.c.type, member.rust.type, pair.without_repr)
        if type_ is not None:
            yield Mismatch(
                check_id=ID,
                member_path=member.path,
                c=spell(member.c.type),
                rust=f"{spell(type_)}, which has no `repr`",
                hint="rustc may lay it out as it likes: give it `repr(C)`, `repr(transparent)`, or "
                "an enum an integer",
                c_location=member.c.declared_at,
                rust_location=member.rust.declared_at,
            )
