"""Judge the pairs of records that types lead to, at the places where they are met. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from layoutcheck.judge.compare_records import Found, same_definition, unknown_in
from layoutcheck.judge.idioms import content_of
from layoutcheck.judge.type_pairs import (
    apart,
    caused,
    edges_inside,
    edges_of,
    key_of,
    uncompared,
    unlike,
)
from layoutcheck.judge.walk import Difference, Edge, Place
from layoutcheck.model.layout import RecordLayout, spell, strip
from layoutcheck.model.verdict import Cause, Mismatch

__all__ = ["Meetings"]


class Meetings:
    """Comparison, once each, of the pairs of records that no subject's own comparison covers.

    `compare` compares a pair without the records that it leads to. `passing` says in which
    registers or memory the two records are passed, if that differs. `named` has C's name and record
    for each subject that C has by name. `places` has the C record with which each subject is
    compared, as far as known. When the subjects are compared, `wrong` has those that differ by
    themselves, each with its first mismatch.
    """

    def __init__(
        self,
        compare: Callable[[Edge], Found],
        passing: Callable[[Edge], tuple[str, str] | None],
        *,
        subjects: Collection[str],
        opaque: Collection[str],
        named: Mapping[str, tuple[str, RecordLayout]],
        places: Mapping[str, RecordLayout],
    ) -> None:
        self._compare, self._passing = compare, passing
        self._subjects, self._opaque = subjects, opaque
        self._named, self._places = named, places
        self._alone: dict[object, Found] = {}
        self.wrong: Mapping[str, Cause] = {}

    def forget(self) -> None:
        """Drop all comparisons, because more is known of the types."""
        self._alone.clear()

    def outcome(self, edge: Edge) -> Difference | None:
        """Return the difference of a pair of records where it is met; None if there is none.

        A record that differs is the cause of a difference where it is held by value. Where it is
        pointed to, it makes no difference, unless it stands for another C record: one of another
        name, or of the same name in another header. Two records that agree may still be passed in
        different registers.
        """
        if edge.rust.name in self._opaque or not edge.rust.byte_size:
            return None
        is_settled, unknown = self._is_settled(edge), None
        for reached in () if is_settled else self.beyond(edge):
            if not self._is_settled(reached):
                mismatch, doubt = self._news(reached)
                if mismatch is not None:
                    return unlike(edge, mismatch, self._whose(edge) if reached is edge else "")
                unknown = unknown or doubt
        cause = self._cause(edge, is_settled=is_settled)
        if cause is not None and edge.place is not Place.POINTEE:
            return caused(edge, cause)
        if unknown is not None:
            return uncompared(edge, unknown)
        words = self._passing(edge)
        return None if words is None else apart(edge, *(f"passed in {one}" for one in words))

    def explain(self, one: Difference) -> Difference:
        """Return a difference of sizes with its cause, if the verdict on a record reports it.

        The record may be wrapped in newtypes.
        """
        edge = one.holds
        while edge is not None:
            cause = self.wrong.get(edge.rust.name or "")
            if cause is not None and self.reports(edge):
                return replace(one, cause=cause)
            content = content_of(edge.rust)
            inner = None if content is None else strip(content.type)
            edge = replace(edge, rust=inner) if isinstance(inner, RecordLayout) else None
        return one

    def _is_settled(self, edge: Edge) -> bool:
        """Return whether a subject's own comparison covers the pair, or nothing is to compare."""
        path = edge.rust.name or ""
        if path not in self._subjects:
            return path in self._opaque
        own = self._places.get(path)
        return own is None or same_definition(own, edge.c)

    def reports(self, edge: Edge) -> bool:
        """Return whether the subject's own comparison is with this C record."""
        own = self._places.get(edge.rust.name or "")
        return own is not None and same_definition(own, edge.c)

    def beyond(self, edge: Edge) -> Iterator[Edge]:
        """Yield the edge, and the edges that it leads to through records that are not settled.

        The edges of records that these hold by value, or wrap, are included.
        """
        seen, waiting = set[object](), [edge]
        while waiting:
            one = waiting.pop()
            if key_of(one) not in seen:
                seen.add(key_of(one))
                yield one
                if not self._is_settled(one) and one.rust.byte_size:
                    found = self._compare_alone(one)
                    waiting += (*edges_of([found]), *edges_inside(one, found))

    def first_mismatch(self, edge: Edge) -> Mismatch | None:
        """Return the first mismatch of two records; None if they agree by themselves."""
        return self._compare_alone(edge).first_mismatch()

    def _compare_alone(self, edge: Edge) -> Found:
        found = self._alone.get(key_of(edge))
        if found is None:
            found = self._alone[key_of(edge)] = self._compare(edge)
        return found

    def _news(self, edge: Edge) -> tuple[Mismatch | None, str | None]:
        """Return the first mismatch and the first unknown of two records that no verdict reports.

        A subject's own verdict reports its mismatches with its own C record: they are left out. If
        a subject has no C type of its name and differs, its verdict covers all.
        """
        path, found = edge.rust.name or "", self._compare_alone(edge)
        if path in self.wrong and path not in self._named:
            return None, None
        own = self._places.get(path) if path in self._subjects else None
        told = None if own is None else self._compare_alone(replace(edge, c=own))
        said = set() if told is None else {_words(one) for one in told.every_mismatch()}
        known = set() if told is None else set(unknown_in(told))
        news = (one for one in found.every_mismatch() if _words(one) not in said)
        return (
            next((one for one in news if one.cause is None), None),
            next((one for one in unknown_in(found) if one not in known), None),
        )

    def _cause(self, edge: Edge, *, is_settled: bool) -> Cause | None:
        """Return the cause in the record that is met, or in a record that it holds by value."""
        wrong = self.wrong.get(edge.rust.name or "")
        if is_settled:
            return wrong
        mismatch = self.first_mismatch(edge)
        return None if mismatch is None else wrong or mismatch.cause

    def _whose(self, edge: Edge) -> str:
        """Return words, to put behind a subject's name, for the C record that it stands for."""
        path = edge.rust.name or ""
        if path not in self._subjects:
            return ""
        own = self._places[path]
        name, _ = self._named.get(path, (None, None))
        is_namesake = own.declared_at is not None and own.name == edge.c.name
        return f", which is C's {name or spell(own)}{f' of {own.declared_at}' * is_namesake}"


def _words(mismatch: Mismatch) -> tuple[object, ...]:
    return mismatch.check_id, mismatch.member_path, mismatch.c, mismatch.rust
