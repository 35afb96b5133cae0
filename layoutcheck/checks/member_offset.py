"""A member at another place than in C."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.layout import spell_bits
from layoutcheck.pairing import RecordPair
from layoutcheck.verdict import Mismatch

__all__ = ["ID", "SUMMARY", "check"]

ID: Final = "member-offset"
SUMMARY: Final = "the member's offset differs"


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """One mismatch for each pair of members at different offsets.

    Bit-fields inside a unit of bits are at the right place by the way they were paired.
    """
    for member in pair.members:
        if member.c is None or member.rust is None or member.is_covered:
            continue
        if member.c_bit_offset != member.rust_bit_offset:
            yield Mismatch(
                check_id=ID,
                member_path=member.path,
                c=spell_bits(member.c_bit_offset),
                rust=spell_bits(member.rust_bit_offset),
                c_location=member.c.declared_at,
                rust_location=member.rust.declared_at,
            )
