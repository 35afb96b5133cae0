"""Report a member whose offset differs from C's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.idioms import bare
from layoutcheck.judge.pairing import MemberPair, RecordPair
from layoutcheck.model.layout import spell_bits
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "member-offset"


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """Yield one mismatch for each pair of members at different offsets.

    A bit-field is in the right place if it lies within its storage unit.
    """
    for member in pair.members:
        if member.c is None or member.rust is None:
            continue
        first, last = member.rust_bit_offset, member.rust_bit_offset + member.rust.bit_size
        in_unit = first <= member.c_bit_offset and member.c_bit_offset + member.c.bit_size <= last
        if not in_unit if member.is_covered else member.c_bit_offset != first:
            yield Mismatch(
                check_id=ID,
                member_path=member.path,
                c=spell_bits(member.c_bit_offset),
                rust=spell_bits(member.rust_bit_offset),
                hint=_hint(pair, member),
                c_location=member.c.declared_at,
                rust_location=member.rust.declared_at,
            )


def _hint(pair: RecordPair, member: MemberPair) -> str | None:
    """Return a hint for a pair that was made by name alone: how to pair the member otherwise."""
    name = member.rust.name if member.rust else None
    *around, own = member.path.split(".")
    if not around or name is None or bare(name) == bare(own) or member.is_covered:
        return None
    return (
        f"by its name, Rust's {name} is {member.path}; if it is another, "
        f'say [rename] "{pair.rust.name}.{name}" = "..."'
    )
