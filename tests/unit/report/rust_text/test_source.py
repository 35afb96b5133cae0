"""report/rust_text/source.py: the text for C types, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.location import SourceLocation
from layoutcheck.model.layout import (
    ArrayType,
    EnumType,
    FunctionType,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
)
from layoutcheck.report.rust_text import write_asserts, write_rust
from tests.layouts import CHAR, I32, PTR, U8, U32, U64, Bits, array, record, union
from tests.rust_types import c_types

VTYPE = EnumType(name="vtype", byte_size=4, signed=False, enumerators=(("VNON", 0), ("type", 1)))
PROC = RecordLayout(
    name="proc", kind="struct", byte_size=0, alignment=None, members=(), is_declaration=True
)


def pointer(to: Type | None) -> PointerType:
    """A pointer of amd64."""
    return PointerType(byte_size=8, pointee=to)


def fields(type_: Type) -> list[str]:
    """The lines of the fields of a record with one member `x` of this type."""
    text = write_rust(c_types(record("s", ("x", type_)))).text
    inside = text.partition("pub struct s {\n")[2].partition("}\n")[0]
    return [line.strip() for line in inside.splitlines()]


@pytest.mark.parametrize(
    ("type_", "line"),
    [
        (I32, "pub x: i32,"),
        (array(U8, 2, 3), "pub x: [[u8; 3]; 2],"),
        (array(U32), "pub x: [u32; 0],"),
        (PTR, "pub x: *mut ::core::ffi::c_void,"),
        (
            pointer(QualifiedType(qualifier="const", target=CHAR)),
            "pub x: *const ::core::ffi::c_char,",
        ),
        (pointer(pointer(PROC)), "pub x: *mut *mut proc,"),
        (pointer(ArrayType(element=U8, counts=(4,))), "pub x: *mut [u8; 4],"),
        (pointer(record(None, ("a", U8))), "pub x: *mut ::core::ffi::c_void,"),
        (TypedefType(name="uid_t", target=U32), "pub x: u32,"),
        (VTYPE, "pub x: vtype,"),
        (replace(VTYPE, name=None), "pub x: u32,"),
        (record(None, ("a", U8)), "pub x: s__x,"),
    ],
)
def test_a_member_has_rusts_type(type_: Type, line: str) -> None:
    """Every kind of C type."""
    assert fields(type_) == [line]


def test_functions_are_optional() -> None:
    """C's pointer may be null."""
    function = FunctionType(result=I32, parameters=(pointer(PROC), U8), variadic=True)
    line = 'pub x: ::core::option::Option<unsafe extern "C" fn(*mut proc, u8, ...) -> i32>,'
    assert fields(pointer(function)) == [line]
    old = FunctionType(result=None, parameters=(), variadic=True)
    assert fields(pointer(old)) == ['pub x: ::core::option::Option<unsafe extern "C" fn()>,']


def test_what_rust_cannot_say_is_bytes() -> None:
    """With the reason, and with C's alignment."""
    function = FunctionType(result=None, parameters=(PROC,), variadic=False)
    assert fields(pointer(function)) == [
        "_align: [u64; 0],",
        "_x: [u8; 8], // struct proc is passed by value, and only declared",
    ]
    odd = FunctionType(result=None, parameters=(), variadic=False, convention="thiscall")
    assert fields(pointer(odd))[1].endswith("// Rust has no calling convention thiscall")


def test_a_whole_record() -> None:
    """Its doc comment names the header, its methods its bit-fields, its assertions its layout."""
    ip = replace(
        record("ip", ("v", Bits(U8, 4)), ("hl", Bits(U8, 4)), ("len", U32)),
        declared_at=SourceLocation(path="netinet/ip.h", line=50),
    )
    text = write_rust(c_types(ip)).text
    assert "/// `struct ip`, defined in netinet/ip.h:50.\n#[repr(C)]\n" in text
    assert "pub fn set_hl(&mut self, value: u8)" in text
    assert "assert!(::core::mem::offset_of!(ip, len) == 4);" in text


def test_anonymous_members_are_numbered() -> None:
    """Their types have the name of the record that holds them."""
    inner = union(None, ("a", U8), ("b", U32))
    assert fields(I32) == ["pub x: i32,"]
    text = write_rust(c_types(record("s", ("anon_1", U32), (None, inner)))).text
    assert "pub anon_1_2: s__anon_1_2," in text
    assert "pub union s__anon_1_2 {" in text


def test_pointed_to_records_are_declared_once() -> None:
    """Unless they are written themselves."""
    text = write_rust(c_types(record("a", ("x", pointer(PROC)), ("y", pointer(PROC))))).text
    assert text.count("pub struct proc {\n    _opaque: [u8; 0],\n}") == 1
    text = write_rust(c_types(record("a", ("x", pointer(PROC))), record("proc", ("x", U8)))).text
    assert "_opaque" not in text


def test_enums_are_aliases_with_constants() -> None:
    """Rust's enums have no other values than their variants, C's may."""
    text = write_rust(c_types(record("a", ("x", VTYPE)))).text
    assert "pub type vtype = u32;\npub const VNON: vtype = 0;\n" in text
    assert "pub const r#type: vtype = 1;" in text


def test_one_name_is_one_type() -> None:
    """C has a name for a tag and another type; Rust has it once."""
    first, second = record("a", ("x", U8)), record("a", ("x", U32), kind="union")
    written = write_rust(c_types(first, second))
    assert written.refused == (("union a", "Rust's name `a` stands for another type"),)
    assert "pub union" not in written.text


def test_setters_do_not_collide() -> None:
    """A bit-field may be called like another one's setter."""
    written = write_rust(c_types(record("a", ("x", Bits(U8, 4)), ("set_x", Bits(U8, 4)))))
    assert written.refused == (("struct a", "two of its methods would be called `set_x`"),)
    assert "struct a" not in written.text


def test_a_typedef_is_an_alias() -> None:
    """A type that is no record stands in a record of one member."""
    uid = replace(record("uid_t", ("__0", U32)), kind="struct")
    types = replace(c_types(), records=(("uid_t", uid),))
    assert "pub type uid_t = u32;" in write_rust(types).text


def test_asserts_are_for_one_target() -> None:
    """Of members that have a name and are no bit-fields."""
    one = record("a", ("type", U64), ("b", Bits(U8, 4)), (None, record(None, ("c", U8))))
    text = write_asserts(c_types(one)).text
    assert text.splitlines()[0] == '#[cfg(all(target_arch = "x86_64", target_endian = "little"))]'
    assert "offset_of!(a, r#type) == 0" in text
    assert text.count("offset_of") == 1


def test_an_i386_struct_is_packed_by_nothing() -> None:
    """C aligns `long long` to 4 there, and so does Rust."""
    one = RecordLayout(
        name="a",
        kind="struct",
        byte_size=12,
        alignment=4,
        members=record("a", ("x", U32), ("y", U64), packing=4).members,
    )
    assert "#[repr(C)]\n" in write_rust(c_types(one, arch="i386")).text
