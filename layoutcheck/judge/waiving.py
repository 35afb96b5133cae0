"""Apply the manifest's waivers to verdicts, and tell what each waiver waives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Final, TypeAlias

from layoutcheck.location import SourceLocation
from layoutcheck.manifest.reader import Waiver, names_path
from layoutcheck.model.checks import UNCHECKED
from layoutcheck.model.verdict import Cause, Kind, Mismatch, Status, Verdict

__all__ = ["Uses", "waive"]

TYPES: Final[tuple[Kind, ...]] = ("record", "enum")
"""Kinds of items that other items hold."""


Uses: TypeAlias = Mapping[Waiver, frozenset[tuple[Kind, str]]]
"""Keys of the items that each waiver waives; no entry for a waiver that waives nothing."""


def waive(
    verdicts: Sequence[Verdict], waivers: Sequence[Waiver], *, today: date = date.min
) -> tuple[tuple[Verdict, ...], Uses]:
    """Return one cell's verdicts with waived mismatches marked, and what each waiver waives.

    A consequence is waived with the mismatch that is its cause. If all mismatches of a verdict are
    waived, the verdict is WAIVED. A waiver that has expired before `today` waives nothing.
    """
    valid = [one for one in waivers if one.expires is None or one.expires >= today]
    uses: defaultdict[Waiver, set[tuple[Kind, str]]] = defaultdict(set)
    result = [_waive_one(verdict, valid, uses) for verdict in verdicts]
    while True:
        types: defaultdict[str, list[Verdict]] = defaultdict(list)
        for verdict in result:
            if verdict.kind in TYPES:
                types[verdict.rust_path].append(verdict)
        followed = [_follow(verdict, types) for verdict in result]
        if followed == result:
            break
        result = followed
    return tuple(result), {waiver: frozenset(keys) for waiver, keys in uses.items()}


def _waive_one(
    verdict: Verdict,
    waivers: Sequence[Waiver],
    uses: defaultdict[Waiver, set[tuple[Kind, str]]],
) -> Verdict:
    def find(check: str, member: str = "") -> Waiver | None:
        for waiver in waivers:
            # An unchecked item is waived only by the name of the check, not by "*".
            says = waiver.check == check if check == UNCHECKED else fnmatchcase(check, waiver.check)
            if (
                says
                and names_path(waiver.subject, verdict.rust_path)
                and fnmatchcase(member, waiver.member)
            ):
                uses[waiver].add(verdict.key)
                return waiver
        return None

    def waived(mismatch: Mismatch) -> Mismatch:
        waiver = find(mismatch.check_id, mismatch.member_path or "")
        if waiver is None:
            return mismatch
        return replace(mismatch, waived=waiver.reason, waiver=waiver.location)

    if verdict.status is Status.INDETERMINATE:
        waiver = find(UNCHECKED)
        if waiver is None:
            return verdict
        reason = f"{waiver.reason} ({verdict.reason})"
        return replace(verdict, status=Status.WAIVED, reason=reason, waiver=waiver.location)
    if not verdict.mismatches:  # most of a large crate
        return verdict
    return _concluded(replace(verdict, mismatches=tuple(map(waived, verdict.mismatches))))


def _follow(verdict: Verdict, types: Mapping[str, Sequence[Verdict]]) -> Verdict:
    """Waive the consequences of waived mismatches, in this verdict or in another type's."""
    if not verdict.mismatches:
        return verdict

    def follow(mismatch: Mismatch) -> Mismatch:
        cause = mismatch.cause
        if mismatch.waived is not None or cause is None:
            return mismatch
        others = [verdict] if cause.item is None else types.get(cause.item, ())
        found = [_acceptance(other, cause) for other in others]
        if not found or None in found or found[0] is None:
            return mismatch
        reason, waiver = found[0]
        return replace(mismatch, waived=f"follows from {cause}: {reason}", waiver=waiver)

    return _concluded(replace(verdict, mismatches=tuple(map(follow, verdict.mismatches))))


def _acceptance(verdict: Verdict, cause: Cause) -> tuple[str, SourceLocation | None] | None:
    """Return why the cause is waived, and by which waiver; None if not all of it is.

    A cause may be no mismatch: a type that is unchecked, or an alignment that C does not say. It is
    waived if the item's verdict is waived.
    """
    found = [
        mismatch
        for mismatch in verdict.mismatches
        if cause.check is None
        or (mismatch.member_path, mismatch.check_id) == (cause.member, cause.check)
    ]
    if found:
        first = found[0]
        is_whole = first.waived is not None and all(m.waived is not None for m in found)
        return (first.waived or "", first.waiver) if is_whole else None
    is_waived = cause.item is not None and verdict.status is Status.WAIVED
    return (verdict.reason or "", verdict.waiver) if is_waived else None


def _concluded(verdict: Verdict) -> Verdict:
    if all(m.waived is not None for m in verdict.mismatches):
        reasons = dict.fromkeys(m.waived for m in verdict.mismatches if m.cause is None)
        if not reasons:
            reasons = dict.fromkeys(m.waived for m in verdict.mismatches)
        return replace(verdict, status=Status.WAIVED, reason="; ".join(filter(None, reasons)))
    return verdict
