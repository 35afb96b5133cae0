"""Two types, functions or records -> their pair with all differences, by the real walk."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from layoutcheck.judge.compare_pairs import Comparer
from layoutcheck.judge.item_pairs import FunctionPair, StaticPair
from layoutcheck.judge.pairing import RecordPair, pair_records
from layoutcheck.judge.type_pairs import walk_members
from layoutcheck.judge.walk import Definitions, Difference, Edge, Place, RustFacts, TypeWalk
from layoutcheck.model.layout import FunctionType, RecordLayout, Type

__all__ = ["function_pair", "record_pair", "static_pair"]

NOTHING = RustFacts()


def _comparer(facts: RustFacts, subjects: Mapping[str, RecordLayout]) -> Comparer:
    return Comparer(
        {},
        subjects,
        TypeWalk(Definitions(), facts),
        subjects=dict.fromkeys(subjects, False),
        renames={},
    )


def record_pair(c: RecordLayout, rust: RecordLayout, *, facts: RustFacts = NOTHING) -> RecordPair:
    """Return the pair of two records, with the differences of their members' types."""
    pair, walk = pair_records(c, rust), TypeWalk(Definitions(), facts)
    own = walk.unfixed(c, rust, is_newtype=pair.rust.name != rust.name)
    inside = (one for member in pair.members for one in walk_members(walk, member, []))
    return replace(pair, differences=(*([own] if own else []), *inside))


def function_pair(
    c: FunctionType,
    rust: FunctionType,
    *,
    facts: RustFacts = NOTHING,
    subjects: Collection[RecordLayout] = (),
) -> FunctionPair:
    """Return the pair of two functions; `subjects` are the crate's records."""
    comparer = _comparer(facts, {record.name or "": record for record in subjects})
    edges: list[Edge] = []
    found = list(comparer.walk.functions(c, rust, edges.append))
    return FunctionPair(
        symbol="f", c=c, rust=rust, differences=(*found, *_outcomes(comparer, edges))
    )


def static_pair(c: Type, rust: Type, *, facts: RustFacts = NOTHING) -> StaticPair:
    """Return the pair of two variables."""
    comparer = _comparer(facts, {})
    edges: list[Edge] = []
    found = list(comparer.walk.compare(c, rust, Place.OBJECT, edges.append))
    return StaticPair(c=c, rust=rust, differences=(*found, *_outcomes(comparer, edges)))


def _outcomes(comparer: Comparer, edges: list[Edge]) -> list[Difference]:
    comparer.meet(edges)
    comparer.conclude()
    return [one for edge in edges if (one := comparer.outcome(edge)) is not None]
