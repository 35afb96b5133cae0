"""Values of constants, and types of functions and variables, out of objects of both compilers."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.probes.c import render_constant, render_object
from layoutcheck.compilers.probes.rust import (
    render_constant as render_rust_constant,
)
from layoutcheck.compilers.probes.rust import render_function, render_rust_probe, render_static
from layoutcheck.model.layout import FunctionType, PointerType, spell
from layoutcheck.model.layout_set import LayoutSet
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import TARGETS, Target
from tests.dwarf_objects import compile_c_text, compile_rust_text, linker

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
    """Of either byte order; an address is no value."""
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
    """Its relocations are not applied: nothing is said rather than something wrong."""
    assert (
        read_layouts(compile_c_text(render_constant(ProbeKey("item", 0), "1"), tmp_path)).constants
        == {}
    )


@pytest.mark.needs_clang
def test_types_of_c(tmp_path: Path) -> None:
    """Functions by their prototypes, those of a typedef and those without one too."""
    text = """
    typedef int handler_t(void *); struct s { int a; };
    int plain(struct s *, char, ...); handler_t by_typedef; int old(); extern struct s variable[2];
    __attribute__((ms_abi)) int other(int);
    """
    names = ["plain", "by_typedef", "old", "variable", "other"]
    lines = [render_object(ProbeKey("item", n), name) for n, name in enumerate(names)]
    objects = read_layouts(compile_c_text("\n".join([text, *lines]), tmp_path)).objects
    plain, by_typedef, old, variable, other = (objects[ProbeKey("item", n)] for n in range(5))
    assert isinstance(plain, FunctionType)
    assert (len(plain.parameters), plain.variadic, plain.convention) == (2, True, "C")
    assert isinstance(by_typedef, FunctionType)
    assert [spell(p) for p in by_typedef.parameters] == ["void *"]
    assert isinstance(old, FunctionType)
    assert old.is_unprototyped
    assert spell(variable) == "struct s[2]"
    assert isinstance(other, FunctionType)
    assert other.convention != "C"


def read_rust_items(text: str, questions: list[str], folder: Path) -> LayoutSet:
    """What rustc says of the questions about the crate `sample` that `text` is."""
    asked = render_rust_probe([(ProbeKey("item", n), line) for n, line in enumerate(questions)])
    made = compile_rust_text(f"{asked}extern crate self as sample;\n{text}", folder)
    return read_layouts(link_shared(linker(), made))


@pytest.mark.needs_rustc
@pytest.mark.needs_clang
def test_values_of_rust(tmp_path: Path) -> None:
    """Of each type that a surface can name."""
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


@pytest.mark.needs_rustc
@pytest.mark.needs_clang
def test_types_of_rust(tmp_path: Path) -> None:
    """Also of what no other crate could write down: private types in a signature."""
    text = """
    mod hidden { pub struct Private(u32); }
    unsafe extern "C" {
        pub fn f(p: *mut hidden::Private, n: u8, ...) -> i32;
        pub fn never() -> !;
        pub safe fn callback(g: Option<unsafe extern "C" fn(*const u8, ...) -> u8>);
        pub static mut V: [u16; 3];
    }
    extern "win64" { pub fn other(); }
    """
    questions = [
        *(
            render_function(ProbeKey("item", n), f"sample::{f}")
            for n, f in enumerate(["f", "never", "callback"])
        ),
        render_static(ProbeKey("item", 3), "sample::V"),
        render_function(ProbeKey("item", 4), "sample::other"),
    ]
    objects = read_rust_items(text, questions, tmp_path).objects
    f, never, callback, v, other = (objects[ProbeKey("item", n)] for n in range(5))
    assert isinstance(f, FunctionType)
    assert (f.variadic, f.convention, spell(f.result)) == (True, "C", "i32")
    assert [spell(p) for p in f.parameters] == ["sample::hidden::Private *", "u8"]
    assert isinstance(never, FunctionType)
    assert (never.variadic, never.parameters, spell(never.result)) == (False, (), "!")
    assert isinstance(callback, FunctionType)
    assert not callback.variadic
    assert spell(v) == "u16[3]"
    assert isinstance(other, FunctionType)
    assert other.convention == "win64"
