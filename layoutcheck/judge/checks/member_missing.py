"""Report a member that C has and Rust does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from layoutcheck.judge.pairing import MemberPair, RecordPair
from layoutcheck.model.layout import spell, spell_bits
from layoutcheck.model.verdict import Mismatch

__all__ = ["ID", "check"]

ID: Final = "member-missing"


def check(pair: RecordPair) -> Iterator[Mismatch]:
    """Yield one mismatch for each C member that no Rust member stands for."""
    for member in pair.members:
        if member.c is not None and member.rust is None:
            yield Mismatch(
                check_id=ID,
                member_path=member.path,
                c=f"{spell(member.c.type)} at {spell_bits(member.c_bit_offset)}",
                rust="absent",
                hint=_hint(pair, member),
                c_location=member.c.declared_at,
            )


def _hint(pair: RecordPair, missing: MemberPair) -> str | None:
    """Propose a rename if Rust has a member that is not in C, of the same place and size."""
    if "<" in (pair.rust.name or "<") or (missing.c is not None and missing.c.name is None):
        return None  # no rename can name it
    for other in pair.members:
        if other.c is None and other.rust is not None and missing.c is not None:
            same_place = other.rust_bit_offset == missing.c_bit_offset
            if same_place and other.rust.bit_size == missing.c.bit_size:
                return (
                    f"Rust has {other.path} there; if that is the same, "
                    f'say [rename] "{pair.rust.name}.{other.path}" = "{missing.path}"'
                )
    return None
