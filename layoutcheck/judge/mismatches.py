"""Make mismatches of the differences of types, for the checks that report them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace

from layoutcheck.judge.pairing import RecordPair
from layoutcheck.judge.walk import Difference
from layoutcheck.judge.walk.differences import Kind
from layoutcheck.model.verdict import Mismatch

__all__ = ["of_items", "of_members", "roots_first"]


def roots_first(found: Iterable[Mismatch]) -> tuple[Mismatch, ...]:
    """Return the mismatches of an item: the root causes first, each part in its order."""
    return tuple(sorted(found, key=lambda one: one.cause is not None))


def of_members(pair: RecordPair, kind: Kind, check_id: str) -> Iterator[Mismatch]:
    """Yield one mismatch for each difference of a kind, with both members' source locations."""
    members = {member.path: member for member in pair.members}
    for mismatch in of_items(pair.differences, {kind}, check_id):
        member = members.get(mismatch.member_path or "")
        yield replace(
            mismatch,
            c_location=member.c.declared_at if member and member.c else None,
            rust_location=member.rust.declared_at if member and member.rust else None,
        )


def of_items(
    differences: Collection[Difference], kinds: AbstractSet[Kind], check_id: str
) -> Iterator[Mismatch]:
    """Yield one mismatch for each difference of these kinds."""
    for one in differences:
        if one.kind in kinds:
            yield Mismatch(
                check_id=check_id, member_path=one.path, c=one.c, rust=one.rust, cause=one.cause
            )
