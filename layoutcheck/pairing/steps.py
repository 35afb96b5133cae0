"""The steps of a pairing, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import takewhile

from layoutcheck.idioms import (
    anonymous_number,
    as_record,
    is_flexible,
    is_stand_in,
    is_tuple,
    is_unit,
    see_through,
    spellings,
)
from layoutcheck.layout import Member, RecordLayout, strip
from layoutcheck.pairing.pairs import MemberPair, RecordPair, nested_in
from layoutcheck.pairing.places import Way, coincide, flatten, holds, is_within, solid_spans

__all__ = ["pair_records"]


def pair_records(
    c: RecordLayout, rust: RecordLayout, *, renames: Mapping[str, str] | None = None
) -> RecordPair:
    """The pairs of the two records' members; `renames` maps Rust's names to C's."""
    return _Pairing(c, rust, renames or {}).pair()


class _Pairing:
    """One pairing: what is left of each side shrinks from step to step."""

    def __init__(self, c: RecordLayout, rust: RecordLayout, renames: Mapping[str, str]) -> None:
        self._c, self._renames = c, renames
        self._flat = dict(flatten(c))
        named = [member.name for _, member in self._flat.values() if member.name]
        self._rust = as_record(rust, c, frozenset((*named, *map(_bare, named), *self._renames)))
        self._paired: set[Way] = set()
        self._accounted: set[Way] = set()
        self._opened: set[Way] = set()
        self._left = list(self._rust.members)
        self._pairs: list[MemberPair] = []

    def pair(self) -> RecordPair:
        if self._c.kind == self._rust.kind:
            self._by_name()
            self._by_position()
            self._anonymous_by_number()
            self._anonymous_by_offset()
            self._inside_records()
            self._flexible_arrays()
            self._bit_units()
            self._stand_ins()
            self._rest()
        pairs = tuple(self._in_order())
        return RecordPair(
            c=self._c,
            rust=self._rust,
            members=pairs,
            nested=tuple(nested for pair in pairs for nested in nested_in(pair)),
        )

    def _take(self, way: Way, rust: Member, *, is_covered: bool = False) -> None:
        offset, member = self._flat[way]
        self._pairs.append(
            MemberPair(
                path=self._path(way),
                c=member,
                rust=rust,
                c_bit_offset=offset,
                rust_bit_offset=rust.bit_offset,
                is_covered=is_covered,
            )
        )
        self._paired.add(way)
        self._account_for(way)
        if rust in self._left:
            self._left.remove(rust)

    def _account_for(self, way: Way) -> None:
        """Mark a C member, what is in it, what it is in, and a union's other variants."""
        self._accounted.update(other for other in self._flat if other[: len(way)] == way)
        while len(way) > 1:
            variant, way = way, way[:-1]
            self._accounted.add(way)
            around = strip(self._flat[way][1].type)
            if isinstance(around, RecordLayout) and around.kind == "union":
                self._accounted.update(
                    other
                    for other in self._flat
                    if other[: len(way)] == way and other[: len(variant)] != variant
                )

    def _path(self, way: Way) -> str:
        """The names on the way, joined by dots; an anonymous member is told by kind and line."""
        member = self._flat[way][1]
        if member.name is None:
            inner = strip(member.type)
            kind = inner.kind if isinstance(inner, RecordLayout) else "member"
            line = f" at line {member.declared_at.line}" if member.declared_at else ""
            return f"(anonymous {kind}{line})"
        names = (self._flat[way[:length]][1].name for length in range(1, len(way) + 1))
        return ".".join(name for name in names if name)

    def _free(self) -> Iterator[tuple[Way, int, Member]]:
        """C's members that nothing accounts for yet."""
        for way, (offset, member) in self._flat.items():
            if way not in self._accounted:
                yield way, offset, member

    def _by_name(self) -> None:
        """The same names first: `_x` is C's `x` only where Rust has no `x`."""
        ways: dict[str, Way] = {}
        for spelled in (str, _bare):
            for way, (_, member) in self._flat.items():
                if member.name is not None:
                    ways.setdefault(spelled(member.name), way)
        for rust in tuple(self._left):
            name = self._renames.get(rust.name or "", rust.name)
            exact = self._way_of(name) if "." in (name or "") else ways.get(name or "")
            if exact is not None and self._flat[exact][1].name == (name or "").rpartition(".")[2]:
                self._take_named(exact, rust)
        for rust in tuple(self._left):
            names = spellings(rust.name or "")
            alike = next((ways[n] for n in names if n in ways), None)
            if alike is not None and rust.name not in self._renames:
                self._take_named(alike, rust)

    def _way_of(self, path: str | None) -> Way | None:
        """The way to a member that the manifest names by a dotted path; opens what is around it."""
        first, *names = (path or "").split(".")
        way = next((w for w, (_, m) in self._flat.items() if m.name == first), None)
        if way is None:
            return None
        offset, member = self._flat[way]
        inner = strip(member.type)
        if isinstance(inner, RecordLayout):
            self._flat |= dict(flatten(inner, way, offset, is_deep=True))
            self._accounted.add(way)
            self._opened.add(way[:1])
        whole = ".".join((*self._path(way).split("."), *names))
        return next((w for w in self._flat if self._path(w) == whole), None)

    def _by_position(self) -> None:
        """The fields of a tuple struct stand for C's members in order, as far as there are both."""
        if is_tuple(self._rust):
            ways = (way for way in self._flat if len(way) == 1 and way not in self._accounted)
            for way, rust in zip(tuple(ways), tuple(self._left), strict=False):
                self._take(way, rust)

    def _take_named(self, way: Way, rust: Member) -> None:
        """Pair by name, unless a record of a member's name stands for the record around that."""
        is_around = len(way) > 1 and isinstance(see_through(rust.type), RecordLayout)
        if way not in self._paired and (
            not is_around or isinstance(strip(self._flat[way][1].type), RecordLayout)
        ):
            self._take(way, rust)

    def _anonymous_by_number(self) -> None:
        anonymous = [way for way, (_, m) in self._flat.items() if len(way) == 1 and not m.name]
        for rust in tuple(self._left):
            number = anonymous_number(rust.name)
            if number is not None and 0 < number <= len(anonymous):
                way = anonymous[number - 1]
                if way not in self._accounted:
                    self._take(way, rust)

    def _anonymous_by_offset(self) -> None:
        for way, offset, member in self._free():
            if member.name is None:
                for rust in self._left:
                    is_record = isinstance(strip(rust.type), RecordLayout)
                    if is_record and rust.bit_size and rust.bit_offset == offset:
                        self._take(way, rust)
                        break

    def _inside_records(self) -> None:
        """Rust may have what is in a C member at its own level: `st_atime`, `st_atim.tv_sec`."""
        for rust in tuple(self._left):
            if not rust.bit_size or is_stand_in(rust):
                continue
            for way, offset, member in tuple(self._free()):
                if len(way) == 1 and holds(offset, member, rust):
                    self._open(way, rust)
            inside = [
                (way, offset, member)
                for way, offset, member in self._free()
                if way[:1] in self._opened and member.name is not None
            ]
            named = [way for way, _, m in inside if _bare(m.name or "") == _bare(rust.name or "")]
            fitting = [
                way
                for way, offset, member in inside
                if coincide(offset, member, rust) and not self._contradicts(rust.name or "", way)
            ]
            alike = [way for way in fitting if _are_of_a_kind(self._flat[way][1], rust)]
            for way in (*named, *alike, *fitting)[:1]:
                self._take(way, rust)

    def _open(self, way: Way, rust: Member) -> None:
        """Let a record's members be paired one by one, if one is just where the Rust member is."""
        offset, member = self._flat[way]
        inner = strip(member.type)
        if isinstance(inner, RecordLayout) and member.name is not None:
            leaves = dict(flatten(inner, way, offset, is_deep=True))
            if any(coincide(*leaf, rust) for leaf in leaves.values()):
                self._flat |= leaves
                self._accounted.add(way)
                self._opened.add(way)

    def _contradicts(self, name: str, way: Way) -> bool:
        """Whether a Rust member's name speaks for another member than the one at its place.

        It begins as another record's name does (`st_mtime`, `st_mtim`), or ends as another member
        in the same one (`st_atime_nsec`, `tv_nsec`).
        """
        rivals = [w for w in self._opened if w not in self._paired] + [
            w for w, _, m in self._free() if len(w) == 1 and m.name
        ]
        starts = {w: _common(name, self._flat[w][1].name or "") for w in rivals}
        ends = {
            w: _common(name[::-1], (self._flat[w][1].name or "")[::-1])
            for w in self._flat
            if w[:1] == way[:1] and len(w) == len(way)
        }
        best = max(starts.values(), default=0), max(ends.values(), default=0)
        return starts.get(way[:1], 0) < best[0] or ends[way] < best[1]

    def _flexible_arrays(self) -> None:
        """What has no size has a place and a stride: C's flexible array, whatever Rust calls it."""
        arrays = [m for m in self._left if not m.bit_size and is_flexible(m)]
        free = [way for way, _, member in self._free() if not member.bit_size]
        for way, rust in zip(free, arrays, strict=False):
            self._take(way, rust)

    def _bit_units(self) -> None:
        units = [unit for unit in self._left if is_unit(unit, in_union=self._c.kind == "union")]
        for way, offset, member in self._free():
            if member.is_bit_field:
                for unit in units:
                    if unit.bit_offset <= offset and offset + member.bit_size <= unit.bit_end:
                        self._take(way, unit, is_covered=True)
                        break

    def _stand_ins(self) -> None:
        """Rust's padding and opaque bytes account for every C member that lies wholly in them."""
        self._left = [m for m in self._left if m.bit_size and m.name != "bindgen_union_field"]
        spans = dict(self._stand_in_spans())
        for way, offset, member in tuple(self._free()):
            end = offset + member.bit_size
            touching = [
                key for key, (first, last) in spans.items() if first < end and offset < last
            ]
            solid = solid_spans(member, offset)
            if touching and all(is_within(*span, spans.values()) for span in solid):
                self._account_for(way)
            else:
                spans = {key: span for key, span in spans.items() if key not in touching}
        self._left = [member for member in self._left if id(member) not in spans]

    def _stand_in_spans(self) -> Iterator[tuple[int, tuple[int, int]]]:
        """Each stand-in's id with the bits of C's record that it stands for.

        What an earlier mistake has moved is judged by where it would be without. None for one that
        lies over a C member that another Rust member stands for.
        """
        by_rust = {id(pair.rust): pair for pair in self._pairs if not pair.is_covered}
        moved = 0
        for rust in self._rust.members:
            pair = by_rust.get(id(rust))
            if pair is not None and pair.c is not None and self._c.kind == "struct":
                moved = rust.bit_end - (pair.c_bit_offset + pair.c.bit_size)
            elif rust in self._left and is_stand_in(rust):
                first, last = rust.bit_offset - moved, rust.bit_end - moved
                if not self._overlaps(first, last):
                    yield id(rust), (first, last)

    def _overlaps(self, first: int, last: int) -> bool:
        """Whether a Rust member stands for a C member among these bits."""
        return self._c.kind == "struct" and any(
            pair.c is not None
            and pair.c_bit_offset < last
            and first < pair.c_bit_offset + pair.c.bit_size
            for pair in self._pairs
        )

    def _rest(self) -> None:
        for way, offset, member in self._free():
            if member.bit_size:
                path = self._path(way)
                self._pairs.append(MemberPair(path=path, c=member, rust=None, c_bit_offset=offset))
            self._account_for(way)
        for rust in self._left:
            path = rust.name or "?"
            self._pairs.append(
                MemberPair(path=path, c=None, rust=rust, rust_bit_offset=rust.bit_offset)
            )

    def _in_order(self) -> list[MemberPair]:
        """C's order; a member that only Rust has stands behind the one before it in Rust."""
        rank = {id(member): number for number, member in enumerate(self._rust.members)}
        ordered = sorted((p for p in self._pairs if p.c is not None), key=lambda p: p.c_bit_offset)
        for extra in (p for p in self._pairs if p.c is None):
            before = [
                place
                for place, other in enumerate(ordered, 1)
                if other.rust is not None and rank[id(other.rust)] < rank[id(extra.rust)]
            ]
            ordered.insert(max(before, default=0), extra)
        return ordered


def _are_of_a_kind(c: Member, rust: Member) -> bool:
    return type(see_through(c.type)) is type(see_through(rust.type))


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at the beginning."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _bare(name: str) -> str:
    return name.strip("_")
