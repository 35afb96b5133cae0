"""Idioms of bindings, one a test."""

from __future__ import annotations

import pytest

from layoutcheck.judge.idioms import (
    anonymous_number,
    as_record,
    is_opaque,
    is_stand_in,
    is_tuple,
    is_unit,
    name_and_type,
    out_of_core,
    see_through,
    spellings,
)
from layoutcheck.model.layout import Member, QualifiedType, Type, TypedefType, byte_size_of
from tests.layouts import BOOL, F32, PTR, U8, U16, U32, U64, array, record, union


def member(name: str, type_: Type = U8) -> Member:
    """A member at offset 0."""
    return Member(name=name, bit_offset=0, bit_size=byte_size_of(type_) * 8, type=type_)


def test_anonymous_number() -> None:
    """The N of bindgen's names is read, and of no similar name."""
    assert anonymous_number("__bindgen_anon_12") == 12
    for name in (None, "", "__bindgen_anon_", "__bindgen_anon_1x", "x__bindgen_anon_1"):
        assert anonymous_number(name) is None


def test_spellings() -> None:
    """The name itself comes first."""
    assert spellings("type_")[0] == "type_"
    assert "type" in spellings("type_")
    assert "type" in spellings("r#type")
    assert "bits" in spellings("__bits")


@pytest.mark.parametrize(
    ("name", "type_", "expected"),
    [
        ("_opaque", array(U8, 8), True),
        ("_pinned", F32, False),
        ("__bindgen_padding_0", array(U16, 3), True),
        ("_bindgen_opaque_blob", array(U64, 3), True),
        ("pad2", array(U8, 3), True),
        ("sc_spare", array(U64, 4), True),
        ("reserved", F32, False),
        ("padding", record("k::thing", ("a", U8), ("b", U8)), False),
        ("padlock", U8, False),
        ("value", U8, False),
        ("__0", array(U64, 4), True),
        ("__0", PTR, True),
        ("__0", F32, False),
        ("__0", record("k::thing", ("a", U8), ("b", U8)), False),
    ],
)
def test_stand_ins(name: str, type_: Type, *, expected: bool) -> None:
    """A filler is known by its name and type, a tuple's field by its type alone."""
    assert is_stand_in(member(name, type_)) is expected


def test_room_and_units() -> None:
    """Fillers and storage units are integers and arrays of them. A pointer is only a filler."""
    unit = record("k::__BindgenBitfieldUnit<[u8; 2]>", ("storage", array(U8, 2)))
    for type_ in (U8, array(U64, 2, 2), unit, array(unit, 2)):
        assert is_opaque(type_)
        assert is_unit(member("a", type_), in_union=False)
        assert not is_unit(member("a", type_), in_union=True)
    assert is_unit(member("_bitfield_1", unit), in_union=True)
    assert not is_unit(member("_bits", U8), in_union=False)
    assert is_opaque(array(PTR, 2))
    assert not is_unit(member("a", PTR), in_union=False)
    for other in (F32, BOOL, None, record("k::two", ("a", U8), ("b", U8))):
        assert not is_opaque(other)


def test_tuples() -> None:
    """A tuple has several unnamed fields. One field is a newtype; markers do not count."""
    marker = record("core::marker::PhantomData<u8>")
    assert is_tuple(record("k::pair", ("__0", U8), ("__1", U32)))
    assert not is_tuple(record("k::one", ("__0", U8), ("__1", marker)))
    assert not is_tuple(record("k::named", ("__0", U8), ("a", U32)))
    assert not is_tuple(record("k::empty"))


def test_see_through() -> None:
    """Typedefs, qualifiers and records of one member of their size are resolved, and no others."""
    cell = record("core::cell::UnsafeCell<u32>", ("value", U32))
    marker = record("core::marker::PhantomData<u8>")
    newtype = record("k::flags", ("__0", cell), ("__1", marker))
    assert see_through(TypedefType(name="t", target=newtype)) == U32
    assert see_through(QualifiedType(qualifier="const", target=None)) is None
    maybe = union("core::mem::MaybeUninit<u32>", ("uninit", record("()")), ("value", U32))
    assert see_through(maybe) == U32
    padded = record("k::padded", ("value", U32), alignment=8)
    two = record("k::two", ("a", U8), ("b", U8))
    for opaque in (padded, two, marker):
        assert see_through(opaque) == opaque
    flexible = record("k::__IncompleteArrayField<u8>", ("__0", marker), ("__1", array(U8, 0)))
    assert see_through(flexible) == array(U8, 0)


def test_out_of_core() -> None:
    """Only wrappers of Rust's own libraries are removed."""
    own = record("k::own", ("value", U32))
    assert out_of_core(record("core::cell::Cell<k::own>", ("value", own))) == own
    assert out_of_core(own) == own
    assert out_of_core(None) is None


def test_newtypes_of_records() -> None:
    """A newtype is opened unless C has a member of its name. Both attributes hold."""
    c = record("s", ("a", U32), ("b", U8))
    inner = record("k::inner", ("a", U32), ("b", U8))
    opened = as_record(record("k::s", ("__0", inner)), c, frozenset({"a", "b"}))
    assert [found.name for found in opened.members] == ["a", "b"]
    holder = record("k::s", ("type_", inner))
    assert as_record(holder, c, frozenset({"type"})) == holder
    anonymous = record("k::s", ("__bindgen_anon_1", inner))
    assert as_record(anonymous, c, frozenset({"a", "b"})) == anonymous
    big = record("k::inner", ("a", array(U32, 16)))
    aligned = as_record(record("k::s", ("__0", big), alignment=64), c, frozenset({"a"}))
    assert (aligned.name, aligned.alignment) == ("k::inner", 64)


def test_unions_as_structs() -> None:
    """Each field of bindgen's union is a member of its parameter's type, at offset 0."""

    def field(type_: Type) -> Type:
        return record("root::__BindgenUnionField<T>", type_parameters=(type_,))

    rust = record("k::u", ("a", field(U16)), ("b", field(U64)), ("bindgen_union_field", U64))
    meant = as_record(rust, union("u", ("a", U16), ("b", U64)), frozenset({"a", "b"}))
    assert (meant.kind, meant.byte_size) == ("union", 8)
    assert [(m.name, m.bit_offset, m.bit_size) for m in meant.members] == [
        ("a", 0, 16),
        ("b", 0, 64),
    ]


def test_names_of_tagless_records() -> None:
    """A tagless record has the name of the nearest typedef."""
    inner = record(None, ("a", U8))
    near = TypedefType(name="near", target=inner)
    far = TypedefType(name="far", target=QualifiedType(qualifier="const", target=near))
    assert name_and_type(far) == (inner, "near")
    tagged = record("tag", ("a", U8))
    assert name_and_type(TypedefType(name="t", target=tagged)) == (tagged, "tag")
    assert name_and_type(inner) == (inner, None)
