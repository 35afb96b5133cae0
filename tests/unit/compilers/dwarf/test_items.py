"""Types of functions and variables, out of objects of both compilers."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.probes.c import render_object
from layoutcheck.compilers.probes.rust import render_function, render_static
from layoutcheck.model.layout import FunctionType, spell
from layoutcheck.model.probe_key import ProbeKey
from tests.dwarf_objects import compile_c_text, read_rust_items


@pytest.mark.needs_clang
def test_types_of_c(tmp_path: Path) -> None:
    """Functions with a prototype, of a typedef, and without a prototype have their types."""
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


@pytest.mark.needs_rustc
@pytest.mark.needs_clang
def test_types_of_rust(tmp_path: Path) -> None:
    """Types of Rust items are read, including private types in a signature."""
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
