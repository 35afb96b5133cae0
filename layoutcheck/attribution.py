"""Mismatches -> the same, each with its cause where it is but a consequence.

In a `repr(C)` struct one wrong member moves all that follow, and a wrong record every record that
holds it. The reader wants the cause first: only mismatches without `cause` are to be mended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from layoutcheck.pairing import RecordPair
from layoutcheck.verdict import Mismatch

__all__ = ["ALIGNMENT", "KIND", "attribute"]

ALIGNMENT: Final = "alignment"
"""The cause of what follows from the record's own alignment or packing."""

KIND: Final = "kind"
"""The cause of what follows from a struct for a union, or the other way round."""

MOVERS: Final = ("member-size", "member-missing", "member-extra")


def attribute(
    pair: RecordPair,
    mismatches: Sequence[Mismatch],
    *,
    embedded: Mapping[str, str],
    wrong: Collection[str],
) -> tuple[Mismatch, ...]:
    """The mismatches of one record, with causes, in their order.

    `embedded` has the Rust path of the subject that each member embeds by value, `wrong` the paths
    of the subjects whose size or alignment is not C's. What differs inside a member follows from
    the member where that has another size.
    """
    found: defaultdict[str | None, dict[str, Mismatch]] = defaultdict(dict)
    for mismatch in mismatches:
        found[mismatch.member_path][mismatch.check_id] = mismatch
    whole = found.pop(None, {})
    culprits = {path: rust for path, rust in embedded.items() if rust in wrong}
    movers = [m.member_path for m in mismatches if m.check_id in MOVERS]
    packing = ALIGNMENT if "record-alignment" in whole and not (movers or culprits) else None
    causes: dict[int, str | None] = {}
    cause: str | None = None
    for member in pair.members:
        here = found.get(member.path, {})
        mover = next((check_id for check_id in MOVERS if check_id in here), None)
        culprit = culprits.get(member.path)
        if "member-offset" in here:
            own = member.path if mover else None
            causes[id(here["member-offset"])] = cause or packing or culprit or own
            cause = cause or packing or culprit or member.path
        elif mover is None:
            cause = None
        if mover is not None:
            causes[id(here[mover])] = culprit
            cause = culprit or member.path
    kind = KIND if "record-kind" in whole else None
    first = next(iter(culprits.values()), None) or next(iter(movers), None)
    for check_id, reason in (("record-alignment", first), ("record-size", cause or packing)):
        if check_id in whole:
            causes[id(whole[check_id])] = kind or reason
    return tuple(
        replace(m, cause=causes[id(m)] if id(m) in causes else _from_around(m, movers))
        for m in mismatches
    )


def _from_around(mismatch: Mismatch, movers: Sequence[str | None]) -> str | None:
    """The cause of what differs inside a member: the member, if it has another size."""
    path = mismatch.member_path or ""
    around = (mover for mover in movers if mover and path.startswith(f"{mover}."))
    return next(around, mismatch.cause)
