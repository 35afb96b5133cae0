"""Report a member whose size differs from C's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.pairing import RecordPair
from layoutcheck.model.layout import Member, spell
from layoutcheck.model.verdict import Mismatch
from layoutcheck.model.words import counted

__all__ = ["ID", "check"]

ID: Final = "member-size"


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """Yield one mismatch for each pair of members of different sizes."""
    for member in pair.members:
        if member.c is None or member.rust is None or member.is_covered:
            continue
        if member.c.bit_size != member.rust.bit_size:
            yield Mismatch(
                check_id=ID,
                member_path=member.path,
                c=_spell(member.c),
                rust=_spell(member.rust),
                c_location=member.c.declared_at,
                rust_location=member.rust.declared_at,
            )


def _spell(member: Member) -> str:
    if member.bit_size % 8:
        return f"{member.bit_size} bits ({spell(member.type)})"
    return f"{counted(member.bit_size // 8, 'byte')} ({spell(member.type)})"
