"""Rules of a pairing, in the order in which they apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from layoutcheck.judge.idioms import (
    anonymous_number,
    bare,
    is_flexible,
    is_stand_in,
    is_tuple,
    is_unit,
    see_through,
    spellings,
    unit_number,
)
from layoutcheck.judge.pairing.flattened import ways_by_name
from layoutcheck.judge.pairing.member_offsets import (
    Way,
    bit_runs,
    coincide,
    holds,
    is_within,
    solid_spans,
)
from layoutcheck.judge.pairing.open_members import PairingState
from layoutcheck.judge.pairing.paired_members import MemberPair, RecordPair, nested_in, units_in
from layoutcheck.model.bit_access import BitAccess
from layoutcheck.model.layout import Member, RecordLayout, Type, strip

__all__ = ["pair_records"]


def pair_records(
    c: RecordLayout,
    rust: RecordLayout,
    *,
    renames: Mapping[str, str] | None = None,
    accessors: Sequence[BitAccess] = (),
    namesake: RecordLayout | None = None,
) -> RecordPair:
    """Return the pairs of the two records' members; `renames` maps Rust's names to C's.

    `accessors` are the accesses of the Rust record's methods to its bits. If the Rust type stands
    for another C record elsewhere, that record is its `namesake`. A Rust member with the name of a
    member there is that member, and no filler here. Rust's storage units then hold only bit-fields
    of these names.
    """
    return _Pairing(c, rust, renames or {}, accessors, namesake).pair()


class _Pairing(PairingState):
    """Pairing in progress: each step leaves fewer members without a partner."""

    def pair(self) -> RecordPair:
        if self.c.kind == self.rust.kind:
            self._by_name()
            self._by_position()
            self._anonymous_by_number()
            self._anonymous_by_offset()
            self._inside_records()
            self._flexible_arrays()
            self._bit_units()
            self._stand_ins()
            self._rest()
        pairs = tuple(map(self.with_padding, self.in_order()))
        accesses = tuple(self.accesses())
        matched = [accessed.access for accessed in accesses]
        return RecordPair(
            c=self.c,
            rust=self.rust,
            members=pairs,
            nested=(*(one for pair in pairs for one in nested_in(pair)), *units_in(pairs)),
            accesses=accesses if self.c.kind == self.rust.kind else (),
            astray=tuple(a for a in self.accessors if a.verb == "masks" and a not in matched),
        )

    def _by_name(self) -> None:
        """Pair by name, exact names first: `_x` is C's `x` only if Rust has no `x`."""
        ways: dict[str, Way] = {}
        for spelled in (str, bare):
            for way, (_, member) in self.flat.items():
                if member.name is not None:
                    ways.setdefault(spelled(member.name), way)
        for rust in tuple(self.left):
            name = self.renames.get(rust.name or "", rust.name)
            exact = self.way_of(name) if "." in (name or "") else ways.get(name or "")
            if exact is not None and self.flat[exact][1].name == (name or "").rpartition(".")[2]:
                self._take_named(exact, rust)
        for rust in tuple(self.left):
            names = spellings(rust.name or "")
            alike = next((ways[n] for n in names if n in ways), None)
            if alike is not None and rust.name not in self.renames:
                self._take_named(alike, rust)

    def _by_position(self) -> None:
        """Pair the fields of a tuple struct with C's members, in order, while both have one."""
        if is_tuple(self.rust):
            ways = (way for way in self.flat if len(way) == 1 and way not in self.accounted)
            for way, rust in zip(tuple(ways), tuple(self.left), strict=False):
                self.take(way, rust)

    def _take_named(self, way: Way, rust: Member) -> None:
        """Pair by name, unless Rust's is a record and C's is none, inside another record."""
        is_around = len(way) > 1 and isinstance(see_through(rust.type), RecordLayout)
        if way not in self.paired and (
            not is_around or isinstance(strip(self.flat[way][1].type), RecordLayout)
        ):
            self.take(way, rust)

    def _anonymous_by_number(self) -> None:
        anonymous = [way for way, (_, m) in self.flat.items() if len(way) == 1 and not m.name]
        for rust in tuple(self.left):
            number = anonymous_number(rust.name)
            if number is not None and 0 < number <= len(anonymous):
                way = anonymous[number - 1]
                if way not in self.accounted:
                    self.take(way, rust)

    def _anonymous_by_offset(self) -> None:
        for way, offset, member in self.free():
            if member.name is None:
                for rust in self.left:
                    is_record = isinstance(strip(rust.type), RecordLayout)
                    if is_record and rust.bit_size and rust.bit_offset == offset:
                        self.take(way, rust)
                        break

    def _inside_records(self) -> None:
        """Pair Rust members with members inside C's records: `st_atime` with `st_atim.tv_sec`."""
        placed: list[tuple[Way, Member]] = []
        for rust in tuple(self.left):
            if not rust.bit_size or is_stand_in(rust):
                continue
            for way, offset, member in tuple(self.free()):
                if len(way) == 1 and holds(offset, member, rust):
                    self.open(way, rust)
            inside = [
                (way, offset, member)
                for way, offset, member in self.free()
                if way[:1] in self.opened and member.name is not None
            ]
            named = [way for way, _, m in inside if bare(m.name or "") == bare(rust.name or "")]
            fitting = [way for way, offset, member in inside if coincide(offset, member, rust)]
            alike = [way for way in fitting if _are_of_a_kind(self.flat[way][1], rust)]
            # One variant may stand for a whole union; the comparison of types finds which one.
            unions = [
                way
                for way, (offset, member) in self.flat.items()
                if way[:1] in self.opened
                and _is_union(member.type)
                and coincide(offset, member, rust)
                and not any(other[: len(way)] == way for other in self.paired)
            ]
            for way in (*named, *unions, *alike, *fitting)[:1]:
                self.take(way, rust)
                placed.append((way, rust))
        self.move(
            (*placed[number], way) for number, way in (ways_by_name(self, placed) or {}).items()
        )

    def _flexible_arrays(self) -> None:
        """Pair arrays without a size with C's flexible arrays, whatever their names."""
        arrays = [m for m in self.left if not m.bit_size and is_flexible(m)]
        free = [way for way, _, member in self.free() if not member.bit_size]
        for way, rust in zip(free, arrays, strict=False):
            self.take(way, rust)

    def _bit_units(self) -> None:
        """Pair bindgen's storage units by place or number, then integers by place."""
        in_union = self.c.kind == "union"
        units = [u for u in self.left if is_unit(u, in_union=in_union) and not self.is_named(u)]
        numbered = {unit_number(unit): unit for unit in units if unit_number(unit)}
        integers = [unit for unit in units if unit not in numbered.values()]
        runs = dict(bit_runs(self.c))
        for way, offset, member in self.free():
            if not member.is_bit_field or not self.may_hold(member):
                continue
            end = offset + member.bit_size
            here = [u for u in numbered.values() if u.bit_offset <= offset and end <= u.bit_end]
            number, start, last = runs.get(way, (0, 0, 0))
            moved = [numbered[number]] if number in numbered else []
            fitting = [unit for unit in moved if last - start <= unit.bit_size]
            there = [u for u in integers if u.bit_offset <= offset and end <= u.bit_end]
            for unit in (*here, *fitting, *there)[:1]:
                self.take(way, unit, is_covered=True)

    def _stand_ins(self) -> None:
        """Account for every C member that lies wholly in Rust's padding and fillers."""
        self.left = [m for m in self.left if m.bit_size and m.name != "bindgen_union_field"]
        spans = dict(self._stand_in_spans())
        for way, offset, member in tuple(self.free()):
            end = offset + member.bit_size
            touching = [
                key for key, (first, last) in spans.items() if first < end and offset < last
            ]
            solid = solid_spans(member, offset)
            if touching and all(is_within(*span, spans.values()) for span in solid):
                self.account_for(way)
            else:
                spans = {key: span for key, span in spans.items() if key not in touching}
        self.left = [member for member in self.left if id(member) not in spans]

    def _stand_in_spans(self) -> Iterator[tuple[int, tuple[int, int]]]:
        """Yield the id of each filler with the bits of C's record that it covers.

        If an earlier mismatch has moved a filler, its place without that mismatch counts. A member
        is no filler if it overlaps a C member with another partner, or lies behind C's end.
        """
        by_rust = {id(pair.rust): pair for pair in self.pairs if not pair.is_covered}
        moved = 0
        for rust in self.rust.members:
            pair = by_rust.get(id(rust))
            if pair is not None and pair.c is not None and self.c.kind == "struct":
                moved = rust.bit_end - (pair.c_bit_offset + pair.c.bit_size)
            elif rust in self.left and not self.is_named(rust):
                first, last = rust.bit_offset - moved, rust.bit_end - moved
                is_room = is_stand_in(rust) and not self._overlaps(first, last)
                is_room |= self._is_nameless(rust, first, last)
                if is_room and first < self.c.byte_size * 8:
                    yield id(rust), (first, last)

    def _is_nameless(self, rust: Member, first: int, last: int) -> bool:
        """Return whether a storage unit of bindgen's holds only bit-fields without names.

        C has no member at its place then, and no method accesses its bits.
        """
        return (
            unit_number(rust) > 0
            and not any(
                offset < last and first < offset + member.bit_size
                for offset, member in self.flat.values()
            )
            and not any(access.unknown and access.is_plain for access in self.accessors)
            and {*range(rust.bit_offset, rust.bit_end)}.isdisjoint(
                bit for access in self.accessors for bit in access.bits
            )
        )

    def _overlaps(self, first: int, last: int) -> bool:
        """Return whether these bits overlap a C member that is paired."""
        return self.c.kind == "struct" and any(
            pair.c is not None
            and pair.c_bit_offset < last
            and first < pair.c_bit_offset + pair.c.bit_size
            for pair in self.pairs
        )

    def _rest(self) -> None:
        for way, offset, member in self.free():
            if member.bit_size:
                path = self.path_of(way)
                self.pairs.append(MemberPair(path=path, c=member, rust=None, c_bit_offset=offset))
            self.account_for(way)
        for rust in self.left:
            path = rust.name or "?"
            self.pairs.append(
                MemberPair(path=path, c=None, rust=rust, rust_bit_offset=rust.bit_offset)
            )


def _are_of_a_kind(c: Member, rust: Member) -> bool:
    return type(see_through(c.type)) is type(see_through(rust.type))


def _is_union(type_: Type) -> bool:
    inner = strip(type_)
    return isinstance(inner, RecordLayout) and inner.kind == "union"
