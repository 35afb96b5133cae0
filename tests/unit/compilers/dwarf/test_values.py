"""values.py: the values of variables in a linked object's initialised data."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Literal

import pytest

from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.dwarf.values import InitialisedData
from layoutcheck.compilers.probes.c import render_constant
from layoutcheck.compilers.probes.rust import render_constant as render_rust_constant
from layoutcheck.errors import DwarfError
from layoutcheck.model.layout import Encoding, EnumType, PointerType, Type
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import TARGETS, Target
from tests.dwarf_objects import compile_c_text, linker, read_rust_items
from tests.elf_objects import Section, Symbol, elf_bytes, opened, symbol_sections
from tests.layouts import BOOL, CHAR, F32, I8, I32, PTR, U8, U16, U128, array, base, record

START = 0x1000
"""The address of the data in these objects."""
ENUM = EnumType(name="e", byte_size=2, signed=True, enumerators=())
RELA = 4
UNDEFINED, ABSOLUTE = 0, 0xFFF1
"""SHT_RELA; SHN_UNDEF and SHN_ABS."""


def data_of(
    data: bytes,
    *symbols: Symbol,
    order: Literal["little", "big"] = "little",
    bits: Literal[32, 64] = 64,
    machine: int = 62,
    relocations: bytes = b"",
) -> InitialisedData:
    """The variables of an object whose data this is; without symbols `v_0` at its beginning."""
    some = symbols or (Symbol(name="v_0", section=1, value=START),)
    symtab, strtab = symbol_sections(*some, names_at=3, order=order, bits=bits)
    sections = (
        Section(name=".data", data=data, address=START),
        symtab,
        strtab,
        Section(
            name=".rela", data=relocations, type=RELA, link=2, entry_size=24 if bits == 64 else 12
        ),
    )
    content = elf_bytes(*sections, order=order, bits=bits, machine=machine)
    return InitialisedData(opened(content), ("v_", "w_"))


@pytest.mark.parametrize(
    ("type_", "data", "value"),
    [
        (U8, b"\xff", 255),
        (I8, b"\xff", -1),
        (CHAR, b"\x80", -128),
        (I32, b"\xfe\xff\xff\xff", -2),
        (U128, b"\1" + bytes(14) + b"\x80", (1 << 127) + 1),
        (BOOL, b"\1", 1),
        (F32, struct.pack("<f", 1.5), 1.5),
        (ENUM, b"\xff\xff", -1),
        (PTR, b"\2\1" + bytes(6), 0x102),
        (array(U8, 3), b"ab\0", b"ab\0"),
        (array(CHAR, 2), b"ab", b"ab"),
        (array(U16, 2), b"\1\0\2\1", (1, 0x102)),
        (array(F32, 2), struct.pack("<ff", 1.5, -2.0), (1.5, -2.0)),
        (array(U16, 2, 2), bytes((1, 0, 2, 0, 3, 0, 4, 0)), (1, 2, 3, 4)),
    ],
)
def test_a_value_by_its_type(type_: Type, data: bytes, value: object) -> None:
    """A value is a number with its sign, the bytes of an array of bytes, or numbers."""
    found = data_of(data).value("v_0", type_)
    assert found == value
    assert type(found) is type(value)


def test_a_value_of_a_big_endian_object() -> None:
    """A symbol of 32 bits has its fields in another order than one of 64."""
    for bits, machine in ((32, 20), (64, 21)):
        data = data_of(
            b"\1\2" + struct.pack(">f", 1.5),
            Symbol(name="v_0", section=1, value=START),
            Symbol(name="v_1", section=1, value=START + 2),
            order="big",
            bits=32 if bits == 32 else 64,
            machine=machine,
        )
        assert data.value("v_0", U16) == 0x102
        assert data.value("v_1", F32) == 1.5
        assert data.value("v_0", array(U16, 2)) == (0x102, 0x3FC0)


LONG_DOUBLE = base("long double", 16, Encoding.FLOAT)
ONE_OF_X87 = bytes.fromhex("0000000000000080ff3f") + bytes(6)


def test_a_long_double_by_its_machine() -> None:
    """A long double is x87's on amd64, and binary128 on riscv64 (243)."""
    assert data_of(ONE_OF_X87).value("v_0", LONG_DOUBLE) == 1.0
    quad = bytes(14) + b"\xff\x3f"
    assert data_of(quad, machine=243).value("v_0", LONG_DOUBLE) == 1.0


@pytest.mark.parametrize(
    "type_",
    [
        record("s", ("a", U8)),
        array(record("s", ("a", U8)), 2),
        array(record("s", ("a", U16)), 2),
        base("odd", 4, Encoding.OTHER),
        base("wide", 32, Encoding.UNSIGNED),
        base("_Complex float", 8, Encoding.COMPLEX),
        base("_Complex int", 8, Encoding.COMPLEX_INTEGER),
        None,
    ],
)
def test_a_value_that_is_not_read(type_: Type | None) -> None:
    """Records, complex numbers and numbers wider than any integer have no value."""
    assert data_of(bytes(64)).value("v_0", type_) is None


def test_only_variables_with_a_prefix_are_known() -> None:
    """Each by its symbol's whole name."""
    names = ("v_0", "w_1", "x_2")
    data = data_of(
        b"\1\2\3", *(Symbol(name=n, section=1, value=START + i) for i, n in enumerate(names))
    )
    assert [name in data for name in (*names, "v_")] == [True, True, False, False]
    assert data.value("w_1", U8) == 2
    assert data.value("x_2", U8) is None


@pytest.mark.parametrize("section", [UNDEFINED, ABSOLUTE])
def test_a_symbol_without_a_section_has_no_value(section: int) -> None:
    """A symbol without a section has no value: it is another unit's, or an absolute address.

    Its section is SHN_UNDEF or SHN_ABS (generic ABI, "Special Sections").
    """
    assert data_of(b"\1", Symbol(name="v_0", section=section, value=START)).value("v_0", U8) is None


@pytest.mark.parametrize("address", [START - 1, START + 2, START + 4])
def test_a_variable_outside_of_its_section_is_refused(address: int) -> None:
    """A variable that begins or ends outside of its section is refused."""
    symbol = Symbol(name="v_0", section=1, value=address)
    with pytest.raises(DwarfError) as caught:
        data_of(b"\1\2\3", symbol).value("v_0", U16)
    assert caught.value.what == "the variable v_0 is not inside of its section"


def test_a_value_that_a_relocation_decides() -> None:
    """A relocated value is its symbol; values before and after it are read unchanged."""
    relocation = struct.pack("<QQq", START + 8, 2 << 32 | 1, 0)
    symbols = [Symbol(name=f"v_{n}", section=1, value=START + 8 * n) for n in range(3)]
    symbols[1:1] = [Symbol(name="other", section=1, value=0)]
    data = data_of(bytes(range(24)), *symbols, relocations=relocation)
    assert data.value("v_0", PTR) == int.from_bytes(bytes(range(8)), "little")
    assert data.value("v_1", PTR) is None
    assert data.value("v_2", PTR) == int.from_bytes(bytes(range(16, 24)), "little")
    assert data.value("v_0", array(U8, 9)) is None
    assert (data.symbol("v_0"), data.symbol("v_1"), data.symbol("nowhere")) == (None, "other", None)


def test_a_relocation_without_a_symbol() -> None:
    """R_X86_64_RELATIVE: the address is the object's own."""
    data = data_of(bytes(8), relocations=struct.pack("<QQq", START, 8, 0x1000))
    assert data.symbol("v_0") is None
    assert data.value("v_0", PTR) is None


def test_a_relocation_of_a_symbol_that_there_is_none_of() -> None:
    """A relocation of symbol 2 is refused: its table has two symbols, 0 and 1."""
    data = data_of(bytes(8), relocations=struct.pack("<QQq", START, 2 << 32 | 1, 0))
    with pytest.raises(DwarfError) as caught:
        data.symbol("v_0")
    assert caught.value.what == "the symbol 2 of the variable v_0 is in no table"


C_CONSTANTS = {
    "1": 1,
    "-1": -1,
    "0x80000000u": 0x8000_0000,
    "(char)-1 < 0": None,
    "1.5": 1.5,
    "1.5f": 1.5,
    '"mtx"': b"mtx\0",
    '("a" "b")': b"ab\0",
    "(void *)-1": None,
    "(_Bool)1": 1,
    "(__INT64_TYPE__)-5": -5,
    "&linked": None,
    '(char *)"x"': None,
}


@pytest.mark.needs_clang
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_values_of_c(tmp_path: Path, target: Target) -> None:
    """Both byte orders are read; an address is no value."""
    lines = [render_constant(ProbeKey("item", n), text) for n, text in enumerate(C_CONSTANTS)]
    text = "\n".join(["extern int linked;", *lines])
    triple = target.clang_triple("14.2")
    made = read_layouts(link_shared(linker(), compile_c_text(text, tmp_path, triple=triple)))
    found = {name: made.constants[ProbeKey("item", n)].value for n, name in enumerate(C_CONSTANTS)}
    assert found.pop("(void *)-1") in {2**32 - 1, 2**64 - 1}
    assert found.pop("(char)-1 < 0") in {0, 1}
    assert found == {k: v for k, v in C_CONSTANTS.items() if k in found}


@pytest.mark.needs_clang
def test_an_object_that_is_not_linked_has_no_values(tmp_path: Path) -> None:
    """An unlinked object has no values, because its relocations are not applied."""
    assert (
        read_layouts(compile_c_text(render_constant(ProbeKey("item", 0), "1"), tmp_path)).constants
        == {}
    )


@pytest.mark.needs_rustc
@pytest.mark.needs_clang
def test_values_of_rust(tmp_path: Path) -> None:
    """Each type that a surface can name has its values read."""
    constants = [
        ("u32", "u32", "7", 7),
        ("i64", "i64", "-7", -7),
        ("bool", "bool", "true", 1),
        ("f32", "f32", "1.5", 1.5),
        ("*mut u8", "*const ()", "!0usize as *mut u8", 2**64 - 1),
        ("&[u8; 4]", "&[u8]", 'b"mtx\\0"', b"mtx\0"),
        ("&[u8]", "&[u8]", 'b"mtx"', b"mtx"),
        ("[u8; 2]", "[u8]", "[1, 2]", b"\x01\x02"),
        ("&core::ffi::CStr", "&CStr", 'c"mtx"', b"mtx\0"),
        ("&str", "&str", '"mtx"', b"mtx"),
        ("*const core::ffi::c_char", "*const c_char", 'c"mtx".as_ptr()', b"mtx\0"),
        ("*const u8", "*const ()", "&1", None),
    ]
    text = "\n".join(f"pub const C{n}: {c[0]} = {c[2]};" for n, c in enumerate(constants))
    questions = [
        render_rust_constant(ProbeKey("item", n), f"sample::C{n}", c[1])
        for n, c in enumerate(constants)
    ]
    found = read_rust_items(text, questions, tmp_path).constants
    assert [found[ProbeKey("item", n)].value for n in range(len(constants))] == [
        c[3] for c in constants
    ]
    assert isinstance(found[ProbeKey("item", 4)].type, PointerType)
