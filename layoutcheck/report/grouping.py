"""Mismatches of one record -> groups that are reported together, root causes first."""

from __future__ import annotations

from itertools import groupby

from layoutcheck.model.verdict import Mismatch

__all__ = ["group_mismatches", "said"]


def said(mismatch: Mismatch) -> str:
    """Return what both sides say, in words."""
    if mismatch.c == "absent":
        return f"is not in C; Rust has {mismatch.rust}"
    if mismatch.rust == "absent":
        return f"is not in Rust; C has {mismatch.c}"
    return f"C says {mismatch.c}, Rust {mismatch.rust}"


def group_mismatches(mismatches: tuple[Mismatch, ...]) -> tuple[tuple[Mismatch, ...], ...]:
    """Return groups of equal check, cause, hint and waiver; unwaived root causes come first.

    Mismatches of the whole record and of members are in different groups.
    """
    ordered = sorted(mismatches, key=lambda m: (m.waived is not None, m.cause is not None))
    grouped = groupby(
        ordered,
        key=lambda m: (
            m.check_id,
            m.cause and str(m.cause),
            m.hint,
            m.waived,
            m.member_path is None,
        ),
    )
    return tuple(tuple(group) for _, group in grouped)
