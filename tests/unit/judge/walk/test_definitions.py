"""definitions.py: records behind pointers, and the tags of C."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.judge.walk.definitions import Definitions
from layoutcheck.model.layout import QualifiedType, RecordLayout, Type, TypedefType
from tests.layouts import U32, array, record
from tests.passed import behind, function, to

P, RUST_P = record("p", ("x", U32)), record("k::p", ("x", U32))
SHORT, RUST_SHORT = replace(behind("p", 4), ref=7), replace(behind("k::p", 4), ref=9)


def test_records_with_their_members() -> None:
    """A record is found by its number on its side. A whole one is returned unchanged."""
    known = Definitions({7: P}, {9: RUST_P})
    assert known.of_c(SHORT) is P
    assert known.of_rust(RUST_SHORT) is RUST_P
    assert known.of_rust(SHORT) is SHORT
    whole = replace(record("q", ("y", U32)), ref=7)
    assert known.of_c(whole) is whole


def test_records_that_are_not_known() -> None:
    """Unknown records stay without members."""
    assert Definitions().of_c(SHORT) is SHORT
    unnumbered = behind("p", 4)
    assert Definitions({7: P}).of_c(unnumbered) is unnumbered


def test_records_that_are_learnt() -> None:
    """New records are known beside the first ones."""
    known = Definitions({7: P})
    known.learn({8: record("q", ("y", U32))})
    assert known.of_c(SHORT) is P
    assert known.of_c(replace(behind("q", 4), ref=8)).members


@pytest.mark.parametrize(
    "type_",
    [
        P,
        to(SHORT),
        TypedefType(name="p_t", target=to(SHORT)),
        QualifiedType(qualifier="const", target=SHORT),
        array(to(SHORT), 3),
        record("holder", ("in", record(None, ("p", to(SHORT))))),
        function(to(SHORT)),
        to(function(U32, result=to(to(SHORT)))),
    ],
)
def test_tags(type_: Type) -> None:
    """Tags are found through all types, including those of declared records."""
    known = Definitions()
    known.learn({}, [type_])
    assert known.is_tag("p")
    assert not known.is_tag("k")
    known.learn({3: record("k", ("next", to(SHORT)))})
    assert known.is_tag("k")


def test_tags_of_records_without_a_name() -> None:
    """A record without a tag has none, and a recursive type is visited once."""
    nameless = record(None, ("x", U32))
    known = Definitions({1: nameless, 2: record("list", ("next", to(behind("list", 8))))})
    assert known.is_tag("list")
    assert not known.is_tag("")


def test_types_out_of_cores_wrappers() -> None:
    """Core's wrappers are removed, also behind pointers whose type has no members."""
    cell = record("core::cell::UnsafeCell<u32>", ("value", U32))
    short = replace(behind("core::cell::UnsafeCell<u32>", 4), ref=5)
    known = Definitions({}, {5: cell, 9: RUST_P})
    assert known.out_of_core(cell) == U32
    assert known.out_of_core(short) == U32
    assert (
        known.out_of_core(record("core::mem::ManuallyDrop<k::p>", ("value", RUST_SHORT))) is RUST_P
    )
    newtype = record("k::N", ("__0", U32))
    assert known.out_of_core(newtype) is newtype
    assert Definitions().out_of_core(short) is short
    assert known.out_of_core(None) is None


def test_rust_records_by_name() -> None:
    """Records behind pointers are found by name; a nameless one is left out."""
    nameless: RecordLayout = record(None, ("x", U32))
    assert Definitions({7: P}, {1: RUST_P, 2: nameless}).rust_by_name() == {"k::p": RUST_P}
