"""Mismatches of one record -> groups that are told together, what is to be mended first."""

from __future__ import annotations

from itertools import groupby

from layoutcheck.model.verdict import Mismatch

__all__ = ["group_mismatches"]


def group_mismatches(mismatches: tuple[Mismatch, ...]) -> tuple[tuple[Mismatch, ...], ...]:
    """Groups of one check, cause, hint and waiver; those without cause or waiver come first.

    Mismatches of the whole record are in no group with those of members.
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
