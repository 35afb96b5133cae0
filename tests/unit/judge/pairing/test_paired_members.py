"""paired_members.py: the records and storage units inside pairs of members."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.judge.pairing.paired_members import MemberPair, Nested, nested_in, units_in
from layoutcheck.model.layout import Member, RecordLayout, Type, TypedefType, byte_size_of
from tests.layouts import U8, U32, U64, Bits, array, record, union

C, RUST = record("e", ("x", U32)), record("k::e", ("x", U32))
CELL = record("core::cell::UnsafeCell<k::e>", ("value", RUST))
ARRAYS = record("k::Arrays", ("__0", array(RUST, 2)))


def member(type_: Type, name: str = "m") -> Member:
    """A member at offset 0."""
    return Member(name=name, bit_offset=0, bit_size=byte_size_of(type_) * 8, type=type_)


def pair(c: Type, rust: Type) -> MemberPair:
    """A pair of two members."""
    return MemberPair(path="in.m", c=member(c), rust=member(rust))


@pytest.mark.parametrize(
    ("c", "rust", "name"),
    [
        (C, RUST, "e"),
        (TypedefType(name="e_t", target=C), RUST, "e"),
        (TypedefType(name="e_t", target=replace(C, name=None)), RUST, "e_t"),
        (replace(C, name=None), RUST, None),
        (C, CELL, "e"),
        (array(C, 2), array(RUST, 2), "e"),
        (array(C, 2, 3), array(array(RUST, 3), 2), "e"),
        (array(C, 6), array(RUST, 2, 3), "e"),
        (array(C, 2), ARRAYS, "e"),
        (array(C, 4), array(ARRAYS, 2), "e"),
        (array(C, None), array(RUST, 0), "e"),
    ],
)
def test_records_inside(c: Type, rust: Type, name: str | None) -> None:
    """Records inside are array elements without wrappers, with C's tag or typedef."""
    (nested,) = nested_in(pair(c, rust))
    inner = C if name == "e" else replace(C, name=None)
    assert nested == Nested(path="in.m", c_name=name, c=inner, rust=RUST)


@pytest.mark.parametrize(
    ("c", "rust"),
    [
        (U32, RUST),
        (C, U32),
        (C, replace(RUST, is_tagged=True)),
        (array(C, 2), array(U32, 2)),
    ],
)
def test_no_records_inside(c: Type, rust: Type) -> None:
    """Scalars and Rust enums with data are no records."""
    assert list(nested_in(pair(c, rust))) == []


def test_a_newtype_of_one() -> None:
    """A newtype stays a record as it is: its own member may have C's name."""
    newtype = record("k::New", ("__0", RUST))
    (nested,) = nested_in(pair(C, newtype))
    assert nested.rust == newtype


def test_pairs_without_records() -> None:
    """A pair that lacks a side, or has a storage unit, has no records."""
    whole = pair(C, RUST)
    for one in (replace(whole, c=None), replace(whole, rust=None), replace(whole, is_covered=True)):
        assert list(nested_in(one)) == []


def test_one_variant_of_a_union() -> None:
    """A Rust struct with the tag of a variant pairs with that variant."""
    other = record("f", ("y", U32))
    both = union("u", ("f", other), ("e", C), ("n", U32))
    (nested,) = nested_in(pair(both, RUST))
    assert (nested.c, nested.c_name) == (C, "e")
    (whole,) = nested_in(pair(both, record("k::g", ("x", U32))))
    assert (whole.c, whole.c_name) == (both, "u")
    (as_union,) = nested_in(pair(both, union("k::e", ("x", U32))))
    assert as_union.c == both


FLAGS = record("k::Flags", ("__0", U32))


def covered(unit: Member, *c: Member) -> list[MemberPair]:
    """Bit-fields covered by a storage unit of Rust's, with C's offsets."""
    return [
        MemberPair(
            path=str(one.name),
            c=one,
            rust=unit,
            c_bit_offset=one.bit_offset,
            rust_bit_offset=unit.bit_offset,
            is_covered=True,
        )
        for one in c
    ]


def bit_fields(*members: tuple[str, int]) -> tuple[Member, ...]:
    """Consecutive bit-fields of a `u32`."""
    return record("s", *((name, Bits(U32, size)) for name, size in members)).members


def inside(layout: RecordLayout) -> list[tuple[str | None, int]]:
    """Return the names and offsets of a record's members."""
    return [(one.name, one.bit_offset) for one in layout.members]


def test_a_record_that_is_a_unit() -> None:
    """A record as storage unit is compared with a C record of the bit-fields in it."""
    unit = replace(member(FLAGS, "flags"), bit_offset=64)
    fields = [
        replace(one, bit_offset=one.bit_offset + 64) for one in bit_fields(("a", 4), ("b", 3))
    ]
    (found,) = units_in(covered(unit, *fields))
    assert (found.path, found.c_name, found.rust) == ("flags", None, FLAGS)
    assert inside(found.c) == [("a", 0), ("b", 4)]
    assert (found.c.byte_size, found.c.alignment) == (4, None)


def test_an_array_of_units() -> None:
    """Each element has its own bit-fields. A bit-field that crosses two elements is in none."""
    unit = member(array(record("k::Byte", ("__0", U8)), 4), "flags")
    fields = [
        Member(name=name, bit_offset=start, bit_size=size, type=U32, is_bit_field=True)
        for name, start, size in (("a", 0, 8), ("b", 8, 3), ("across", 12, 8), ("c", 24, 8))
    ]
    found = list(units_in(covered(unit, *fields)))
    assert [(one.path, inside(one.c)) for one in found] == [
        ("flags[0]", [("a", 0)]),
        ("flags[1]", [("b", 0)]),
        ("flags[3]", [("c", 0)]),
    ]


def test_units_that_are_no_records() -> None:
    """Integers and bindgen's own storage units are no records."""
    fields = bit_fields(("a", 4))
    assert list(units_in(covered(member(U64, "flags"), *fields))) == []
    assert list(units_in(covered(member(FLAGS, "_bitfield_1"), *fields))) == []
    whole = covered(member(FLAGS, "flags"), *fields)
    assert list(units_in([replace(whole[0], is_covered=False)])) == []
