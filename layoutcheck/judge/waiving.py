"""Apply the manifest's waivers to verdicts, and find the waivers that waived nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Final

from layoutcheck.manifest.reader import Waiver, names_path
from layoutcheck.model.checks import UNCHECKED
from layoutcheck.model.verdict import Cause, Kind, Mismatch, Status, Verdict

__all__ = ["waive"]

TYPES: Final[tuple[Kind, ...]] = ("record", "enum")
"""Kinds of items that other items hold."""


def waive(
    verdicts: Sequence[Verdict], waivers: Sequence[Waiver]
) -> tuple[tuple[Verdict, ...], tuple[Waiver, ...]]:
    """Return one cell's verdicts with waived mismatches marked, and the unused waivers.

    A consequence is waived with the mismatch that is its cause. If all mismatches of a verdict are
    waived, the verdict is WAIVED.
    """
    used: set[Waiver] = set()
    result = [_waive_one(verdict, waivers, used) for verdict in verdicts]
    while True:
        types: defaultdict[str, list[Verdict]] = defaultdict(list)
        for verdict in result:
            if verdict.kind in TYPES:
                types[verdict.rust_path].append(verdict)
        followed = [_follow(verdict, types) for verdict in result]
        if followed == result:
            break
        result = followed
    return tuple(result), tuple(waiver for waiver in waivers if waiver not in used)


def _waive_one(verdict: Verdict, waivers: Sequence[Waiver], used: set[Waiver]) -> Verdict:
    def reason_for(check: str, member: str = "") -> str | None:
        for waiver in waivers:
            # An unchecked item is waived only by the name of the check, not by "*".
            says = waiver.check == check if check == UNCHECKED else fnmatchcase(check, waiver.check)
            if (
                says
                and names_path(waiver.subject, verdict.rust_path)
                and fnmatchcase(member, waiver.member)
            ):
                used.add(waiver)
                return waiver.reason
        return None

    if verdict.status is Status.INDETERMINATE:
        reason = reason_for(UNCHECKED)
        if reason is None:
            return verdict
        return replace(verdict, status=Status.WAIVED, reason=f"{reason} ({verdict.reason})")
    if not verdict.mismatches:  # most of a large crate
        return verdict
    return _concluded(
        replace(
            verdict,
            mismatches=tuple(
                replace(m, waived=reason_for(m.check_id, m.member_path or ""))
                for m in verdict.mismatches
            ),
        )
    )


def _follow(verdict: Verdict, types: Mapping[str, Sequence[Verdict]]) -> Verdict:
    """Waive the consequences of waived mismatches, in this verdict or in another type's."""
    if not verdict.mismatches:
        return verdict

    def follow(mismatch: Mismatch) -> Mismatch:
        cause = mismatch.cause
        if mismatch.waived is not None or cause is None:
            return mismatch
        others = [verdict] if cause.item is None else types.get(cause.item, ())
        reasons = [_reason(other, cause) for other in others]
        if not reasons or None in reasons:
            return mismatch
        return replace(mismatch, waived=f"follows from {cause}: {reasons[0]}")

    return _concluded(replace(verdict, mismatches=tuple(map(follow, verdict.mismatches))))


def _reason(verdict: Verdict, cause: Cause) -> str | None:
    """Return why the cause is waived; None if it is not, or not all of it.

    A cause may be no mismatch: a type that is unchecked, or an alignment that C does not say. It is
    waived if the item's verdict is waived.
    """
    found = [
        mismatch
        for mismatch in verdict.mismatches
        if mismatch.member_path == cause.member and cause.check in {None, mismatch.check_id}
    ]
    if found:
        return None if any(m.waived is None for m in found) else found[0].waived
    is_waived = cause.item is not None and verdict.status is Status.WAIVED
    return verdict.reason if is_waived else None


def _concluded(verdict: Verdict) -> Verdict:
    if all(m.waived is not None for m in verdict.mismatches):
        reasons = dict.fromkeys(m.waived for m in verdict.mismatches if m.cause is None)
        if not reasons:
            reasons = dict.fromkeys(m.waived for m in verdict.mismatches)
        return replace(verdict, status=Status.WAIVED, reason="; ".join(filter(None, reasons)))
    return verdict
