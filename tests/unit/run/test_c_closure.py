"""run/c_closure.py: what types hold, and one value for a record of several units."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.model.layout import FunctionType, PointerType, RecordLayout, TypedefType
from layoutcheck.run.c_closure import merge_definitions, unaligned_names
from tests.layouts import U8, U32, array, record


def bare(name: str | None, ref: int) -> RecordLayout:
    """A record without a known alignment."""
    return replace(record(name, ("x", U32)), alignment=None, ref=ref)


def test_records_held_by_value_are_named() -> None:
    """As C would ask for them, at any depth; not those behind pointers."""
    inner = replace(record("inner", ("y", array(bare("deep", 1), 2))), alignment=None, ref=2)
    held = record(
        "held",
        ("a", inner),
        ("b", TypedefType(name="tagless_t", target=bare(None, 3))),
        ("c", PointerType(byte_size=8, pointee=bare("behind", 4))),
        ("d", bare(None, 5)),
    )
    assert unaligned_names([held], {}) == {"struct inner", "struct deep", "tagless_t"}


def test_functions_hold_their_parameters() -> None:
    """A record that is passed by value has to be known, too."""
    function = FunctionType(
        result=bare("made", 1), parameters=(U8, bare("taken", 2)), variadic=False
    )
    held = record("held", ("f", PointerType(byte_size=8, pointee=function)))
    assert unaligned_names([held], {}) == {"struct made", "struct taken"}


def test_a_known_alignment_needs_no_question() -> None:
    """Definitions have those of the records that were asked for."""
    held = record("held", ("a", bare("inner", 1)))
    known = {1: replace(bare("inner", 1), alignment=4)}
    assert unaligned_names([held], known) == set()


def test_records_of_several_units_are_one() -> None:
    """If they are alike; the one with an alignment is taken."""
    known = replace(bare("a", 2), alignment=4)
    merged = merge_definitions([{1: bare("a", 1)}, {2: known}])
    assert merged[1] is merged[2] is known


def test_records_that_differ_stay_two() -> None:
    """Two headers may define one name."""
    other = replace(record("a", ("y", U8)), ref=2)
    merged = merge_definitions([{1: bare("a", 1)}, {2: other}])
    assert merged[1].byte_size == 4
    assert merged[2].byte_size == 1
