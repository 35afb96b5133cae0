"""verdicts.py: reasons why an item is unchecked, and the records in its types."""

from __future__ import annotations

import pytest

from layoutcheck.judge.compare_pairs import Comparer
from layoutcheck.judge.items.judge_items import judge_items
from layoutcheck.judge.walk import Definitions, Edge, Place, RustFacts, TypeWalk
from layoutcheck.model.layout import EnumType, Type
from layoutcheck.model.verdict import SetAside, Status, Verdict
from tests.item_sides import item, judged, manifest, side_of_c, side_of_rust
from tests.layouts import F32, U32, record
from tests.passed import function, to

K = item("constant", "K")


def reason(macros: dict[str, str], refused: dict[str, str]) -> str | None:
    """Return the reason why the constant K is unchecked; None if it is skipped."""
    (found,) = judged([K], side_of_c([K], refused=refused, macros=macros))
    if isinstance(found, SetAside):
        assert found.why == "not in C"
        return None
    assert (found.status, found.c_name) == (Status.INDETERMINATE, "K")
    return found.reason


@pytest.mark.parametrize(
    ("macros", "refused", "words"),
    [
        ({"K": ""}, {"K": "expected expression"}, "C has an empty macro: expected expression"),
        ({"K": "{ 1 }"}, {"K": "expected ')'"}, "C has the macro `{ 1 }`: expected ')'"),
        ({"K": "K"}, {"K": "undeclared"}, "C has a macro with arguments: undeclared"),
        ({}, {"K": "use of undeclared identifier 'K'"}, None),
        (
            {},
            {"K": "use of undeclared identifier 'OTHER'"},
            "clang: use of undeclared identifier 'OTHER'",
        ),
        ({}, {"K": "unexpected type name 'K'"}, "clang: unexpected type name 'K'"),
        ({}, {}, None),
    ],
)
def test_constants_that_clang_refuses(
    macros: dict[str, str], refused: dict[str, str], words: str | None
) -> None:
    """An undeclared name is not in C. Every other refusal is a reason."""
    assert reason(macros, refused) == words


def test_enums_that_clang_refuses() -> None:
    """An enum that clang refuses by its tag is skipped: the tag need not exist."""
    asked = item("enum", "e")
    of_c = side_of_c([asked], refused={"enum e": "e is no enum"})
    (found,) = judged([asked], of_c)
    assert isinstance(found, SetAside)


def test_the_first_name_that_is_missing() -> None:
    """The reason names the header that has one of the item's names."""
    asked = item("constant", "type_")
    (found,) = judged([asked], lacking={"type": "<b.h> defines it"})
    assert isinstance(found, Verdict)
    assert found.reason == "<b.h> defines it"
    (found,) = judged([asked], lacking={"type": "second", "type_": "first"})
    assert isinstance(found, Verdict)
    assert found.reason == "first"


DATA = record("k::Either", ("tag", U32), ("value", U32))


def test_types_that_are_not_compared() -> None:
    """An unknown type is the reason, unless a mismatch is found."""
    c_enum = EnumType(name="e", byte_size=0, signed=False, enumerators=())
    f = item("function", "f")
    c, rust = function(c_enum, U32, result=c_enum), function(U32, U32, result=U32)
    (found,) = judged([f], {"f": c}, {"f": rust})
    assert isinstance(found, Verdict)
    declared = "enum e, which the headers only declare"
    assert found.status is Status.INDETERMINATE
    assert found.reason == f"parameter 1 is {declared}; the result is {declared}"
    (found,) = judged([f], {"f": c}, {"f": function(U32, F32, result=U32)})
    assert isinstance(found, Verdict)
    assert (found.status, found.reason) == (Status.DIFFERS, None)
    x = item("static", "x")
    (found,) = judged([x], {"x": c_enum}, {"x": U32})
    assert isinstance(found, Verdict)
    assert found.reason == declared


RIGHT, WRONG = record("k::p", ("x", F32)), record("k::p", ("x", U32))
P = record("p", ("x", F32))


@pytest.mark.parametrize(
    ("rust", "found", "places"),
    [
        (function(RIGHT), [], [Place.VALUE]),
        (function(to(RIGHT)), [], [Place.POINTEE]),
        (function(WRONG), [("parameter-type", "parameter 1")], [Place.VALUE]),
        (function(to(WRONG)), [("parameter-type", "parameter 1")], [Place.POINTEE]),
    ],
)
def test_records_that_types_lead_to(
    rust: Type, found: list[tuple[str, str]], places: list[Place]
) -> None:
    """Records in types are compared at their places and returned as edges."""
    f = item("function", "f")
    is_pointer = places == [Place.POINTEE]
    c = side_of_c([f], {"f": function(to(P) if is_pointer else P)})
    edges: dict[int, list[Edge]] = {}
    types = Comparer({}, {}, TypeWalk(Definitions(), RustFacts()), subjects={}, renames={})
    verdict = judge_items(
        manifest(),
        "amd64",
        [f],
        c=c,
        rust=side_of_rust([f], {"f": rust}),
        types=types,
        among=[0],
        missing=lambda _kind, _name: None,
        edges=edges,
    )[0]
    assert isinstance(verdict, Verdict)
    assert [(m.check_id, m.member_path) for m in verdict.mismatches] == found
    assert [edge.place for edge in edges[0]] == places
