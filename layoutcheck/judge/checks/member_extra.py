"""Report a member that Rust has and C does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.pairing import RecordPair
from layoutcheck.model.layout import spell, spell_bits
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "member-extra"


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """Yield one mismatch for each Rust member, except padding, that stands for nothing in C."""
    for member in pair.members:
        if member.rust is not None and member.c is None:
            yield Mismatch(
                check_id=ID,
                member_path=member.path,
                c="absent",
                rust=f"{spell(member.rust.type)} at {spell_bits(member.rust_bit_offset)}",
                rust_location=member.rust.declared_at,
            )
