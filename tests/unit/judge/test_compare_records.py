"""compare_records.py: a compared record with the records inside it, and the causes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck.judge.compare_records import (
    Found,
    conclude,
    same,
    same_definition,
    unknown_in,
    wrong_as_whole,
)
from layoutcheck.judge.pairing import RecordPair, pair_records
from layoutcheck.judge.walk import Difference
from layoutcheck.location import SourceLocation
from layoutcheck.model.bit_access import BitAccess
from layoutcheck.model.verdict import Cause, Mismatch
from tests.comparisons import compare_texts
from tests.layouts import F32, I32, U8, U32, U64, Bits, record

C = "#[repr(C)] #[derive(Clone, Copy)] pub "
S, RUST_S = record("s", ("a", U32)), record("k::s", ("a", U32))


def _texts(*items: str) -> str:
    return "\n".join(C + item for item in items)


def compared(
    pair: RecordPair | None = None,
    *mismatches: Mismatch,
    inside: dict[str, Found] | None = None,
    embedded: dict[str, str] | None = None,
) -> Found:
    """A record of which these mismatches are found."""
    return Found(
        c_name="struct s",
        pair=pair or pair_records(S, RUST_S),
        edges=[],
        inside=inside or {},
        embedded=embedded or {},
        mismatches=mismatches,
    )


def mismatch(check: str, member: str | None = None, cause: Cause | None = None) -> Mismatch:
    """A mismatch of some words."""
    return Mismatch(check_id=check, member_path=member, c="4", rust="8", cause=cause)


def test_paths_of_mismatches_inside() -> None:
    """Paths begin at the outer record. A mismatch of a whole inner record has its member's path."""
    deep = compared(None, mismatch("member-type", "x"), mismatch("record-size"))
    middle = compared(None, mismatch("member-size", "m"), inside={"deep": deep})
    outer = compared(None, mismatch("member-offset", "z"), inside={"mid": middle})
    assert [one.member_path for one in outer.every_mismatch()] == [
        "z",
        "mid.m",
        "mid.deep.x",
        "mid.deep",
    ]
    assert outer.first_mismatch() == mismatch("member-offset", "z")
    assert compared(inside={"deep": deep}).first_mismatch() == mismatch("member-type", "deep.x")
    assert compared(inside={"right": compared()}).first_mismatch() is None


def test_records_that_are_the_same() -> None:
    """Records are the same by their number in the object, or by their content. None never is."""
    assert not same(None, S)
    assert same(replace(S, ref=7), replace(record("t", ("b", U64)), ref=7))
    assert same(replace(S, ref=7, alignment=None), replace(S, name="t", ref=8))
    assert not same(S, record("s", ("a", U32), kind="union"))
    assert not same(S, record("s", ("a", I32)))
    assert not same(S, replace(S, byte_size=8))


def test_definitions_that_are_the_same() -> None:
    """Two headers may define one name; a record without members is known by its name alone."""
    a, b = (replace(S, declared_at=SourceLocation(path=name, line=1)) for name in ("a.h", "b.h"))
    assert same_definition(a, a)
    assert not same_definition(a, b)
    assert same_definition(a, S)
    assert same_definition(S, b)
    declared = replace(b, members=(), is_declaration=True)
    assert same_definition(a, declared)
    assert not same_definition(replace(a, name="t"), declared)
    assert not same_definition(replace(a, name=None), replace(declared, name=None))


def test_mismatches_of_the_whole() -> None:
    """Size and alignment, as far as checks have found them."""
    found = compared(
        None, mismatch("record-alignment"), mismatch("record-size"), mismatch("record-kind")
    )
    assert list(wrong_as_whole(found)) == ["record-alignment", "record-size"]
    assert list(wrong_as_whole(compared())) == []


@pytest.mark.parametrize(
    ("check", "member", "is_wrong"),
    [("member-size", "a", True), ("member-offset", "b", True), ("member-type", "b", False)],
)
def test_an_alignment_that_c_does_not_say(check: str, member: str, *, is_wrong: bool) -> None:
    """An alignment unknown in C is wrong if a differing member may change it."""
    c = replace(record(None, ("a", U8), ("b", U8)), alignment=None)
    pair = pair_records(c, record("k::s", ("a", U32), ("b", U8)))
    found = compared(pair, mismatch(check, member))
    assert list(wrong_as_whole(found)) == (["record-alignment"] if is_wrong else [])


def test_an_alignment_that_follows_alike() -> None:
    """A differing member changes nothing if both records are aligned as their members are."""
    c = replace(record(None, ("a", U32), ("b", U32)), alignment=None)
    pair = pair_records(c, record("k::s", ("a", F32), ("c", U32)))
    found = compared(pair, mismatch("member-missing", "b"), mismatch("member-extra", "c"))
    assert list(wrong_as_whole(found)) == []


def access(*, unknown: str | None = "it calls f", **more: str) -> BitAccess:
    """A method of a bit-field `f`, of which the bits are not known."""
    said = {"name": "f", "verb": "reads", **more}
    return BitAccess(unknown=unknown, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (access(), "the accessor f of f could not be checked: it calls f"),
        (
            access(name="set_f", verb="writes"),
            "the accessor set_f of f could not be checked: it calls f",
        ),
        (access(verb="masks"), "the mask of f could not be checked: it calls f"),
        (
            access(verb="makes", maker="new"),
            "the constructor new of f could not be checked: it calls f",
        ),
    ],
)
def test_words_on_accessors(told: BitAccess, words: str) -> None:
    """The words name accessor, mask or constructor, with the path of an outer member."""
    c = record("s", ("f", Bits(U32, 4)))
    pair = pair_records(c, record("k::s", ("bits", U32)), accessors=(told,))
    assert list(unknown_in(compared(pair))) == [words]
    outer = compared(inside={"in": compared(pair)})
    assert list(unknown_in(outer)) == [words.replace("of f", "of in.f")]


def test_words_on_masks_and_types() -> None:
    """A mask of no bit-field, and a type that is not compared, have messages of their own."""
    pair = pair_records(S, RUST_S, accessors=(access(name="x", verb="masks", unknown=None),))
    differences = (
        Difference(kind="unknown", c="k::E carries data", rust="", path="a"),
        Difference(kind="unknown", c="nothing is known", rust=""),
        Difference(kind="type", c="u32", rust="f32", path="a"),
    )
    outer = compared(inside={"in": compared(replace(pair, differences=differences))})
    assert list(unknown_in(outer)) == [
        "in.a: k::E carries data",
        "nothing is known",
        "a mask of in.x, which is no bit-field of C's",
    ]


def test_conclusion() -> None:
    """The conclusion has both records, the pairs' names, and each mismatch with its cause."""
    c, rust = record("s", ("a", U32), ("b", U32)), record("k::s", ("a", U32), ("x", U64))
    found = compared(pair_records(c, rust), mismatch("member-missing", "b"))
    comparison = conclude(found, {})
    assert (comparison.c_name, comparison.c, comparison.rust) == ("struct s", c, rust)
    assert comparison.paired == (("a", "a"), (None, "x"), ("b", None))
    assert comparison.mismatches == (mismatch("member-missing", "b"),)
    assert comparison.unknown == ()


def test_an_embedded_subject_is_the_cause() -> None:
    """A member whose size differs because of its type follows from that type."""
    inner, rust_inner = record("m", ("x", U32)), record("k::m", ("x", U64))
    c, rust = record("s", ("m", inner)), record("k::s", ("m", rust_inner))
    pair = pair_records(c, rust)
    found = compared(pair, mismatch("member-size", "m"), embedded={"m": "k::m"})
    (told,) = conclude(found, {"k::m": ("record-size",)}).mismatches
    assert told.cause == Cause(check="record-size", item="k::m")
    (own,) = conclude(found, {"k::m": ()}).mismatches
    assert own.cause is None


def test_a_record_inside_has_no_mismatch_of_its_size() -> None:
    """A record inside has no mismatch of its size. Its kind is reported with the member's path."""
    inside = compared(None, mismatch("record-size"), mismatch("record-kind"))
    found = conclude(compared(inside={"in": inside}), {}).mismatches
    assert [(one.check_id, one.member_path) for one in found] == [("record-kind", "in")]


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
def test_causes_inside_are_named_from_outside(tmp_path: Path) -> None:
    """A member dropped from an inner record moves later members, which name the inner member."""
    compared = compare_texts(
        "struct s { struct { int a, b, c; } in[2]; };",
        _texts("struct In { a: i32, c: i32 }", "struct s { r#in: [In; 2] }"),
        {"s": "struct s"},
        tmp_path,
    )
    causes = {m.member_path: m.cause and str(m.cause) for m in compared["sample::s"].mismatches}
    assert causes == {None: "in", "in": None, "in.b": "in", "in.c": "in"}
    compared = compare_texts(
        "struct s { struct { int a, b, c; } in; };",
        _texts("struct In { a: i32, c: i32, b: i32 }", "struct s { r#in: In }"),
        {"s": "struct s"},
        tmp_path,
    )
    causes = {m.member_path: m.cause and str(m.cause) for m in compared["sample::s"].mismatches}
    assert causes == {"in.b": None, "in.c": "in.b"}
