"""pair_verdicts.py: the record that is to blame for a pair that types lead to."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.judge.checks import run_checks
from layoutcheck.judge.compare_pairs import Comparer
from layoutcheck.judge.compare_records import Found
from layoutcheck.judge.pair_verdicts import Meetings
from layoutcheck.judge.pairing import pair_records
from layoutcheck.judge.walk import Definitions, Difference, Edge, Place, RustFacts, TypeWalk
from layoutcheck.location import SourceLocation
from layoutcheck.model.layout import RecordLayout
from tests.layouts import F32, I32, U32, U64, record

P, Q = record("p", ("x", F32)), record("q", ("x", I32))
RIGHT, WRONG = record("k::p", ("x", F32)), record("k::p", ("x", U32))


def judged(
    edges: list[Edge],
    named: dict[str, tuple[str, RecordLayout]],
    crate: list[RecordLayout],
) -> tuple[list[Difference | None], dict[str, bool]]:
    """Return the outcome of each edge, and the crate's records that differ."""
    rust = {one.name or "": one for one in crate}
    comparer = Comparer(
        named,
        rust,
        TypeWalk(Definitions(), RustFacts()),
        subjects=dict.fromkeys(rust, False),
        renames={},
    )
    comparer.meet(edges)
    compared = comparer.conclude()
    differ = {path: bool(one.mismatches) for path, one in compared.items()}
    return [comparer.outcome(edge) for edge in edges], differ


def edge(c: RecordLayout, rust: RecordLayout, place: Place = Place.VALUE) -> Edge:
    """Two records that meet as the first parameter."""
    return Edge(c=c, rust=rust, place=place, path="parameter 1")


def test_a_wrong_record_that_is_passed() -> None:
    """A wrong record that is passed has its cause in the record. A pointer to it is right."""
    both = [edge(P, WRONG), edge(P, WRONG, Place.POINTEE)]
    (passed, pointed), differ = judged(both, {"k::p": ("struct p", P)}, [WRONG])
    assert differ == {"k::p": True}
    assert passed is not None
    assert passed.cause is not None
    assert (passed.cause.item, passed.cause.check) == ("k::p", None)
    assert pointed is None


def test_another_record_than_its_own() -> None:
    """A right record in place of another is wrong, by value and behind a pointer."""
    both = [edge(Q, RIGHT), edge(Q, RIGHT, Place.POINTEE)]
    outcomes, differ = judged(both, {"k::p": ("struct p", P)}, [RIGHT])
    assert differ == {"k::p": False}
    for outcome in outcomes:
        assert outcome is not None
        assert outcome.cause is None
        assert outcome.rust.startswith("k::p, which is C's struct p (x: ")


def at(path: str, c: RecordLayout) -> RecordLayout:
    """A record that this header defines."""
    return replace(c, declared_at=SourceLocation(path=path, line=1))


def test_another_definition_of_its_name() -> None:
    """A record of the own name is compared if another header defines it, and names the header."""
    a, b = at("a.h", P), at("b.h", record("p", ("x", I32)))
    both = [edge(b, RIGHT), edge(b, RIGHT, Place.POINTEE), edge(at("b.h", P), RIGHT)]
    outcomes, differ = judged(both, {"k::p": ("struct p", a)}, [RIGHT])
    assert differ == {"k::p": False}
    for outcome in outcomes[:2]:
        assert outcome is not None
        assert outcome.cause is None
        assert outcome.rust.startswith("k::p, which is C's struct p of a.h:1 (x: ")
    assert outcomes[2] is None


def test_mistakes_in_both_definitions() -> None:
    """A mistake reported in the record's verdict is not repeated; any other is reported."""
    wrong = record("k::p", ("x", F32), ("y", U32), ("z", U32))
    a = at("a.h", record("p", ("x", U32), ("y", U32), ("z", I32)))
    b = at("b.h", record("p", ("x", U32), ("y", U32), ("z", U32)))
    c = at("c.h", record("p", ("x", U32), ("y", I32), ("z", U32)))
    met = [edge(b, wrong), edge(b, wrong, Place.POINTEE), edge(c, wrong, Place.POINTEE)]
    (passed, pointed, other), _ = judged(met, {"k::p": ("struct p", a)}, [wrong])
    assert passed is not None
    assert passed.cause is not None
    assert passed.cause.item == "k::p"
    assert pointed is None
    assert other is not None
    assert other.cause is None
    assert "(y: " in other.c


def test_one_that_is_like_another() -> None:
    """Two records of equal layout may be paired."""
    other = record("other", ("x", F32))
    outcomes, _ = judged([edge(other, RIGHT)], {"k::p": ("struct p", P)}, [RIGHT])
    assert outcomes == [None]


def test_a_type_that_c_does_not_name() -> None:
    """A type without a C name is compared with its partner; of several, with an equal one."""
    one = record("k::Mine", ("x", F32))
    outcomes, differ = judged([edge(Q, one, Place.POINTEE), edge(P, one, Place.POINTEE)], {}, [one])
    assert differ == {"k::Mine": False}
    first, second = outcomes
    assert first is not None
    assert second is None
    outcomes, differ = judged([edge(Q, one, Place.POINTEE)], {}, [one])
    assert differ == {"k::Mine": True}
    assert outcomes == [None]  # the verdict on the type reports it


def test_a_type_of_no_crate() -> None:
    """A generic's instance, or another crate's type, is compared at its place."""
    generic = record("k::G<u32>", ("x", U32))
    (outcome,), differ = judged([edge(P, generic, Place.POINTEE)], {}, [])
    assert differ == {}
    assert outcome is not None
    assert outcome.c == "struct p (x: f32 (float))"
    assert outcome.rust == "k::G<u32> (x: u32 (unsigned integer))"
    assert judged([edge(P, record("k::G<f32>", ("x", F32)))], {}, [])[0] == [None]


def test_sizes_behind_a_pointer() -> None:
    """A record of another size behind a pointer is another one."""
    (outcome,), _ = judged(
        [edge(P, record("dep::p", ("x", F32), ("y", U64)), Place.POINTEE)], {}, []
    )
    assert outcome is not None


def meetings(
    *passed: str, subjects: tuple[str, ...] = (), opaque: tuple[str, ...] = ()
) -> Meetings:
    """Return meetings of records; `passed` has both sides' registers, if they differ."""

    def compare(met: Edge) -> Found:
        pair = pair_records(met.c, met.rust)
        return Found(c_name="c", pair=pair, edges=[], mismatches=tuple(run_checks("record", pair)))

    words = (passed[0], passed[1]) if passed else None
    return Meetings(compare, lambda _: words, subjects=subjects, opaque=opaque, named={}, places={})


BIG = record("k::p", ("x", F32), ("y", U64))


def test_opaque_types_and_types_without_a_size() -> None:
    """Opaque types and types without a size are not compared at their places."""
    assert meetings().outcome(edge(P, BIG)) is not None
    assert meetings(opaque=("k::p",)).outcome(edge(P, BIG)) is None
    assert meetings().outcome(edge(P, replace(record("k::p"), byte_size=0))) is None


def test_records_that_are_passed_otherwise() -> None:
    """Records right in memory but passed in other registers differ, with both registers shown."""
    found = meetings("memory", "integer registers").outcome(edge(P, RIGHT))
    assert found is not None
    assert (found.c, found.rust) == (
        "struct p (passed in memory)",
        "k::p (passed in integer registers)",
    )


def test_a_subject_without_a_place() -> None:
    """An item with one partner has its own comparison, which is that of the pair."""
    assert meetings(subjects=("k::p",)).outcome(edge(P, BIG)) is None


def test_comparisons_are_kept() -> None:
    """A pair is compared once, until more types are known."""
    asked: list[Edge] = []

    def compare(met: Edge) -> Found:
        asked.append(met)
        return Found(c_name="c", pair=pair_records(met.c, met.rust), edges=[])

    kept = Meetings(compare, lambda _: None, subjects=(), opaque=(), named={}, places={})
    assert kept.first_mismatch(edge(P, RIGHT)) is None
    assert kept.first_mismatch(edge(P, RIGHT, Place.POINTEE)) is None
    assert len(asked) == 1
    kept.forget()
    assert kept.first_mismatch(edge(P, RIGHT)) is None
    assert len(asked) == 2


def test_records_that_lead_in_a_circle() -> None:
    """Records that lead to each other in a circle are each met once."""
    one, other = edge(P, RIGHT), edge(Q, record("k::q", ("x", I32)))

    def compare(met: Edge) -> Found:
        further = [other] if met.c is P else [one]
        return Found(c_name="c", pair=pair_records(met.c, met.rust), edges=further)

    circle = Meetings(compare, lambda _: None, subjects=(), opaque=(), named={}, places={})
    assert list(circle.beyond(one)) == [one, other]


def test_doubts_about_what_is_met() -> None:
    """A record with an unknown part is not right."""

    def compare(met: Edge) -> Found:
        doubt = Difference(kind="unknown", c="it carries data", rust="", path="x")
        pair = replace(pair_records(met.c, met.rust), differences=(doubt,))
        return Found(c_name="c", pair=pair, edges=[])

    doubtful = Meetings(compare, lambda _: None, subjects=(), opaque=(), named={}, places={})
    found = doubtful.outcome(edge(P, RIGHT))
    assert found is not None
    assert (found.kind, found.c) == ("unknown", "k::p, of which x: it carries data")
