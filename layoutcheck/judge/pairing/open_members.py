"""State of a pairing: the members left on each side, and the pairs made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from layoutcheck.judge.idioms import as_record, bare, padded_content, spellings
from layoutcheck.judge.pairing.member_offsets import Way, coincide, flatten
from layoutcheck.judge.pairing.paired_members import Accessed, BitField, MemberPair
from layoutcheck.model.bit_access import BitAccess
from layoutcheck.model.layout import Member, RecordLayout, strip

__all__ = ["PairingState"]


class PairingState:
    """Members that are left of two records while these are paired.

    `flat` has C's members by their ways, with offsets in the record, including the members of the
    records that were `opened`. `paired` are the ways of members with a partner. `accounted` are
    the ways of members that need no partner any more. `left` are Rust's members without a partner.
    """

    def __init__(
        self,
        c: RecordLayout,
        rust: RecordLayout,
        renames: Mapping[str, str],
        accessors: Sequence[BitAccess],
        namesake: RecordLayout | None,
    ) -> None:
        self.c, self.renames, self.accessors = c, renames, accessors
        self.flat = dict(flatten(c))
        named = [member.name for _, member in self.flat.values() if member.name]
        self.rust = as_record(rust, c, frozenset((*named, *map(bare, named), *self.renames)))
        self._names: frozenset[str | None] | None = None
        if namesake is not None:
            self._names = frozenset(member.name for _, (_, member) in flatten(namesake))
        self.paired: set[Way] = set()
        self.accounted: set[Way] = set()
        self.opened: set[Way] = set()
        self.left = list(self.rust.members)
        self.pairs: list[MemberPair] = []

    def take(self, way: Way, rust: Member, *, is_covered: bool = False) -> None:
        """Pair a Rust member with a C member."""
        offset, member = self.flat[way]
        self.pairs.append(
            MemberPair(
                path=self.path_of(way),
                c=member,
                rust=rust,
                c_bit_offset=offset,
                rust_bit_offset=rust.bit_offset,
                is_covered=is_covered,
            )
        )
        self.paired.add(way)
        self.account_for(way)
        if rust in self.left:
            self.left.remove(rust)

    def move(self, moves: Iterable[tuple[Way, Member, Way]]) -> None:
        """Pair Rust members with other C members: from one way to another.

        If the new way is in a record that is not opened, the Rust member stays without a partner.
        """
        moved = [move for move in moves if move[0] != move[2]]
        for old, rust, _ in moved:
            self.pairs = [pair for pair in self.pairs if pair.rust is not rust]
            self.paired.discard(old)
            self.accounted.discard(old)
            self.left.append(rust)
        for _, rust, new in moved:
            if new[:1] in self.opened:
                self.take(new, rust)

    def account_for(self, way: Way) -> None:
        """Mark a C member, the members in it and around it, and a union's other variants."""
        self.accounted.update(other for other in self.flat if other[: len(way)] == way)
        while len(way) > 1:
            variant, way = way, way[:-1]
            self.accounted.add(way)
            around = strip(self.flat[way][1].type)
            if isinstance(around, RecordLayout) and around.kind == "union":
                self.accounted.update(
                    other
                    for other in self.flat
                    if other[: len(way)] == way and other[: len(variant)] != variant
                )

    def is_named(self, rust: Member) -> bool:
        """Return whether a Rust member has the name of a member of the `namesake` record."""
        return self._names is not None and rust.name in self._names

    def may_hold(self, bit_field: Member) -> bool:
        """Return whether the `namesake`, if there is one, has a member of the bit-field's name."""
        return self._names is None or bit_field.name in self._names

    def path_of(self, way: Way) -> str:
        """Return the names on the way, joined by dots; kind and line for an anonymous member."""
        member = self.flat[way][1]
        if member.name is None:
            inner = strip(member.type)
            kind = inner.kind if isinstance(inner, RecordLayout) else "member"
            line = f" at line {member.declared_at.line}" if member.declared_at else ""
            return f"(anonymous {kind}{line})"
        names = (self.flat[way[:length]][1].name for length in range(1, len(way) + 1))
        return ".".join(name for name in names if name)

    def free(self) -> Iterator[tuple[Way, int, Member]]:
        """Yield C's members that are not accounted for yet."""
        for way, (offset, member) in self.flat.items():
            if way not in self.accounted:
                yield way, offset, member

    def way_of(self, path: str | None) -> Way | None:
        """Return the way to a member by the manifest's dotted path; open the record around it."""
        first, *names = (path or "").split(".")
        way = next((w for w, (_, m) in self.flat.items() if m.name == first), None)
        if way is None:
            return None
        offset, member = self.flat[way]
        inner = strip(member.type)
        if isinstance(inner, RecordLayout):
            self.flat |= dict(flatten(inner, way, offset, is_deep=True))
            self.accounted.add(way)
            self.opened.add(way[:1])
        whole = ".".join((*self.path_of(way).split("."), *names))
        return next((w for w in self.flat if self.path_of(w) == whole), None)

    def open(self, way: Way, rust: Member) -> None:
        """Open a record to pair its members, if one is exactly at the Rust member's place."""
        offset, member = self.flat[way]
        inner = strip(member.type)
        if isinstance(inner, RecordLayout) and member.name is not None:
            leaves = dict(flatten(inner, way, offset, is_deep=True))
            if any(coincide(*leaf, rust) for leaf in leaves.values()):
                self.flat |= leaves
                self.accounted.add(way)
                self.opened.add(way)

    def accesses(self) -> Iterator[Accessed]:
        """Yield each access of a method that has the name of a bit-field, or is renamed to it."""
        named = {m.name: way for way, (_, m) in self.flat.items() if m.is_bit_field}
        for access in self.accessors:
            for stem, is_sure in access.stems():
                names = (self.renames.get(stem, stem), *spellings(stem))
                way = next((named[name] for name in names if name in named), None)
                if way is not None:
                    offset, member = self.flat[way]
                    field = BitField(path=self.path_of(way), member=member, bit_offset=offset)
                    told = is_sure or stem in self.renames
                    yield Accessed(field=field, access=access, is_sure=told)
                    break

    def in_order(self) -> list[MemberPair]:
        """Return the pairs in C's order; Rust's extra members follow their predecessors in Rust."""
        rank = {id(member): number for number, member in enumerate(self.rust.members)}
        ordered = sorted((p for p in self.pairs if p.c is not None), key=lambda p: p.c_bit_offset)
        for extra in (p for p in self.pairs if p.c is None):
            before = [
                place
                for place, other in enumerate(ordered, 1)
                if other.rust is not None and rank[id(other.rust)] < rank[id(extra.rust)]
            ]
            ordered.insert(max(before, default=0), extra)
        return ordered

    def with_padding(self, pair: MemberPair) -> MemberPair:
        """Return the pair, with C's member in a record if Rust's is a newtype with padding.

        C can align a single member (`__aligned`), Rust only a type. The padding in the newtype must
        not overlap a C member.
        """
        content = None if pair.rust is None else padded_content(pair.rust.type)
        c, rust = pair.c, pair.rust
        if c is None or rust is None or content is None or content.bit_size != c.bit_size:
            return pair
        first, last = pair.c_bit_offset + c.bit_size, pair.c_bit_offset + rust.bit_size
        behind = (
            offset < last and first < max(offset + member.bit_size, offset + 1)
            for offset, member in self.flat.values()
            if offset > pair.c_bit_offset or member.name is not None
        )
        if last > self.c.byte_size * 8 or any(behind):
            return pair
        padded = RecordLayout(
            name=None,
            kind="struct",
            byte_size=rust.bit_size // 8,
            alignment=None,
            members=(replace(c, name=content.name, bit_offset=0),),
            declared_at=c.declared_at,
        )
        return replace(pair, c=replace(c, type=padded, bit_size=rust.bit_size))
