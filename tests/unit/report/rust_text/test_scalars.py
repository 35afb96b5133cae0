"""report/rust_text/scalars.py: Rust's scalars with the target's alignments."""

from __future__ import annotations

import pytest

from layoutcheck.model.layout import BaseType, Encoding, EnumType, TypedefType
from layoutcheck.report.rust_text.scalars import Scalars
from layoutcheck.report.rust_text.shapes import Inexpressible
from tests.layouts import BOOL, CHAR, F32, I32, U64, base
from tests.rust_types import AMD64, I386

LONG = base("unsigned long", 8, Encoding.UNSIGNED)


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (BOOL, "bool"),
        (CHAR, "::core::ffi::c_char"),
        (I32, "i32"),
        (LONG, "::core::ffi::c_ulong"),
        (F32, "f32"),
        (base("long double", 8, Encoding.FLOAT), "f64"),
        (base("unsigned __int128", 16, Encoding.UNSIGNED), "u128"),
    ],
)
def test_a_scalar_is_rusts(type_: BaseType, text: str) -> None:
    """Those whose sign or width is the target's have the names of `core::ffi`."""
    assert Scalars(AMD64).base(type_).text == text


@pytest.mark.parametrize(
    "type_",
    [
        base("long double", 16, Encoding.FLOAT),
        base("_Float16", 2, Encoding.FLOAT),
        base("_Complex double", 16, Encoding.COMPLEX),
        base("?", 0, Encoding.OTHER),
    ],
)
def test_rust_lacks_others(type_: BaseType) -> None:
    """They are written as bytes."""
    with pytest.raises(Inexpressible, match="Rust has no"):
        Scalars(AMD64).base(type_)


def test_alignments_are_the_targets() -> None:
    """`u64` of i386 has 4, whatever it has where layoutcheck runs."""
    assert Scalars(I386).base(U64).alignment == 4
    assert Scalars(I386).markers == {1: "u8", 2: "u16", 4: "u32"}
    with pytest.raises(Inexpressible, match="no integer of 16 bytes"):
        Scalars(I386).base(base("u128", 16, Encoding.UNSIGNED))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uint64_t", "u64"),
        ("__uint64_t", "u64"),
        ("u_int64_t", "u64"),
        ("size_t", "usize"),
        ("vm_offset_t", None),
        ("uint32_t", None),
    ],
)
def test_a_typedef_that_rust_has(name: str, text: str | None) -> None:
    """Of a fixed width, if it is that of its type; as wide as a pointer."""
    shape = Scalars(AMD64).typedef(TypedefType(name=name, target=LONG))
    assert (None if shape is None else shape.text) == text


def test_an_enum_is_an_integer() -> None:
    """Of its size and its sign; one that is only declared has none."""
    enum = EnumType(name="vtype", byte_size=4, signed=True, enumerators=())
    assert Scalars(AMD64).enum(enum).text == "i32"
    with pytest.raises(Inexpressible, match="only declared"):
        Scalars(AMD64).enum(EnumType(name="e", byte_size=0, signed=False, enumerators=()))
