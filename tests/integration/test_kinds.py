"""Aliases, definitions, and re-exports of a crate's own items and of another crate's."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Run
from layoutcheck.report.surface_table import fates_of
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.shell_project import write_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

KERNEL = """
[kernel]
conf = "GENERIC"
headers = "inc"
include = ["a.h"]
"""
HEADER = """
    typedef unsigned long dev_tt;
    typedef dev_tt same_tt;
    typedef int call_tt(void *, int);
    typedef void (*done_tt)(int);
    typedef struct point { int x, y; } point_tt;
    typedef struct other { int y, x; } other_tt;
    typedef struct point *pointer_tt;
    struct hidden;
    typedef struct hidden hidden_tt;
    enum kind { KIND_A, KIND_B };
    enum level { LEVEL_LOW = 1, LEVEL_HIGH = 2 };
    typedef unsigned int four_tt[4];
    #define macro_tt unsigned short
    extern int variable_tt;
    struct moment { long sec; unsigned long frac; };
    struct pair { int a; int b; };
    #define ZERO 0
    #define THREE 3
    #define TEXT "text"
    int callee(struct point *, int);
    int other_callee(struct point *, int);
    int exported(struct point *, int);
    static inline int each_own(int x) { return x; }
    extern int counter;
    extern unsigned int moved;
    void hidden(int);
"""


def check(folder: Path, bindings: str, source: str, **others: str) -> Run:
    """Return the run on a crate of one file and other files."""
    write_headers(folder, a=dedent(HEADER))
    for name, text in {"lib__rs": source, **others}.items():
        path = folder / name.replace("___", "/").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    manifest = folder / "layoutcheck.toml"
    manifest.write_text(f"[bindings]\n{bindings}\n{KERNEL}", encoding="utf-8")
    return Pipeline(read_manifest(manifest), Options()).verify()


def fates(run: Run) -> dict[str, str]:
    """Return each item's state, or its checks, by kind and path."""
    return {
        f"{one.kind} {one.rust_path.partition('::')[2]}": one.why
        if one.fate == "differs"
        else one.fate
        for one in fates_of(run)
    }


ONE_FILE = 'source = "lib.rs"\nedition = "2024"'
ALIASES = """
use core::ffi::*;
pub type dev_tt = u64;
pub type same_tt = i64;
pub type call_tt = Option<unsafe extern "C" fn(*mut c_void, c_int) -> c_int>;
pub type done_tt = Option<unsafe extern "C" fn(i64)>;
#[repr(C)] pub struct point { pub x: i32, pub y: i32 }
pub type point_tt = point;
pub type other_tt = point;
pub type pointer_tt = point;
pub type hidden_tt = c_void;
pub type hidden = c_void;
pub type moment = c_void;
pub type kind = c_uint;
pub type four_tt = [u32; 3];
pub type macro_tt = u16;
pub type variable_tt = i32;
pub type own = u8;
pub type unsized_own = [u8];
pub type generic_tt<T> = *mut T;
type private_tt = u8;
#[repr(C)] pub struct Two<T> { pub a: T, pub b: T }
pub type pair = Two<u32>;
"""


def test_aliases(tmp_path: Path) -> None:
    """Aliases are compared with C's typedef or tag; records by member, and each C type once."""
    run = check(tmp_path, ONE_FILE, ALIASES)
    assert fates(run) == {
        "record point": "agrees",
        "record Two": "generic",
        "alias dev_tt": "agrees",
        "alias same_tt": "alias-type",
        "alias call_tt": "agrees",
        "alias done_tt": "alias-type",
        "alias point_tt": "another name",
        "alias other_tt": "member-offset",
        "alias pointer_tt": "alias-type",
        "alias hidden_tt": "opaque",
        "alias hidden": "not in C",
        "alias moment": "opaque",
        "alias kind": "agrees",
        "alias four_tt": "alias-type",
        "alias macro_tt": "agrees",
        "alias variable_tt": "not in C",
        "alias own": "not in C",
        "alias unsized_own": "not in C",
        "alias generic_tt": "generic",
        "alias private_tt": "not in C",
        "alias pair": "member-type",
    }
    (other,) = (v for v in run.verdicts if v.rust_path.endswith("::other_tt"))
    assert (other.kind, other.c_name, other.is_of_record) == ("alias", "other_tt", True)


DEFINITIONS = """
use core::ffi::*;
#[repr(C)] pub struct point { pub x: i32, pub y: i32 }
#[unsafe(no_mangle)] pub unsafe extern "C" fn callee(p: *mut point, n: c_int) -> c_int { n }
#[unsafe(export_name = "exported")]
pub unsafe extern "C" fn called_otherwise(p: *mut point, n: c_long) -> c_int { 0 }
#[unsafe(no_mangle)] pub fn other_callee(p: *mut point, n: c_int) -> c_int { n }
#[unsafe(no_mangle)] pub extern "C" fn own_export() {}
#[unsafe(no_mangle)] pub extern "C" fn each_own(x: c_int) -> c_int { x }
#[unsafe(no_mangle)] pub static mut counter: c_int = 0;
pub struct S;
impl S { #[unsafe(export_name = "moved")] pub extern "C" fn method(&self) {} }
#[unsafe(no_mangle)] extern "C" fn private_export() {}
mod private {
    struct S;
    impl S { #[unsafe(no_mangle)] extern "C" fn hidden(x: u64) {} }
}
pub extern "C" fn moved(x: u8) {}
"""


def test_definitions(tmp_path: Path) -> None:
    """Definitions are compared with C's declaration, and are skipped without one."""
    run = check(tmp_path, ONE_FILE, DEFINITIONS)
    assert fates(run) == {
        "record point": "agrees",
        "definition callee": "agrees",
        "definition called_otherwise": "parameter-type",
        "definition other_callee": "function-convention",
        "definition own_export": "not in C",
        "definition each_own": "not checked",
        "definition counter": "agrees",
        "definition S::method": "function-symbol",  # C has a variable
        "definition private_export": "not in C",
        "definition private::S::hidden": "parameter-type",
    }


RENAMED = """
mod p {
    pub const FOUR: i32 = 4;
    pub const ZERO: i32 = 0;
    #[repr(C)] pub struct g { pub sec: i64, pub frac: i64 }
    #[repr(C)] pub struct unknown { pub a: u8 }
    #[repr(u32)] pub enum kind { KIND_A, KIND_B }
    #[repr(u32)] pub enum right { Low = 1, High = 2 }
    unsafe extern "C" { pub fn callee(p: *mut u8, n: i32) -> i32; pub static counter: i32; }
}
pub use p::{FOUR as THREE, ZERO as NOTHING, g as moment, kind as kind_tt, unknown as known};
pub use p::kind as level;
pub mod q { pub use crate::p::right as level; }
pub use p::{callee as other_callee, callee as free_name, counter as moved};
"""


def test_other_names(tmp_path: Path) -> None:
    """Another name is compared with C's item of that name."""
    assert fates(check(tmp_path, ONE_FILE, RENAMED)) == {
        "record p::g": "another name",
        "record p::unknown": "not checked",
        "record moment": "member-type",
        "record known": "another name",
        "enum p::kind": "agrees",
        "enum kind_tt": "another name",
        "enum level": "enum-value",
        "enum p::right": "not in C",
        "enum q::level": "agrees",
        "constant p::FOUR": "not in C",
        "constant p::ZERO": "agrees",
        "constant THREE": "constant-value",
        "constant NOTHING": "another name",
        "function p::callee": "agrees",
        "function other_callee": "function-symbol",
        "function free_name": "another name",
        "static p::counter": "agrees",
        "static moved": "static-symbol",
    }


def test_an_enum_that_has_c_name_only_elsewhere(tmp_path: Path) -> None:
    """A crate whose only C name is that of a re-exported enum is checked."""
    source = "mod p { #[repr(u32)] pub enum own { Low = 2, High = 1 } } pub use p::own as level;"
    assert fates(check(tmp_path, ONE_FILE, source)) == {
        "enum p::own": "not in C",
        "enum level": "enum-value",
    }


CARGO = '[package]\nname = "{}"\nversion = "0.1.0"\nedition = "2021"\n'
DEPENDENCY = """
#![no_std]
#![allow(warnings)]
#[repr(C)] pub struct point { pub x: i32, pub y: u32 }
#[repr(C)] pub struct moment { pub sec: i64, pub frac: u64 }
pub struct pair(u64, *mut u8, u8);
pub struct Own { a: u8 }
pub struct Generic<T>(T);
pub type dev_tt = u32;
pub const THREE: u8 = 3;
pub const ZERO: u8 = 1;
pub const TEXT: &str = "other";
pub const OWN: u8 = 1;
extern "C" { pub fn callee(p: *mut point, n: i64) -> i32; pub static counter: u64; }
pub fn exported<T>(_: T) {}
pub fn other_callee() {}
#[repr(u32)] pub enum kind { KIND_A = 1, KIND_B = 0 }
pub mod m { pub const ZERO: u8 = 0; }
pub trait Trait {}
"""
REEXPORTS = """
#![no_std]
#![allow(warnings)]
pub use dep::{point, moment, pair, Own, Generic, dev_tt, THREE, TEXT, OWN, callee, counter};
pub use dep::{exported, other_callee, kind, Trait, ZERO as NAUGHT, m};
pub mod all { pub use dep::*; pub use core::ffi::*; pub use dep::m::ZERO; }
pub type other_tt = dep::point;
"""


def test_another_crate(tmp_path: Path) -> None:
    """Items re-exported by name are compared as far as rustc knows them; globs are listed."""
    run = check(
        tmp_path,
        'path = "."',
        "",
        Cargo__toml=CARGO.format("mine") + '[dependencies]\ndep = { path = "dep" }\n',
        src___lib__rs=REEXPORTS,
        dep___Cargo__toml=CARGO.format("dep"),
        dep___src___lib__rs=DEPENDENCY,
    )
    assert fates(run) == {
        "record point": "member-type",
        "record moment": "agrees",
        "record pair": "repr-missing, record-size, record-alignment, member-extra, member-size, "
        "member-offset",
        "record Own": "not in C",
        "record Generic": "not in C",
        "enum kind": "enum-value",
        "alias dev_tt": "alias-type",
        "alias other_tt": "member-offset, member-type",
        "constant THREE": "agrees",
        "constant TEXT": "not checked",
        "constant OWN": "not in C",
        "constant NAUGHT": "not in C",
        "constant all::ZERO": "agrees",
        "function callee": "parameter-type",
        "function exported": "not checked",
        "function other_callee": "foreign",
        "static counter": "static-type",
        "foreign all::dep::*": "foreign",
        "foreign m": "foreign",
    }
