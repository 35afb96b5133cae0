"""A verdict on a record -> C's members with their offsets, and which Rust field has each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from layoutcheck.model.layout import Member, RecordLayout, strip
from layoutcheck.model.verdict import Mismatch, Verdict
from layoutcheck.report.rust_text.shapes import Inexpressible

__all__ = ["Partners", "Placement", "find_partners"]

_ANONYMOUS: Final = re.compile(r"\(anonymous \w+ at line (\d+)\)")
_PLACE: Final = ("member-offset", "record-size", "record-alignment", "record-kind")
"""Checks of which a wrong type of a member is not the cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """C's member at an offset in the record; `path` is its name in a report.

    `is_wrong`: the Rust field's type has to change.
    """

    path: str
    bit_offset: int
    member: Member
    is_wrong: bool = False

    @property
    def bit_end(self) -> int:
        """Return the first bit behind the member."""
        return self.bit_offset + self.member.bit_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Partners:
    """Members of C's record by Rust's field, several for a storage unit; those that Rust lacks.

    `every` has all members, also those that fillers stand for.
    """

    by_field: Mapping[str, tuple[Placement, ...]]
    missing: tuple[Placement, ...]
    every: tuple[Placement, ...]


def find_partners(verdict: Verdict, c: RecordLayout, own: tuple[Mismatch, ...]) -> Partners:
    """Return the partners of a record's fields. `own` are the mismatches that begin in the record.

    Raises `Inexpressible` if a field stands for a member inside a named one.
    """
    every = tuple(_flatten(c, 0))
    places = {one.path: one for one in every}
    wrong = {one.member_path for one in own if one.check_id not in _PLACE}
    # A member inside is wrong, if only by its place: the type around it is.
    inside = tuple(path for one in own if (path := one.member_path) and "." in path)
    by_field: dict[str, tuple[Placement, ...]] = {}
    for path, field in verdict.paired:
        if path is None or field is None:
            continue
        place = places.get(path)
        if place is None or "." in field:
            raise Inexpressible(f"its field {field} stands for {path}, inside another member")
        is_wrong = path in wrong or any(one.startswith(f"{path}.") for one in inside)
        found = Placement(
            path=path, bit_offset=place.bit_offset, member=place.member, is_wrong=is_wrong
        )
        by_field[field] = (*by_field.get(field, ()), found)
    lacking = {one.member_path for one in own if one.check_id == "member-missing"}
    return Partners(
        by_field=by_field,
        missing=tuple(one for one in every if one.path in lacking),
        every=every,
    )


def _flatten(record: RecordLayout, start: int) -> Iterator[Placement]:
    """Yield the members, and those of anonymous members behind these."""
    for member in record.members:
        inner, offset = strip(member.type), start + member.bit_offset
        if member.name is not None:
            yield Placement(path=member.name, bit_offset=offset, member=member)
        elif isinstance(inner, RecordLayout):
            line = "" if inner.declared_at is None else f" at line {inner.declared_at.line}"
            path = f"(anonymous {inner.kind}{line})"
            yield Placement(path=path, bit_offset=offset, member=member)
            yield from _flatten(inner, offset)
