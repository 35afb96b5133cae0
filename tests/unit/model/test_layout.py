"""layout.py: holes, sizes, spellings, and records cut for a report."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given

from layoutcheck.model.layout import (
    EnumType,
    FunctionType,
    Member,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
    byte_size_of,
    natural_alignment,
    shallow,
    spell,
    spell_bits,
    strip,
)
from tests.layouts import I32, PTR, U8, U16, U32, U64, Bits, array, record, union
from tests.strategies import records, types


def test_holes_and_padding() -> None:
    """Holes are between members, between bits, and at the end; a union has none."""
    layout = record("s", ("a", U8), ("b", U32), ("x", Bits(U8, 3)), ("c", U16), ("d", U8))
    holes = [(hole.bit_offset, hole.bit_size, hole.is_padding) for hole in layout.holes()]
    assert holes == [(8, 24, False), (67, 13, False), (104, 24, True)]
    assert union("u", ("a", U8), ("b", U64)).holes() == ()
    assert record("full", ("a", U32)).holes() == ()


@given(records)
def test_holes_are_where_nothing_is(layout: RecordLayout) -> None:
    """Holes of any record are in order and overlap no member."""
    holes = layout.holes()
    assert all(a.bit_offset + a.bit_size <= b.bit_offset for a, b in pairwise(holes))
    for hole in holes:
        assert hole.bit_size > 0
        for member in layout.members:
            end = hole.bit_offset + hole.bit_size
            assert (
                member.bit_end <= hole.bit_offset or member.bit_offset >= end or not member.bit_size
            )


def test_a_byte_offset_is_of_whole_bytes() -> None:
    """A bit-field within a byte has no byte offset."""
    assert Member(name="a", bit_offset=24, bit_size=8, type=U8).offset == 3
    with pytest.raises(ValueError, match="member x starts at bit 3"):
        _ = Member(name="x", bit_offset=3, bit_size=5, type=U8).offset
    assert (spell_bits(24), spell_bits(27)) == ("offset 3", "offset 3, bit 3")


@pytest.mark.parametrize(
    ("type_", "byte_size", "words"),
    [
        (None, 0, "void"),
        (U32, 4, "u32"),
        (PTR, 8, "void *"),
        (PointerType(byte_size=8, pointee=PTR), 8, "void * *"),
        (array(U32, 2, 3), 24, "u32[2][3]"),
        (array(U32), 0, "u32[]"),
        (array(PTR, 2), 16, "void *[2]"),
        (TypedefType(name="uint", target=U32), 4, "uint"),
        (TypedefType(name="nothing", target=None), 0, "nothing"),
        (QualifiedType(qualifier="const", target=U32), 4, "const u32"),
        (EnumType(name="e", byte_size=4, signed=False, enumerators=()), 4, "enum e"),
        (EnumType(name=None, byte_size=4, signed=False, enumerators=()), 4, "enum {...}"),
        (record("s", ("a", U32)), 4, "struct s"),
        (union(None, ("a", U32)), 4, "union {...}"),
        (record("k::s", ("a", U32)), 4, "k::s"),
        (FunctionType(result=None, parameters=(), variadic=False), 0, "void (*)(void)"),
        (FunctionType(result=I32, parameters=(PTR,), variadic=True), 0, "i32 (*)(void *, ...)"),
    ],
)
def test_sizes_and_spellings(type_: Type | None, byte_size: int, words: str) -> None:
    """Types are spelled as in C, and types of Rust as in Rust."""
    assert byte_size_of(type_) == byte_size
    assert spell(type_) == words


@given(types)
def test_strip_keeps_the_size(type_: Type) -> None:
    """Stripping typedefs and qualifiers keeps the size."""
    bare = strip(type_)
    assert not isinstance(bare, TypedefType | QualifiedType)
    assert byte_size_of(bare) == byte_size_of(type_)


@given(records)
def test_shallow_keeps_what_is_where(layout: RecordLayout) -> None:
    """Sizes, offsets and names are kept, but named inner records lose members. Twice is as once."""
    cut = shallow(layout)
    assert (cut.byte_size, cut.alignment, cut.name) == (
        layout.byte_size,
        layout.alignment,
        layout.name,
    )
    for before, after in zip(layout.members, cut.members, strict=True):
        assert (before.name, before.bit_offset, before.bit_size) == (
            after.name,
            after.bit_offset,
            after.bit_size,
        )
        assert byte_size_of(before.type) == byte_size_of(after.type)
        inner = strip(after.type)
        if isinstance(inner, RecordLayout) and inner.name is not None:
            assert (inner.members, inner.is_declaration) == ((), True)
    assert shallow(cut) == cut


def test_natural_alignment_sees_what_is_packed() -> None:
    """A missing alignment is derived from members' offsets and the size, without bit-fields."""
    loose = replace(record("s", ("a", U8), ("b", U64)), alignment=None)
    assert natural_alignment(loose) == 8
    assert natural_alignment(array(loose, 3)) == 8
    packed = replace(
        loose, byte_size=9, members=(loose.members[0], replace(loose.members[1], bit_offset=8))
    )
    assert natural_alignment(packed) == 1
    half = replace(loose, byte_size=12)
    assert natural_alignment(half) == 4
    assert natural_alignment(replace(packed, alignment=16)) == 16
    assert natural_alignment(record("s", ("a", U32), ("b", U8))) == 4
