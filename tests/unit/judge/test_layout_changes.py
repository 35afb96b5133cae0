"""layout_changes.py: the difference between two layouts, and whether it is the record's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from layoutcheck.judge.layout_changes import compare_layouts, names_inside
from layoutcheck.model.effects import RecordChange
from layoutcheck.model.layout import (
    EnumType,
    FunctionType,
    PointerType,
    RecordLayout,
    Type,
    TypedefType,
)
from tests.layouts import F32, I32, U8, U32, U64, Bits, array, record, union


def compare_one(without: RecordLayout | None, with_option: RecordLayout | None) -> RecordChange:
    """Return the only change between these two."""
    sides = [{"struct r": r} if r else {} for r in (without, with_option)]
    (change,) = compare_layouts(*sides)
    return change


def told(change: RecordChange) -> list[tuple[str, str]]:
    """Return each member's path and its change."""
    return [(member.path, member.kind) for member in change.members]


def test_members_come_go_change_and_move() -> None:
    """Members are in the order of the declaration with the option, then those that go."""
    old = record("r", ("a", U32), ("b", U32), ("c", U8), ("d", U64), ("e", U8))
    new = record("r", ("n", U32), ("a", U32), ("c", U32), ("d", U64), ("e", U8))
    change = compare_one(old, new)
    assert told(change) == [("n", "comes"), ("a", "moves"), ("c", "changes"), ("b", "goes")]
    assert (change.without, change.with_option, change.direct) == (32, 32, True)
    came = change.members[0]
    assert came.without is None
    assert came.with_option is not None
    assert (came.with_option.bit_offset, came.with_option.type) == (0, "u32")


@pytest.mark.parametrize(
    ("without", "with_option"),
    [(None, record("r", ("a", U32))), (record("r", ("a", U32)), None)],
)
def test_records_come_and_go(
    without: RecordLayout | None, with_option: RecordLayout | None
) -> None:
    """A record that comes or goes has no list of members."""
    change = compare_one(without, with_option)
    assert (change.without, change.with_option) == (without and 4, with_option and 4)
    assert change.direct
    assert not change.members


def pointer(to: Type | None) -> PointerType:
    """A pointer."""
    return PointerType(byte_size=8, pointee=to)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (pointer(record("x", ("a", U8))), pointer(record("x", ("a", U64)))),
        (
            EnumType(name="e", byte_size=4, signed=False, enumerators=(("A", 1),)),
            EnumType(name="e", byte_size=4, signed=False, enumerators=(("A", 2),)),
        ),
    ],
    ids=["behind a pointer", "values of an enum"],
)
def test_what_is_no_change(old: Type, new: Type) -> None:
    """A type that no layout depends on is no change."""
    sides = [{"struct r": record("r", ("a", type_))} for type_ in (old, new)]
    assert compare_layouts(*sides) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TypedefType(name="t", target=U32), TypedefType(name="t", target=I32)),
        (U32, F32),
        (array(U32, 4), array(U32, 2, 2)),
        (pointer(U8), pointer(U32)),
        (
            pointer(FunctionType(result=U8, parameters=(), variadic=False)),
            pointer(FunctionType(result=U8, parameters=(U8,), variadic=False)),
        ),
    ],
    ids=["typedef", "base", "array", "pointer", "function"],
)
def test_a_type_of_the_same_size_is_a_change(old: Type, new: Type) -> None:
    """Another type of the same size is the record's own change."""
    change = compare_one(record("r", ("a", old)), record("r", ("a", new)))
    assert told(change) == [("a", "changes")]
    assert change.direct


def test_a_bit_field_that_grows_is_a_change() -> None:
    """A bit-field's width is a change, and the next one moves by bits."""
    old = record("r", ("a", Bits(U32, 3)), ("b", Bits(U32, 4)))
    new = record("r", ("a", Bits(U32, 5)), ("b", Bits(U32, 4)))
    assert told(compare_one(old, new)) == [("a", "changes"), ("b", "moves")]


@pytest.mark.parametrize(
    "hold",
    [
        lambda inner: inner,
        lambda inner: array(inner, 3),
        lambda inner: union(None, ("u", inner), ("w", U8)),
        lambda inner: TypedefType(name="in_t", target=inner),
    ],
    ids=["itself", "an array", "an anonymous union", "a typedef"],
)
def test_a_record_that_holds_a_changed_one_says_because_of_which(
    hold: Callable[[RecordLayout], Type],
) -> None:
    """A record that holds a changed one is not changed directly, and names the other one."""
    small, large = record("in", ("x", U32)), record("in", ("x", U64))
    old, new = (record("r", ("i", hold(inner)), ("z", U8)) for inner in (small, large))
    change = compare_one(old, new)
    assert not change.direct
    assert change.because_of == ("struct in",)
    assert change.without != change.with_option


def test_both_its_own_doing_and_another_record() -> None:
    """The change is direct, and the other record is named."""
    small, large = record("in", ("x", U32)), record("in", ("x", U64))
    change = compare_one(record("r", ("i", small)), record("r", ("i", large), ("n", U8)))
    assert change.direct
    assert change.because_of == ("struct in",)
    assert told(change) == [("i", "changes"), ("n", "comes")]


def test_the_same_size_with_another_inside() -> None:
    """A holder changes with a record of the same size but another content."""
    old, new = record("in", ("x", U32), ("y", F32)), record("in", ("y", F32), ("x", U32))
    change = compare_one(record("r", ("i", old)), record("r", ("i", new)))
    assert told(change) == [("i", "changes")]
    assert not change.direct


def test_a_tagless_record_is_part_of_the_declaration() -> None:
    """Members of a tagless record have paths. Its changes are the outer record's own."""
    old = record("r", ("s", record(None, ("x", U32))), ("z", U64))
    new = record("r", ("s", record(None, ("n", U32), ("x", U32), ("y", U64))), ("z", U64))
    change = compare_one(old, new)
    assert change.direct
    assert told(change) == [
        ("s", "changes"),
        ("s.n", "comes"),
        ("s.x", "moves"),
        ("s.y", "comes"),
        ("z", "moves"),
    ]


def test_what_comes_as_a_whole_is_told_once() -> None:
    """A record that comes is reported once, without its members."""
    inner = record(None, ("x", U32), ("y", record(None, ("z", U8))))
    change = compare_one(record("r", ("a", U32)), record("r", ("a", U32), ("s", inner)))
    assert told(change) == [("s", "comes")]


def test_anonymous_members_are_the_outer_records() -> None:
    """Anonymous members have offsets from the outer record's beginning."""
    old = record("r", ("z", U64), (None, union(None, ("x", U32))))
    new = record("r", ("z", U64), (None, union(None, ("x", U32), ("y", U64))))
    change = compare_one(old, new)
    assert told(change) == [("y", "comes")]
    assert change.members[0].with_option is not None
    assert change.members[0].with_option.bit_offset == 64


def test_a_typedef_of_a_tagless_record_is_its_name() -> None:
    """A typedef of a tagless record is its name, for the records that hold it."""
    old, new = (TypedefType(name="in_t", target=record(None, ("x", type_))) for type_ in (U32, U64))
    change = compare_one(record("r", ("i", old)), record("r", ("i", new)))
    assert not change.direct
    assert change.because_of == ("in_t",)


def test_alignment_alone_is_a_change() -> None:
    """An alignment that changes without a member is a change."""
    old = record("r", ("x", U64), alignment=8)
    change = compare_one(old, replace(old, byte_size=64, alignment=64))
    assert (change.direct, change.members) == (True, ())
    assert (change.without, change.with_option) == (8, 64)


def test_names_inside() -> None:
    """Names inside are those of records at any depth. Pointers and tagless records are left out."""
    leaf = record("leaf", ("x", U8))
    middle = record("middle", ("l", array(leaf, 2)), ("p", pointer(record("far", ("x", U8)))))
    outer = record("outer", ("s", record(None, ("m", middle))))
    assert names_inside({"o": outer, "l": leaf}) == {
        "o": {"struct middle", "struct leaf"},
        "l": frozenset(),
    }
