"""Pairs of records that types lead to -> whose comparison each is, and what it comes to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from layoutcheck.judge.compare_records import Found, same_definition, unknown_in
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
from layoutcheck.model.layout import RecordLayout, spell
from layoutcheck.model.verdict import Cause, Mismatch

__all__ = ["Meetings"]


class Meetings:
    """Compares each pair of records that is met, once, if no subject's own comparison is its.

    `compare` compares a pair without regard to what it leads to, `passing` says in what its records
    are passed if that differs. `named` has the name and the record of C's side for each subject
    that has one by name, `places` the C record with which each subject is compared, as far as that
    is known by now; `wrong` the subjects that differ by themselves, each with its first mismatch,
    once they are compared.
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
        """Compare all again that is asked for: more is known of types."""
        self._alone.clear()

    def outcome(self, edge: Edge) -> Difference | None:
        """Return the difference that a pair of records makes where it is met; None if it is right.

        Who holds a wrong record by value is wrong because of it; who only points to it is not,
        unless the record is another one than C's: of another name, or of that name elsewhere. A
        right one may be passed otherwise.
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

    def beyond(self, edge: Edge) -> Iterator[Edge]:
        """Yield the edge, and those to which it leads through records that are not settled.

        Also to what such records hold by value, or wrap.
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
        """Return the first difference of two records; None if they agree by themselves."""
        return self._compare_alone(edge).first_mismatch()

    def _compare_alone(self, edge: Edge) -> Found:
        found = self._alone.get(key_of(edge))
        if found is None:
            found = self._alone[key_of(edge)] = self._compare(edge)
        return found

    def _is_settled(self, edge: Edge) -> bool:
        """Return whether the item's own comparison is this pair's, or nothing is to be compared."""
        path = edge.rust.name or ""
        if path not in self._subjects:
            return path in self._opaque
        own = self._places.get(path)
        return own is None or same_definition(own, edge.c)

    def _news(self, edge: Edge) -> tuple[Mismatch | None, str | None]:
        """Return in what two records differ, and what is not known of them, if no verdict says it.

        A subject's own verdict says what is wrong with it in its own place, too; for one that has
        no C type of its name, and is wrong in its place, it says all.
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
        """Return what is wrong with the record that is met, or with what that holds by value."""
        wrong = self.wrong.get(edge.rust.name or "")
        if is_settled:
            return wrong
        mismatch = self.first_mismatch(edge)
        return None if mismatch is None else wrong or mismatch.cause

    def _whose(self, edge: Edge) -> str:
        """Return which record of C's a subject has the verdict of, to stand behind its name."""
        path = edge.rust.name or ""
        if path not in self._subjects:
            return ""
        own = self._places[path]
        name, _ = self._named.get(path, (None, None))
        is_namesake = own.declared_at is not None and own.name == edge.c.name
        return f", which is C's {name or spell(own)}{f' of {own.declared_at}' * is_namesake}"


def _words(mismatch: Mismatch) -> tuple[object, ...]:
    return mismatch.check_id, mismatch.member_path, mismatch.c, mismatch.rust
