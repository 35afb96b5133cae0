"""Compare both sides' records, and each pair of records that types lead to.

A record inside another one is compared once:

- a type of the crate with a C record of its own, in its own comparison;
- a type of the crate without one (bindgen's `foo__bindgen_ty_1`, a hand-written union type, a type
  that only functions name), with the first C record in whose place it stands;
- any other type, where it stands.

Pure: no compiler, no file.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from layoutcheck.judge.checks import run_checks
from layoutcheck.judge.compare_records import (
    Comparison,
    Found,
    conclude,
    same,
    wrong_as_whole,
)
from layoutcheck.judge.consequences import OPAQUE, WHOLE
from layoutcheck.judge.enum_variants import Enumerator
from layoutcheck.judge.idioms import out_of_core
from layoutcheck.judge.pair_verdicts import Meetings
from layoutcheck.judge.pairing import MemberPair, Nested, RecordPair, pair_records
from layoutcheck.judge.type_pairs import (
    alone,
    contents,
    edges_of,
    first_of_each,
    held_by_value,
    name_of,
    walk_members,
    walk_units,
)
from layoutcheck.judge.walk import Difference, Edge, Place, TypeWalk
from layoutcheck.judge.walk.crate_enums import SIZE, ToldValues
from layoutcheck.judge.walk.scalars import element_of
from layoutcheck.model.bit_access import BitAccess
from layoutcheck.model.layout import RecordLayout, spell, strip
from layoutcheck.model.verdict import Cause

__all__ = ["Comparer"]


class Comparer:
    """Comparison of records, from the subjects and from the pairs that `meet` adds.

    A subject is an item. `c` has C's name and record for each subject that C has by name. `rust`
    are the known Rust records. `subjects` are all subjects, each with whether only size and
    alignment are compared (opaque ones). `renames` has each subject's own names for C's members.
    `accessors` has the accesses of its methods to its bits. `opaque` types have no size: such a
    type is compared only if a record holds it by value. `packed` has the bytes of `repr(packed)`.
    """

    def __init__(
        self,
        c: Mapping[str, tuple[str, RecordLayout]],
        rust: Mapping[str, RecordLayout],
        walk: TypeWalk,
        *,
        subjects: Mapping[str, bool],
        renames: Mapping[str, Mapping[str, str]],
        accessors: Mapping[str, Sequence[BitAccess]] | None = None,
        opaque: Collection[str] = (),
        packed: Mapping[str, int] | None = None,
    ) -> None:
        self._packed = packed or {}
        self._c, self._subjects, self._renames = c, subjects, renames
        self._accessors, self._opaque, self.walk = accessors or {}, frozenset(opaque), walk
        held = dict(held_by_value(rust.values()))
        self._rust = {**walk.definitions.rust_by_name(), **held, **rust}
        self._queue = deque(
            (path, name, record) for path, (name, record) in c.items() if path in self._rust
        )
        self._places = {path: record for path, (_, record) in c.items()}
        self._found: dict[str, Found] = {}
        self._met: list[Edge] = []
        self._meetings = Meetings(
            self._compare_alone,
            walk.passing_words,
            subjects=subjects,
            opaque=self._opaque,
            named=c,
            places=self._places,
        )
        self._concluded: dict[str, Comparison] | None = None

    def meet(self, edges: Iterable[Edge]) -> None:
        """Add pairs of records that items lead to, for comparison."""
        self._met += edges

    def learn_enums(
        self,
        values: Mapping[str, Collection[Enumerator]],
        told: ToldValues,
        c_sizes: Mapping[str, str],
    ) -> None:
        """Store the values of newtypes, and what verdicts on enums report: values and sizes."""
        if self.walk.enums.learn(values, told, c_sizes):
            self._meetings.forget()

    def conclude(self) -> dict[str, Comparison]:
        """Compare all subjects, once, and return their comparisons by Rust path."""
        if self._concluded is None:
            self._concluded = self._conclude()
        return self._concluded

    def _conclude(self) -> dict[str, Comparison]:
        self._settle()
        for found in self._found.values():
            self._check(found)
        firsts = ((path, found.first_mismatch()) for path, found in self._found.items())
        self._meetings.wrong = {path: Cause(item=path) for path, m in firsts if m}
        for found in self._found.values():
            self._follow(found)
        wrong = {
            path: frozenset(wrong_as_whole(self._found[path]))
            if path in self._found
            else frozenset(WHOLE)
            for path in self._subjects
        } | dict.fromkeys(self._opaque, frozenset(OPAQUE))
        wrong |= dict.fromkeys(self.walk.enums.c_sizes, frozenset({SIZE}))
        for found in self._found.values():
            for one in found.all():
                one.embedded |= self._enums_of_other_size(one.pair)
        return {path: conclude(found, wrong) for path, found in self._found.items()}

    def _enums_of_other_size(self, pair: RecordPair) -> dict[str, str]:
        """Return the enums that make members' sizes differ, by the members' paths."""
        held = {
            member.path: (element_of(member.c.type), element_of(member.rust.type))
            for member in pair.members
            if member.c is not None and member.rust is not None
        }
        return {
            path: cause.item
            for path, both in held.items()
            if (cause := self.walk.enums.size_cause(*both)) is not None and cause.item is not None
        }

    def _settle(self) -> None:
        """Compare the queue, and give each subject without a C record one that it stands for."""
        while True:
            self._drain()
            wanted: dict[str, list[Edge]] = {}
            for edge in (*edges_of(self._found.values()), *self._met):
                for reached in self._meetings.beyond(edge):
                    path = reached.rust.name or ""
                    if path in self._subjects and path in self._rust and path not in self._places:
                        wanted.setdefault(path, []).append(reached)
            if not wanted:
                return
            for path, edges in wanted.items():
                by_value = [edge for edge in edges if edge.place is not Place.POINTEE]
                ordered = [*by_value, *(e for e in edges if e.place is Place.POINTEE)]
                agreeing = (edge for edge in ordered if self._meetings.first_mismatch(edge) is None)
                chosen = next(agreeing, ordered[0])
                self._place(path, name_of(chosen), chosen.c)

    def _drain(self) -> None:
        while self._queue:
            path, c_name, c = self._queue.popleft()
            pair = self._pair(path, c, self._rust[path])
            self._found[path] = self._examine(c_name, pair)
            self._place_contents(c_name, c, self._rust[path], pair)

    def _place_contents(
        self, c_name: str, c: RecordLayout, rust: RecordLayout, pair: RecordPair
    ) -> None:
        """Place the records that a newtype wraps with the C record that the newtype stands for."""
        for inner, stands_for in contents(c, rust, pair):
            if inner.name in self._subjects and inner.name in self._rust:
                self._place(inner.name, c_name, stands_for)

    def _pair(
        self,
        path: str,
        c: RecordLayout,
        rust: RecordLayout,
        namesake: RecordLayout | None = None,
    ) -> RecordPair:
        pair = pair_records(
            c,
            rust,
            renames=self._renames.get(path),
            accessors=self._accessors.get(path, ()),
            namesake=namesake,
        )
        pair = replace(pair, packed=self._packed.get(path))
        is_newtype = pair.rust.name != rust.name
        unfixed = self.walk.unfixed(c, rust, is_newtype=is_newtype)
        whole = replace(pair, members=(), nested=(), accesses=(), astray=())
        if self._subjects.get(path):
            return whole
        if pair.rust.is_tagged:
            pair = whole
        return pair if unfixed is None else replace(pair, differences=(unfixed,))

    def _examine(self, c_name: str, pair: RecordPair, *, is_alone: bool = False) -> Found:
        """Compare the members' types, and the records inside that no subject's comparison covers.

        If the pair `is_alone`, no subject is placed: none gets a C record from it.
        """
        edges: list[Edge] = []
        differences = [*pair.differences]
        for member in pair.members:
            differences += walk_members(self.walk, member, edges)
        differences += walk_units(self.walk, pair.members)
        pair = replace(pair, differences=tuple(differences))
        found = Found(c_name=c_name, pair=pair, edges=edges)
        for nested in pair.nested:
            path = nested.rust.name or ""
            if path in self._opaque:
                self._hold(found, nested)
                continue
            _, own = self._c.get(path, (None, None))
            if path not in self._subjects or (own is not None and not same(own, nested.c)):
                self._look_inside(found, nested, own, is_alone=is_alone)
                continue
            found.embedded[nested.path] = path
            if own is None and path in self._rust:
                if not is_alone:
                    self._place(path, nested.c_name or f"{nested.path} in {c_name}", nested.c)
                # It may stand for several C records, and is placed with only one of them.
                if not same(self._places.get(path), nested.c):
                    self._look_inside(found, nested, is_alone=is_alone)
        for member in pair.members if not is_alone else ():
            self._place_newtype(c_name, member)
        return found

    def _hold(self, found: Found, nested: Nested) -> None:
        """Compare an opaque type that a record holds by value: it differs if C's has a size."""
        path = nested.rust.name or ""
        if path not in self._found:
            name = nested.c_name or f"{nested.path} in {found.c_name}"
            whole = RecordPair(
                c=nested.c,
                rust=nested.rust,
                members=(),
                nested=(),
                held_in=f"{found.pair.rust.name}.{nested.path}",
            )
            self._found[path] = self._examine(name, whole)
        found.embedded[nested.path] = path

    def _place(self, path: str, name: str, c: RecordLayout) -> None:
        """Queue a subject without a C type of its name, with the first C record it stands for."""
        if path not in self._places:
            self._places[path] = c
            self._queue.append((path, name, c))

    def _place_newtype(self, c_name: str, member: MemberPair) -> None:
        """Queue a newtype that stands for a C member which is no record, with that member."""
        if member.c is None or member.rust is None or member.is_covered:
            return
        rust, c = out_of_core(strip(member.rust.type)), member.c
        is_scalar = not isinstance(strip(c.type), RecordLayout) and c.bit_size
        if is_scalar and isinstance(rust, RecordLayout):
            path = rust.name or ""
            if path in self._subjects and path in self._rust:
                self._place(path, f"{member.path} in {c_name}", alone(c, rust))

    def _look_inside(
        self,
        found: Found,
        nested: Nested,
        namesake: RecordLayout | None = None,
        *,
        is_alone: bool,
    ) -> None:
        """Compare a record where it stands; `namesake` is the C record of its own name."""
        rust = nested.rust
        if rust.is_declaration:
            rust = self._rust.get(rust.name or "", rust)
        if not nested.c.is_declaration and not rust.is_declaration:
            pair = self._pair(rust.name or "", nested.c, rust, namesake)
            name = nested.c_name or nested.path
            found.inside[nested.path] = self._examine(name, pair, is_alone=is_alone)
            if not is_alone:
                self._place_contents(name, nested.c, rust, pair)

    # -- the records that types lead to ---------------------------------------------------------

    def outcome(self, edge: Edge) -> Difference | None:
        """Return the difference of a pair of records at the place where it is met, or None."""
        return self._meetings.outcome(edge)

    def explain(self, one: Difference) -> Difference:
        """Return the difference with its cause, if a record that it holds has it."""
        return self._meetings.explain(one)

    def reports(self, edge: Edge) -> bool:
        """Return whether an item's own verdict is on this pair of records."""
        return self._meetings.reports(edge)

    def _compare_alone(self, edge: Edge) -> Found:
        """Compare two records where they meet, without the records that they lead to."""
        pair = self._pair(edge.rust.name or "", edge.c, edge.rust)
        found = self._examine(spell(edge.c), pair, is_alone=True)
        self._check(found)
        return found

    @staticmethod
    def _check(found: Found) -> None:
        for one in found.all():
            one.mismatches = tuple(run_checks("record", one.pair))

    def _follow(self, found: Found) -> None:
        """Add the differences of the records that the members lead to."""
        for one in found.all():
            further = tuple(filter(None, map(self._meetings.outcome, one.edges)))
            told = tuple(map(self._meetings.explain, one.pair.differences))
            if further or told != one.pair.differences:
                more = (*told, *first_of_each(further, one.pair))
                one.pair = replace(one.pair, differences=more)
                one.mismatches = tuple(run_checks("record", one.pair))
