"""Verdicts and waivers -> verdicts, and the waivers that waived nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Final

from layoutcheck.manifest import Waiver, names_path
from layoutcheck.verdict import Mismatch, Status, Verdict

__all__ = ["waive"]

UNCHECKED: Final = "indeterminate"


def waive(
    verdicts: Sequence[Verdict], waivers: Sequence[Waiver]
) -> tuple[tuple[Verdict, ...], tuple[Waiver, ...]]:
    """One cell's verdicts with what is waived marked so, and the waivers that nothing needed.

    A consequence is waived with its cause. A verdict all of whose mismatches are waived is WAIVED.
    """
    used: set[Waiver] = set()
    result = [_waive_one(verdict, waivers, used) for verdict in verdicts]
    while True:
        waived = {
            v.rust_path: v.reason
            for v in result
            if v.status is Status.WAIVED and v.kind == "record"
        }
        followed = [_follow(verdict, waived) for verdict in result]
        if followed == result:
            break
        result = followed
    return tuple(result), tuple(waiver for waiver in waivers if waiver not in used)


def _waive_one(verdict: Verdict, waivers: Sequence[Waiver], used: set[Waiver]) -> Verdict:
    def reason_for(check: str, member: str = "") -> str | None:
        for waiver in waivers:
            # What could not be checked is waived only by name, not by "*".
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


def _follow(verdict: Verdict, waived: dict[str, str | None]) -> Verdict:
    """Waive the consequences of what is waived, here or in another subject."""
    if not verdict.mismatches:
        return verdict
    roots = [m for m in verdict.mismatches if m.cause is None]
    here = {_cause_name(m): m.waived for m in roots}
    for unwaived in (m for m in roots if m.waived is None):
        here[_cause_name(unwaived)] = None

    def follow(mismatch: Mismatch) -> Mismatch:
        if mismatch.waived is not None or mismatch.cause is None:
            return mismatch
        reason = here.get(mismatch.cause) or waived.get(mismatch.cause)
        return replace(mismatch, waived=reason and f"follows from {mismatch.cause}: {reason}")

    return _concluded(replace(verdict, mismatches=tuple(map(follow, verdict.mismatches))))


def _cause_name(mismatch: Mismatch) -> str | None:
    from layoutcheck.judge.attribution import ALIGNMENT, KIND, REPR  # noqa: PLC0415 - if one differs
    from layoutcheck.judge.checks.parameter_count import COUNT  # noqa: PLC0415 - the same

    names = {"record-alignment": ALIGNMENT, "record-kind": KIND, "repr-missing": REPR}
    names["parameter-count"] = COUNT
    return mismatch.member_path or names.get(mismatch.check_id)


def _concluded(verdict: Verdict) -> Verdict:
    if all(m.waived is not None for m in verdict.mismatches):
        reasons = dict.fromkeys(m.waived for m in verdict.mismatches if m.cause is None)
        if not reasons:
            reasons = dict.fromkeys(m.waived for m in verdict.mismatches)
        return replace(verdict, status=Status.WAIVED, reason="; ".join(filter(None, reasons)))
    return verdict
