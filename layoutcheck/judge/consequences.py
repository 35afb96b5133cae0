"""Find the cause of each mismatch that is a consequence.

In a `repr(C)` struct, one wrong member moves all members behind it. A wrong record changes every
record that holds it. Only mismatches without a `cause`, the root causes, have to be fixed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from layoutcheck.judge.pairing import MemberPair, RecordPair
from layoutcheck.judge.walk.crate_enums import SIZE
from layoutcheck.judge.walk.scalars import element_of, have_one_shape
from layoutcheck.model.layout import Member, RecordLayout, byte_size_of, natural_alignment
from layoutcheck.model.verdict import Cause, Mismatch

__all__ = ["ALIGNMENT", "KIND", "OPAQUE", "REPR", "WHOLE", "attribute"]

ALIGNMENT: Final = Cause(check="record-alignment")
"""Cause of the consequences of the record's own alignment or packing."""

KIND: Final = Cause(check="record-kind")
"""Cause of the consequences of a struct in place of a union, or the other way round."""

REPR: Final = Cause(check="repr-missing")
"""Cause of all mismatches in a type without a fixed layout."""

WHOLE: Final = ("record-size", "record-alignment")
OPAQUE: Final = (*WHOLE, "opaque-by-value")
"""Checks that differ in an opaque type held by value; the last one is reported."""

MOVERS: Final = ("member-size", "member-missing", "member-extra")


def attribute(
    pair: RecordPair,
    mismatches: Sequence[Mismatch],
    *,
    embedded: Mapping[str, str],
    wrong: Mapping[str, Collection[str]],
) -> tuple[Mismatch, ...]:
    """Return the mismatches of one record, with causes, in their order.

    `embedded` has the Rust path of the subject that each member embeds by value. `wrong` has the
    checks of `WHOLE` or `OPAQUE` that differ in each subject. A cause is never a consequence within
    the same record.
    """
    found = _Attribution(pair, mismatches, embedded, wrong).attribute()
    # A hint says how to fix a mismatch; a consequence goes with its root cause.
    return tuple(m if m.cause is None else replace(m, hint=None) for m in found)


class _Attribution:
    def __init__(
        self,
        pair: RecordPair,
        mismatches: Sequence[Mismatch],
        embedded: Mapping[str, str],
        wrong: Mapping[str, Collection[str]],
    ) -> None:
        self._pair, self._mismatches = pair, mismatches
        self._embedded, self._wrong = embedded, wrong
        self._nested = {nested.path: nested for nested in pair.nested}
        self._found: defaultdict[str | None, dict[str, Mismatch]] = defaultdict(dict)
        for mismatch in mismatches:
            self._found[mismatch.member_path].setdefault(mismatch.check_id, mismatch)
        self._whole = self._found.pop(None, {})
        self._misplaced: dict[str, Cause] = {}
        """Members of another size or offset, each with the cause, or with itself as the cause."""
        self._orders: set[Cause] = set()
        """Causes that are a change of order."""
        self._movers: dict[str, Cause] = {}
        """Members of another size, or on one side only."""

    def attribute(self) -> tuple[Mismatch, ...]:
        causes: dict[int, Cause | None] = {}
        packing = None
        if "record-alignment" in self._whole:
            culprit = self._alignment_culprit()
            causes[id(self._whole["record-alignment"])] = culprit
            packing = culprit or ALIGNMENT
        running: Cause | None = None
        is_order = False
        renamed, disordered = set(self._renamed()), set(self._disordered())
        exchanged_next = set(self._exchanged_next())
        for member in self._pair.members:
            here = self._found.get(member.path, {})
            mover = next((check_id for check_id in MOVERS if check_id in here), None)
            if member.path in renamed:  # one member in place of the other: nothing moves
                continue
            if "member-offset" in here:
                is_next = member.path in exchanged_next
                if member.path in disordered and (is_next or not is_order):
                    # Only another change of order explains a changed order: the member is a root
                    # cause, and so is the one it has changed places with; unless the member before
                    # it in Rust has changed its place already.
                    before = None if is_next else self._misplaced_before(member)
                    before = before if before in self._orders else None
                    causes[id(here["member-offset"])] = before
                    running, is_order = before or _at(member, "member-offset"), True
                    self._orders.add(running)
                else:
                    own = _at(member, mover) if mover else None
                    is_apart = self._is_packed_apart()
                    culprit = None if is_apart else self._culprit(member, "record-alignment")
                    causes[id(here["member-offset"])] = running or packing or culprit or own
                    running = running or packing or culprit or _at(member, mover or "member-offset")
                self._misplaced[member.path] = running
            elif mover is None and not self._moves_with_unit(member, running):
                running, is_order = None, False
            if mover is not None:
                unfixed = here.get("repr-missing")
                own = None if unfixed is None else unfixed.cause or _at(member, "repr-missing")
                culprit = self._culprit(member, "record-size") or own
                causes[id(here[mover])] = culprit
                running, is_order = culprit or _at(member, mover), False
                self._movers[member.path] = self._misplaced[member.path] = running
        if "record-size" in self._whole:
            causes[id(self._whole["record-size"])] = self._outgrown() or running or packing
        if "record-kind" in self._whole:
            causes |= dict.fromkeys((id(m) for k, m in self._whole.items() if k in WHOLE), KIND)
        found = tuple(
            replace(m, cause=causes[id(m)] if id(m) in causes else self._from_around(m))
            for m in self._mismatches
        )
        return tuple(map(self._by_repr, found)) if "repr-missing" in self._whole else found

    def _by_repr(self, mismatch: Mismatch) -> Mismatch:
        """Return the mismatch as a consequence of the missing `repr`, unless another item is."""
        of_other = mismatch.cause is not None and mismatch.cause.item is not None
        is_own = mismatch.check_id != "repr-missing" and not of_other
        return replace(mismatch, cause=REPR) if is_own else mismatch

    def _misplaced_before(self, member: MemberPair) -> Cause | None:
        """Return the cause of the member before this one in Rust, if that is misplaced."""
        ahead = [
            m for m in self._pair.members if m.rust and m.rust_bit_offset < member.rust_bit_offset
        ]
        last = max(ahead, key=lambda m: m.rust_bit_offset, default=None)
        return None if last is None else self._misplaced.get(last.path)

    def _moves_with_unit(self, member: MemberPair, running: Cause | None) -> bool:
        """Return whether a bit-field's storage unit has another place than in C, and record that.

        The place is the byte at which the unit begins. Other errors of the unit do not count.
        """
        if running is None or not member.is_covered:
            return False
        first = next(m for m in self._pair.members if m.rust is member.rust)
        if first.c_bit_offset // 8 * 8 == first.rust_bit_offset:
            return False
        self._misplaced[member.path] = running
        return True

    def _disordered(self) -> Iterator[str]:
        """Yield the paths of a struct's members that follow another member in Rust than in C."""
        both, in_rust = self._orders_of_members()
        follows = {id(member): id(before) for before, member in pairwise(in_rust)}
        in_c = {id(member): id(before) for before, member in pairwise(both)}
        for member in both:
            if follows.get(id(member)) != in_c.get(id(member)):
                yield member.path

    def _exchanged_next(self) -> Iterator[str]:
        """Yield the first member of each change of order behind another one.

        Before it, both sides have the same members, so that the change before does not explain it.
        """
        both, in_rust = self._orders_of_members()
        unlike: set[int] = set()
        for before, (member, rust) in pairwise(zip(both, in_rust, strict=True)):
            unlike ^= {id(before[0])} ^ {id(before[1])}
            if not unlike and member is not rust:
                yield member.path

    def _orders_of_members(self) -> tuple[list[MemberPair], list[MemberPair]]:
        """Return a struct's members that both sides have, in C's order and in Rust's."""
        members = () if self._pair.c.kind == "union" else self._pair.members
        both = [m for m in members if m.c and m.rust and not m.is_covered]
        return both, sorted(both, key=lambda member: member.rust_bit_offset)

    def _renamed(self) -> Iterator[str]:
        """Yield the paths of members on one side only that agree in size and offset."""
        alone = [m for m in self._pair.members if m.c is None or m.rust is None]
        for c in (m for m in alone if m.c is not None):
            for rust in (m for m in alone if m.rust is not None):
                same_size = c.c and rust.rust and c.c.bit_size == rust.rust.bit_size
                if same_size and c.c_bit_offset == rust.rust_bit_offset:
                    yield from (c.path, rust.path)

    def _culprit(self, member: MemberPair, check_id: str) -> Cause | None:
        """Return the cause in the subject that a member embeds, if it explains the mismatch.

        A wrong size of the element explains a wrong size of the array. A wrong count does not. An
        enum of another size has another alignment, too.
        """
        subject = self._embedded.get(member.path)
        wrong = () if subject is None else self._wrong.get(subject, ())
        if SIZE in wrong:
            return Cause(check=SIZE, item=subject) if self._is_of_elements(member) else None
        if check_id not in wrong or (
            check_id == "record-size" and not self._is_of_elements(member)
        ):
            return None
        check = OPAQUE[-1] if OPAQUE[-1] in wrong else check_id
        return Cause(check=check, item=subject)

    def _is_of_elements(self, member: MemberPair) -> bool:
        """Return whether both sides hold as many records, or enums; True if that is not known."""
        nested, c, rust = self._nested.get(member.path), member.c, member.rust
        if c is None or rust is None:
            return True
        both = (nested.c, nested.rust) if nested else (element_of(c.type), element_of(rust.type))
        return have_one_shape(c.type, rust.type, byte_size_of(both[0]), byte_size_of(both[1]))

    def _is_packed_apart(self) -> bool:
        """Return whether one side packs the record more than the other.

        Then its alignment, and the offsets that this changes, are wrong also if all members are
        right. Rust's packing is that of its `repr`. C's shows in a member that is not aligned.
        """
        limit, c_alignment = self._pair.packed, self._pair.c.alignment
        if limit is not None:
            return c_alignment is not None and limit < c_alignment
        return c_alignment is not None and any(
            c_alignment < least or member.bit_offset % (8 * least)
            for member in self._pair.c.members
            if not member.is_bit_field
            for least in [_least_alignment(member)]
        )

    def _outgrown(self) -> Cause | None:
        """Return the cause of a wrong size: a member that ends behind the end of the other side."""
        c_size, rust_size = self._pair.c.byte_size, self._pair.rust.byte_size
        for member in self._pair.members:
            greater = member.c if c_size > rust_size else member.rust
            start = member.c_bit_offset if c_size > rust_size else member.rust_bit_offset
            if greater and start + greater.bit_size > min(c_size, rust_size) * 8:
                return self._misplaced.get(member.path)
        return None

    def _alignment_culprit(self) -> Cause | None:
        """Return the cause of a wrong alignment: the first wrong member that gives the greater one.

        Return None if a right member gives it as well: then the other side is packed. Return None
        also if no member gives it: then an `align` was written. Return None if one side is packed.
        """
        c_alignment, rust_alignment = self._pair.c.alignment or 0, self._pair.rust.alignment or 0
        if self._is_packed_apart():
            return None
        culprits: list[Cause] = []
        for member in self._pair.members:
            if c_alignment > rust_alignment:
                gives = member.c and _gives(member.c, member.c_bit_offset, c_alignment)
            else:
                gives = member.rust and _gives(member.rust, member.rust_bit_offset, rust_alignment)
            if not gives:
                continue
            culprit = self._culprit(member, "record-alignment")
            found = [c for c in self._found.get(member.path, {}) if c != "member-offset"]
            if culprit is None and not found:
                return None
            culprits.append(culprit or _at(member, found[0]))
        return culprits[0] if culprits else None

    def _from_around(self, mismatch: Mismatch) -> Cause | None:
        """Return the cause of a mismatch inside a member, or of its kind: the member's wrong size.

        A member without a fixed layout is the cause of all mismatches inside. An accessor's
        mismatch is a consequence if the storage unit is misplaced or missing.
        """
        path = mismatch.member_path or ""
        holders = ((p, found.get("repr-missing")) for p, found in self._found.items())
        for holder, unfixed in holders:
            if unfixed is not None and path.startswith(f"{holder}."):
                return unfixed.cause or Cause(check="repr-missing", member=holder)
        if mismatch.check_id == "member-bits" and path in self._misplaced:
            return self._misplaced[path]
        around = (
            cause
            for mover, cause in self._movers.items()
            if path.startswith(f"{mover}.")
            or (path == mover and mismatch.check_id == "record-kind")
        )
        return next(around, mismatch.cause)


def _least_alignment(member: Member) -> int:
    """Return the alignment in bytes that a member has on every machine unless it is packed.

    It is at most four where the type's own is not known: i386 aligns a `long long` to four.
    """
    element = element_of(member.type)
    if isinstance(element, RecordLayout) and element.alignment is not None:
        return element.alignment
    return min(natural_alignment(element), 4) or 1


def _at(member: MemberPair, check_id: str) -> Cause:
    return Cause(check=check_id, member=member.path)


def _gives(member: Member, bit_offset: int, alignment: int) -> bool:
    """Return whether a member may give its record an alignment (in bytes)."""
    return bit_offset % (alignment * 8) == 0 and natural_alignment(member.type) >= alignment
