"""type_pairs.py: pairs of records that types lead to, and their words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.judge.compare_records import Found
from layoutcheck.judge.pairing import MemberPair, RecordPair, pair_records
from layoutcheck.judge.type_pairs import (
    alone,
    apart,
    caused,
    contents,
    edges_inside,
    edges_of,
    first_of_each,
    held_by_value,
    key_of,
    name_of,
    uncompared,
    unlike,
    walk_members,
    walk_units,
)
from layoutcheck.judge.type_reprs import Reprs
from layoutcheck.judge.walk import Definitions, Difference, Edge, Place, RustFacts, TypeWalk
from layoutcheck.location import SourceLocation
from layoutcheck.model.layout import Encoding, Member, RecordLayout, Type, byte_size_of
from layoutcheck.model.verdict import Cause, Mismatch
from tests.layouts import F32, I32, U8, U32, U64, Bits, array, base, record
from tests.passed import to

S, RUST_S = record("s", ("x", U32)), record("k::s", ("x", U32))
EDGE = Edge(c=S, rust=RUST_S, place=Place.VALUE, path="parameter 1")
WALK = TypeWalk(Definitions(), RustFacts())


def member(name: str, type_: Type) -> Member:
    """A member at offset 0."""
    return Member(name=name, bit_offset=0, bit_size=byte_size_of(type_) * 8, type=type_)


def pair(c: Type, rust: Type, *, name: str = "m", is_covered: bool = False) -> MemberPair:
    """A pair of C's member `m` and Rust's."""
    return MemberPair(path="in.m", c=member("m", c), rust=member(name, rust), is_covered=is_covered)


def test_members_types() -> None:
    """A difference has the member's path. Another size belongs to another check."""
    edges: list[Edge] = []
    (found,) = walk_members(WALK, pair(U32, F32), edges)
    assert (found.kind, found.path, found.rust) == ("type", "in.m", "f32 (float)")
    assert list(walk_members(WALK, pair(U32, U64), edges)) == []
    assert list(walk_members(WALK, pair(U32, F32, is_covered=True), edges)) == []
    assert list(walk_members(WALK, replace(pair(U32, F32), rust=None), edges)) == []
    assert edges == []


def test_bytes_that_are_filler() -> None:
    """Bytes of a private name have no type, unless C's member has that name."""
    c = array(U32, 2)
    (found,) = walk_members(WALK, pair(F32, array(U8, 4), name="m"), [])
    assert found.kind == "type"
    assert list(walk_members(WALK, pair(F32, array(U8, 4), name="_m"), [])) == []
    assert list(walk_members(WALK, pair(c, array(U8, 8), name="_m"), [])) == []


def test_records_that_members_lead_to() -> None:
    """A record behind a pointer is an edge; one that is held by value is nested instead."""
    edges: list[Edge] = []
    assert list(walk_members(WALK, pair(to(S), to(RUST_S)), edges)) == []
    assert list(walk_members(WALK, pair(S, RUST_S), edges)) == []
    assert edges == [Edge(c=S, rust=RUST_S, place=Place.POINTEE, path="in.m")]


def test_units_of_no_fixed_layout() -> None:
    """A storage unit of no fixed layout is reported once, at its first bit-field."""
    free = record("k::Flags", ("bits", U32))
    walk = TypeWalk(Definitions(), RustFacts(Reprs(free=frozenset({"k::Flags"}))))
    c = record("s", ("a", Bits(U32, 4)), ("b", Bits(U32, 4)), ("x", U64))
    members = pair_records(c, record("k::s", ("flags", free), ("x", U64))).members
    (found,) = walk_units(walk, members)
    assert (found.kind, found.path) == ("repr", "a")
    assert list(walk_units(WALK, members)) == []


def test_the_first_difference_of_each_member() -> None:
    """Each member has one difference of a kind; further ones are left out."""
    known = Difference(kind="type", c="1", rust="2", path="a")
    news = [
        replace(known, c="3"),
        replace(known, path="b"),
        replace(known, path="b", c="4"),
        replace(known, kind="signature"),
    ]
    whole = replace(pair_records(S, RUST_S), differences=(known,))
    assert list(first_of_each(news, whole)) == [news[1], news[3]]


def compared(c: RecordLayout, rust: RecordLayout, *edges: Edge) -> Found:
    """A comparison that leads to these pairs."""
    return Found(c_name="struct s", pair=pair_records(c, rust), edges=list(edges))


def test_edges_of_comparisons() -> None:
    """Edges of inner records are returned with the others."""
    other = replace(EDGE, path="result")
    outer = compared(S, RUST_S, EDGE)
    outer.inside["in"] = compared(S, RUST_S, other)
    assert list(edges_of([outer, compared(S, RUST_S)])) == [EDGE, other]


def test_edges_inside() -> None:
    """Edges inside are records held, or wrapped by a newtype, at the same place."""
    holder, rust_holder = record("h", ("s", S)), record("k::h", ("s", RUST_S))
    met = replace(EDGE, c=holder, rust=rust_holder)
    assert list(edges_inside(met, compared(holder, rust_holder))) == [EDGE]
    newtype = record("k::N", ("__0", RUST_S))
    (wrapped,) = edges_inside(replace(EDGE, rust=newtype), compared(S, newtype))
    assert (wrapped.rust, wrapped.c) == (RUST_S, replace(S, alignment=None))
    declared = replace(S, members=(), is_declaration=True)
    holder = record("h", ("s", declared))
    assert list(edges_inside(met, compared(holder, rust_holder))) == []


def test_contents_of_newtypes() -> None:
    """A newtype is opened down to the record of the pair, with the content's size."""
    inner = record("k::Inner", ("__0", RUST_S))
    outer = record("k::Outer", ("__0", inner), alignment=16)
    c = record("s", ("x", U32), alignment=16)
    found = list(contents(c, outer, pair_records(c, outer)))
    assert [(rust.name, stands_for.byte_size) for rust, stands_for in found] == [
        ("k::Inner", 4),
        ("k::s", 4),
    ]
    assert list(contents(S, RUST_S, pair_records(S, RUST_S))) == []


def test_keys_of_pairs() -> None:
    """A record's key is its number, or itself if no object has it."""
    assert key_of(EDGE) == (S, "k::s")
    numbered = replace(EDGE, c=replace(S, ref=3), rust=replace(RUST_S, ref=5))
    assert key_of(numbered) == (3, 5)
    assert key_of(numbered) == key_of(replace(numbered, place=Place.POINTEE, path="result"))
    assert key_of(EDGE) != key_of(replace(EDGE, c=record("s", ("x", F32))))


def test_names_of_records() -> None:
    """A record has its tag as its name, and a newtype's partner the type of its one member."""
    assert name_of(EDGE) == "struct s"
    assert name_of(replace(EDGE, c=alone(member("m", I32), RUST_S))) == "i32"
    two = record(None, ("a", U32), ("b", U32))
    assert name_of(replace(EDGE, c=two)) == "struct {...}"


def test_words() -> None:
    """The words have each side's record and the difference; in a callback, also the place."""
    mismatch = Mismatch(check_id="member-type", member_path="x", c="u32", rust="f32")
    found = unlike(EDGE, mismatch, ", which is C's struct t")
    assert (found.kind, found.path) == ("type", "parameter 1")
    assert found.c == "struct s (x: u32)"
    assert found.rust == "k::s, which is C's struct t (x: f32)"
    whole = unlike(EDGE, replace(mismatch, member_path=None))
    assert (whole.c, whole.rust) == ("struct s (u32)", "k::s (f32)")
    result = apart(replace(EDGE, in_call="result"), "memory", "registers")
    assert result.kind == "signature"
    assert result.c == "a function of which the result is struct s (memory)"
    assert result.rust == "k::s (registers)"
    parameter = apart(replace(EDGE, in_call="parameter 2"), "a", "b")
    assert parameter.c == "a function of which parameter 2 is struct s (a)"


def test_a_difference_with_a_cause() -> None:
    """The words are the types' names alone, because the cause's verdict has the rest."""
    cause = Cause(check="member-type", member="x", item="k::s")
    found = caused(EDGE, cause)
    assert (found.c, found.rust, found.path, found.cause) == (
        "struct s",
        "k::s",
        "parameter 1",
        cause,
    )
    assert (found.kind, caused(replace(EDGE, in_call="result"), cause).kind) == (
        "type",
        "signature",
    )


def test_a_doubt() -> None:
    """A doubt names the record and its unknown part."""
    found = uncompared(EDGE, "the mask of f could not be checked: it is 0")
    assert (found.kind, found.path) == ("unknown", "parameter 1")
    assert found.c == "k::s, of which the mask of f could not be checked: it is 0"


def test_the_record_of_a_newtype() -> None:
    """A newtype has one member of C's type. A `_Complex` has two parts, as in Rust."""
    here = SourceLocation(path="s.h", line=3)
    c = replace(member("m", U32), bit_offset=64, declared_at=here)
    found = alone(c, record("k::N", ("__0", U32)))
    assert (found.name, found.kind, found.byte_size, found.declared_at) == (
        None,
        "struct",
        4,
        here,
    )
    assert [(m.name, m.bit_offset, m.type) for m in found.members] == [("__0", 0, U32)]
    complex_ = base("complex", 8, Encoding.COMPLEX)
    parts = alone(member("m", complex_), record("k::Complex", ("re", F32), ("im", F32)))
    assert [(m.name, m.bit_offset, m.type) for m in parts.members] == [
        ("re", 0, F32),
        ("im", 32, F32),
    ]


def test_records_that_are_held() -> None:
    """Records in arrays, nameless records and type parameters are held, not those of pointers."""
    deep = record("k::deep", ("x", U32))
    given = record("k::given", ("x", U32))
    generic = record("k::G<k::given>", ("x", U32), type_parameters=(given,))
    nameless = record(None, ("d", array(deep, 2)))
    outer = record("k::outer", ("n", nameless), ("g", generic), ("p", to(RUST_S)))
    assert dict(held_by_value([outer])) == {
        "k::outer": outer,
        "k::deep": deep,
        "k::given": given,
        "k::G<k::given>": generic,
    }
    declared = replace(deep, members=(), is_declaration=True)
    assert list(held_by_value([declared])) == []


@pytest.mark.parametrize("count", [0, 3])
def test_a_record_that_is_held_often(count: int) -> None:
    """A record is listed as often as it is held, but its members once."""
    deep = record("k::deep", ("x", record("k::deeper", ("x", U32))))
    outer = record("k::outer", *((f"m{n}", deep) for n in range(count)))
    names = [name for name, _ in held_by_value([outer])]
    assert names.count("k::deep") == count
    assert names.count("k::deeper") == min(count, 1)


def test_pair_types() -> None:
    """A pair of members that one side lacks has no edge."""
    missing: RecordPair = pair_records(record("s", ("x", to(S))), record("k::s", ("y", U64)))
    edges: list[Edge] = []
    for one in missing.members:
        assert list(walk_members(WALK, one, edges)) == []
    assert edges == []
