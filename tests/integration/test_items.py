"""Constants, functions and similar items of a crate, with and without a list of headers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.target import find_target
from layoutcheck.model.verdict import Run
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.shell_project import write_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

MANIFEST = """
[bindings]
source = "bindings.rs"
[kernel]
conf = "GENERIC"
headers = "inc"
"""
HEADERS = {
    "sys__a": """
        #define A_FLAG 4
        #define A_OPEN {
        #define A_CALL(x) (x)
        #define A_UNKNOWN (nobody_knows + 1)
        enum a_kind { A_FIRST, A_SECOND = 7 };
        enum a_state { A_ON, A_OFF, A_LOST, A_MAX };
        int a_function(void *, unsigned long);
        static inline int a_inline(int x) { return x; }
        extern int a_variable;
        enum a_declared;
        extern enum a_declared a_declared_variable;
        int a_declared_function(enum a_declared);
        #define a_macro(x) a_function(x, 0)
        #ifdef NEVER
        #define A_NEVER 1
        int a_never(void);
        #endif
    """,
    "sys__b": "#define BOTH 1\n#ifdef A_FLAG\n#error not after a.h\n#endif\n#define B_ONLY 3",
    "net__c": "#define BOTH 2\n",
    "dev__broken": "#define BROKEN 1\n#error broken",
}
SOURCE = """
use core::ffi::{c_int, c_ulong, c_void};
pub const A_FLAG: u32 = 4;
pub const A_SECOND: u32 = 7;
pub const a_kind_A_FIRST: a_kind = 1;
pub type a_kind = u32;
#[repr(u32)] pub enum a_state { On, Off }
pub const A_OPEN: u32 = 0;
pub const A_CALL: u32 = 0;
pub const A_UNKNOWN: u32 = 0;
pub const A_NEVER: u32 = 1;
pub const BOTH: u32 = 2;
pub const B_ONLY: u32 = 3;
pub const BROKEN: u32 = 1;
pub const OWN: u32 = 1;
pub static EXPORTED: u32 = 1;
unsafe extern "C" {
    pub fn a_function(a: *mut c_void, n: c_ulong) -> c_int;
    pub fn a_inline(x: c_int) -> c_int;
    pub fn a_macro(x: c_int) -> c_int;
    pub fn a_never() -> c_int;
    pub fn own_function();
    pub static a_variable: c_int;
    pub static a_declared_variable: c_int;
    pub fn a_declared_function(x: c_int) -> c_int;
}
"""


DECLARED = {
    "sys__a": """
        struct a { int i; };
        #define API(t) t
        #define DECLARE(n) extern int n##_v; int n##_f(int); enum { n##_K = 3 };
        __attribute__((warn_unused_result)) int attribute_first(int);
        API(int) typed(int);
        int third(int); int fourth(int);
        extern _Atomic(int) atomic;
        extern int hot __attribute__((section(".data.hot")));
        DECLARE(made)
    """,
    "net__b": "__attribute__((cold)) int mentioned(int);",
    "net__c": "static inline int calls(void) { return elsewhere(1); }\n#error c",
}
DECLARED_SOURCE = """
use core::ffi::{c_int, c_long};
#[repr(C)] pub struct a { pub i: c_int }
unsafe extern "C" {
    pub fn attribute_first(x: c_long) -> c_int;
    pub fn typed(x: c_long) -> c_int;
    pub fn fourth(x: c_long) -> c_int;
    pub static atomic: i64;
    pub static hot: u64;
    pub static made_v: c_int;
    pub fn made_f(x: c_long) -> c_int;
    pub fn mentioned(x: c_long) -> c_int;
    pub fn elsewhere(x: c_int) -> c_int;
}
pub const made_K: u32 = 4;
pub const __clang_major__: u32 = 3;
pub const __VERSION__: &[u8] = b"another\\0";
"""

LINKED = {
    "sys__a": """
        struct a { int i; };
        static inline int wrapped(struct a *a, int b) { return a->i + b; }
        static inline int wrapped_right(struct a *a) { return a->i; }
        static inline int by_hand(int b) { return b; }
        int labelled(int) __asm__("labelled_v2");
        extern int label __asm__("label_v2");
        #pragma redefine_extname renamed renamed_v2
        int renamed(int);
        extern _Thread_local int of_thread;
        extern int plain;
        register unsigned long a_register __asm__("rsp");
    """
}
LINKED_SOURCE = """
#![feature(thread_local)]
use core::ffi::{c_int, c_long, c_ulong};
#[repr(C)] pub struct a { pub i: c_int }
unsafe extern "C" {
    #[link_name = "\\u{1}wrapped__extern"] pub fn wrapped(a: *mut a, b: c_long) -> c_int;
    #[link_name = "\\u{1}wrapped_right__extern"] pub fn wrapped_right(a: *mut a) -> c_int;
    #[link_name = "by_hand_c"] pub fn by_hand(b: c_int) -> c_int;
    pub fn labelled(x: c_int) -> c_int;
    pub static label: c_int;
    pub fn renamed(x: c_int) -> c_int;
    pub static of_thread: c_int;
    pub static a_register: c_ulong;
}
pub mod by_symbol {
    use core::ffi::c_int;
    unsafe extern "C" {
        #[link_name = "labelled_v2"] pub fn labelled_right(x: c_int) -> c_int;
        pub fn labelled_v2(x: c_int) -> c_int;
        #[link_name = "label_v2"] pub static label: c_int;
        #[link_name = "renamed_v2"] pub fn renamed(x: c_int) -> c_int;
        #[thread_local] pub static of_thread: c_int;
        #[thread_local] pub static plain: c_int;
    }
}
"""

VALUES = """
    #define NEGATIVE_ZERO (-0.0)
    #define NOT_A_NUMBER __builtin_nan("")
    #define LONG_HALF 0.5L
    #define LONG_TENTH 0.1L
    static const unsigned char bytes[3] = { 1, 2, 3 };
    static const short signed_bytes[2] = { -1, 2 };
    static const unsigned short nested[2][2] = { { 1, 2 }, { 3, 4 } };
    static const float floats[] = { 0.5f, 1.5f };
    const int not_static[2] = { 1, 2 };
    static const struct { int i; } records[1] = { { 1 } };
"""
VALUES_SOURCE = """
pub const NEGATIVE_ZERO: f64 = 0.0;
pub const NOT_A_NUMBER: f64 = f64::NAN;
pub const LONG_HALF: f64 = 0.5;
pub const LONG_TENTH: f64 = 0.1;
pub const bytes: [u8; 3] = [1, 2, 4];
pub const signed_bytes: [i16; 2] = [-1, 2];
pub const nested: [[u16; 2]; 2] = [[1, 2], [3, 5]];
pub const floats: [f32; 2] = [0.5, 1.5];
pub const not_static: &[i32] = &[1, 3];
pub const records: [i32; 1] = [1];
pub mod right {
    pub const bytes: [u8; 3] = [1, 2, 3];
    pub const nested: [[u16; 2]; 2] = [[1, 2], [3, 4]];
    pub const not_static: &[i32; 2] = &[1, 2];
}
pub mod flat { pub const nested: [u16; 4] = [1, 2, 3, 4]; }
pub mod wide { pub const nested: [[u64; 2]; 2] = [[1, 2], [3, 4]]; }
"""

SEVERAL = {
    "sys__a": """
        #define ONE 1
        #define TWO 1
        int one(int);
        int two(int);
        int same(unsigned int);
        static inline int of_its_own(int x) { return x; }
        struct twice { int a; };
    """,
    "sys__b": """
        typedef unsigned int uint;
        #define ONE 2
        #define TWO 2
        int one(int, long);
        int two(int, long);
        int same(uint);
        int of_its_own(int);
        struct twice { int a, b; };
    """,
    # These are compatible in one unit, where the later one counts.
    "net__c": "#define MACRO 1\n",
    "net__d": "#undef MACRO\n#define MACRO 2\n#define MACRO_TOO 3\n",
}
SEVERAL_SOURCE = """
use core::ffi::{c_int, c_long, c_uint};
pub const ONE: u32 = 1;
pub const TWO: u32 = 2;
pub const MACRO: u32 = 1;
pub const MACRO_TOO: u32 = 3;
#[repr(C)] pub struct twice { pub a: c_int, pub b: c_int }
unsafe extern "C" {
    pub fn one(x: c_int) -> c_int;
    pub fn two(x: c_int, y: c_long) -> c_int;
    pub fn same(x: c_uint) -> c_int;
    pub fn of_its_own(x: c_int) -> c_int;
}
"""


def check(
    folder: Path,
    include: str = "",
    headers: Mapping[str, str] = HEADERS,
    source: str = SOURCE,
) -> Run:
    """Return the run on the bindings, with or without a list of headers."""
    write_headers(folder, **{name: dedent(text) for name, text in headers.items()})
    for name in headers:
        lies, goes = folder / "inc" / f"{name}.h", folder / "inc" / f"{name.replace('__', '/')}.h"
        goes.parent.mkdir(parents=True, exist_ok=True)
        lies.replace(goes)
    (folder / "bindings.rs").write_text(source, encoding="utf-8")
    manifest = folder / "layoutcheck.toml"
    manifest.write_text(MANIFEST + include, encoding="utf-8")
    return Pipeline(read_manifest(manifest), Options()).verify()


def fates(run: Run) -> dict[str, str]:
    """Return each item's state by name: a status, or checks, or why it is skipped."""
    found = {item.rust_path.rpartition("::")[2]: item.why for item in run.set_aside}
    for verdict in run.verdicts:
        checks = ", ".join(mismatch.check_id for mismatch in verdict.mismatches)
        name = verdict.rust_path.rpartition("::")[2]
        found[name] = checks or verdict.status.value  # type: ignore[assignment]
    return {**found}


SETTLED = {
    "A_FLAG": "agrees",
    "A_SECOND": "agrees",
    "a_kind_A_FIRST": "constant-value",
    "a_state": "agrees",
    "a_kind": "agrees",
    "A_OPEN": "indeterminate",
    "A_CALL": "indeterminate",
    "A_UNKNOWN": "indeterminate",
    "A_NEVER": "indeterminate",
    "OWN": "not in C",
    "a_function": "agrees",
    "a_inline": "function-symbol",
    "a_macro": "function-symbol",
    "a_never": "indeterminate",
    "own_function": "indeterminate",
    "a_variable": "agrees",
    "a_declared_variable": "indeterminate",
    "a_declared_function": "indeterminate",
}


def test_with_a_list_of_headers(tmp_path: Path) -> None:
    """Items are checked in the one unit of the listed headers. Another header's are unchecked."""
    run = check(tmp_path, 'include = ["sys/a.h"]')
    others = {"BOTH": "indeterminate", "B_ONLY": "indeterminate", "BROKEN": "indeterminate"}
    assert fates(run) == {**SETTLED, **others}
    reasons = {v.rust_path.rpartition("::")[2]: v.reason or "" for v in run.verdicts}
    assert reasons["a_state"] == ("no variant for C's A_LOST = 2, A_MAX = 3: Rust must not meet it")
    only = "enum a_declared, which the headers only declare"
    assert reasons["a_declared_variable"] == only
    assert reasons["a_declared_function"] == f"parameter 1 is {only}"
    assert "<sys/b.h> defines it" in reasons["B_ONLY"]
    assert "do not define it in this configuration" in reasons["A_NEVER"]
    assert reasons["A_UNKNOWN"] == (
        "C has the macro `(nobody_knows + 1)`: use of undeclared identifier 'nobody_knows'"
    )
    assert "no expression" in reasons["A_OPEN"]
    assert "macro with arguments" in reasons["A_CALL"]


def test_without_a_list_of_headers(tmp_path: Path) -> None:
    """Items are checked in units that compile; of several headers, the agreeing one counts."""
    run = check(tmp_path)
    others = {"BOTH": "agrees", "B_ONLY": "agrees", "BROKEN": "indeterminate"}
    assert fates(run) == {**SETTLED, **others}
    reasons = {v.rust_path.rpartition("::")[2]: v.reason or "" for v in run.verdicts}
    assert "<dev/broken.h> defines it, and does not compile" in reasons["BROKEN"]
    assert "broken" in reasons["BROKEN"]


def paths(run: Run) -> dict[str, str]:
    """Return the states of items, by path within the crate, without records."""
    found = {
        verdict.rust_path.partition("::")[2]: ", ".join(m.check_id for m in verdict.mismatches)
        or verdict.status.value
        for verdict in run.verdicts
        if verdict.kind != "record"
    }
    return found | {aside.rust_path.partition("::")[2]: aside.why for aside in run.set_aside}


@pytest.mark.parametrize("include", ["", 'include = ["sys/a.h", "net/b.h"]'])
def test_declarations_that_a_search_of_the_text_misses(include: str, tmp_path: Path) -> None:
    """Declarations that the text search misses are compared in a unit or after a naming header."""
    run = check(tmp_path, include, DECLARED, DECLARED_SOURCE)
    assert paths(run) == {
        "attribute_first": "parameter-type",
        "typed": "parameter-type",
        "fourth": "parameter-type",
        "atomic": "static-type",
        "hot": "static-type",
        "made_v": "agrees",
        "made_f": "parameter-type",
        "mentioned": "parameter-type",
        "elsewhere": "indeterminate",
        "made_K": "constant-value",
        "__clang_major__": "not in C",
        "__VERSION__": "not in C",
    }
    (lost,) = (v for v in run.verdicts if v.rust_path.endswith("elsewhere"))
    assert lost.reason == (
        "no header of this tree declares elsewhere: correct its name, or waive it "
        '(check = "indeterminate")'
        if include
        else "<net/c.h> names it, and does not compile: net/c.h:2: c"
    )


@pytest.mark.parametrize("include", ["", 'include = ["sys/a.h"]'])
def test_what_a_name_is_linked_to(include: str, tmp_path: Path) -> None:
    """Bindgen's wrappers have the type of their function. Symbols are those of C's object."""
    run = check(tmp_path, include, LINKED, LINKED_SOURCE)
    assert paths(run) == {
        "wrapped": "parameter-type",
        "wrapped_right": "agrees",
        "by_hand": "indeterminate",
        "labelled": "function-symbol",
        "label": "static-symbol",
        "renamed": "function-symbol",
        "of_thread": "static-symbol",
        "a_register": "indeterminate",
        "by_symbol::labelled_right": "indeterminate",
        "by_symbol::labelled_v2": "indeterminate",
        "by_symbol::label": "agrees",
        "by_symbol::renamed": "agrees",
        "by_symbol::of_thread": "agrees",
        "by_symbol::plain": "static-symbol",
    }
    said = {(m.c, m.rust) for v in run.verdicts for m in v.mismatches}
    one, own = "one variable", "each thread has its own"
    assert {(own, one), (one, own), ("is linked to label_v2", "links to label")} <= said


def test_values_that_are_no_plain_numbers(tmp_path: Path) -> None:
    """Bits of floats, elements of arrays and values of `long double` are compared."""
    run = check(tmp_path, 'include = ["a.h"]', {"a": VALUES}, VALUES_SOURCE)
    assert paths(run) == {
        "NEGATIVE_ZERO": "constant-value",
        "NOT_A_NUMBER": "agrees",
        "LONG_HALF": "agrees",
        "LONG_TENTH": "constant-width",
        "bytes": "constant-value",
        "signed_bytes": "agrees",
        "nested": "constant-value",
        "floats": "agrees",
        "not_static": "constant-value",
        "records": "indeterminate",
        "right::bytes": "agrees",
        "right::nested": "agrees",
        "right::not_static": "agrees",
        "flat::nested": "constant-kind",
        "wide::nested": "constant-width",
    }


CONTENTS = """
    enum flags { FLAGS_READ = 1, FLAGS_WRITE = 2, FLAGS_EXEC = 4, FLAGS_ALL = 7 };
    #define READ 99
    #define NUMBER 3
    struct record { int a, b; };
    #define RECORD ((struct record){ 1, 2 })
    #define BRACES { 1, 2 }
    #define NOTHING 0
"""
CONTENTS_SOURCE = """
#![allow(dead_code)]
#[repr(C)] pub struct record { pub a: i32, pub b: i32 }
pub const RECORD: record = record { a: 1, b: 3 };
pub const BRACES: record = record { a: 1, b: 2 };
pub const OWN_RECORD: record = record { a: 1, b: 2 };
pub const NOTHING: () = ();
#[repr(transparent)] pub struct flags(pub u32);
pub const FLAGS_READ: flags = flags(1);
pub const FLAGS_WRITE: flags = flags(4);
pub const NUMBER: Option<core::num::NonZeroU8> = core::num::NonZeroU8::new(3);
impl flags {
    pub const READ: Self = Self(1);
    pub const WRITE: flags = flags(4);
    pub const NONE: Self = Self(0);
    pub const READ_WRITE: Self = Self(3);
    pub const FLAGS_EXEC: u32 = 5;
    pub const EXEC: u32 = 5;
    pub const NUMBER: u32 = 5;
}
pub mod hidden {
    struct flags(u32);
    const FLAGS_READ: flags = flags(2);
    impl flags { const ALL: Self = Self(6); const FLAGS_READ: u32 = 1; }
}
pub struct other(u32);
impl other { pub const FLAGS_READ: u32 = 5; pub const WRITE: Self = Self(5); }
"""


@pytest.mark.parametrize("include", ["", 'include = ["a.h"]'])
def test_what_is_in_constants(include: str, tmp_path: Path) -> None:
    """Newtypes have a number, and constants of an `impl` an enumerator. Others are unchecked."""
    run = check(tmp_path, include, {"a": CONTENTS}, CONTENTS_SOURCE)
    asides = {aside.rust_path.partition("::")[2]: aside.why for aside in run.set_aside}
    found = {path: said for path, said in paths(run).items() if path not in asides}
    assert {path: said for path, said in found.items() if path.rpartition("::")[2].isupper()} == {
        "RECORD": "indeterminate",
        "BRACES": "indeterminate",
        "NOTHING": "indeterminate",
        "FLAGS_READ": "agrees",
        "FLAGS_WRITE": "constant-value",
        "NUMBER": "agrees",
        "flags::READ": "agrees",
        "flags::WRITE": "constant-value",
        "flags::FLAGS_EXEC": "constant-value",
        "hidden::FLAGS_READ": "constant-value",
        "hidden::flags::ALL": "constant-value",
        "hidden::flags::FLAGS_READ": "agrees",
    }
    assert asides == {
        "OWN_RECORD": "no plain value",
        "flags::NONE": "not in C",
        "flags::READ_WRITE": "not in C",
        "flags::EXEC": "associated",
        "flags::NUMBER": "associated",
        "other::FLAGS_READ": "associated",
        "other::WRITE": "not in C",
    }
    reasons = {v.rust_path.partition("::")[2]: v.reason or "" for v in run.verdicts}
    assert reasons["RECORD"] == (
        "C's value of type struct record is no number or text: compare it by hand, or waive it "
        '(check = "indeterminate")'
    )


def test_several_headers_define_one_name(tmp_path: Path) -> None:
    """A symbol has one type. A constant or type agrees with one header, and others are named.

    A `static inline` function is no other declaration of a symbol.
    """
    run = check(tmp_path, "", SEVERAL, SEVERAL_SOURCE)
    found = {verdict.rust_path.partition("::")[2]: verdict for verdict in run.verdicts}
    assert {name: (v.status.value, v.reason) for name, v in found.items()} == {
        "ONE": ("agrees", "but <sys/b.h> says 2 (int)"),
        "TWO": ("agrees", "but <sys/a.h> says 1 (int)"),
        "MACRO": ("agrees", "but <net/d.h> says 2 (int)"),
        "MACRO_TOO": ("agrees", None),
        "one": (
            "indeterminate",
            "<sys/a.h> says int (int), <sys/b.h> says int (int, long): a symbol has one type",
        ),
        "two": (
            "indeterminate",
            "<sys/b.h> says int (int, long), <sys/a.h> says int (int): a symbol has one type",
        ),
        "same": ("agrees", None),
        "of_its_own": ("agrees", None),
        "twice": ("agrees", "but <sys/a.h> defines it in another way"),
    }


CALLED = {
    "sys__a": """
        int plain(int);
        #ifdef __x86_64__
        #define EFIAPI __attribute__((ms_abi))
        #else
        #define EFIAPI
        #endif
        int EFIAPI efi(int);
        struct table { int EFIAPI (*call)(int); };
        #ifdef __i386__
        int in_registers(int, int) __attribute__((regparm(2)));
        #else
        int in_registers(int, int);
        #endif
    """
}
CALLED_SOURCE = """
use core::ffi::c_int;
#[repr(C)] pub struct table { pub call: Option<unsafe extern "efiapi" fn(c_int) -> c_int> }
unsafe extern "C" { pub fn in_registers(x: c_int, y: c_int) -> c_int; }
unsafe extern "efiapi" {
    pub fn efi(x: c_int) -> c_int;
    pub fn plain(x: c_int) -> c_int;
}
"""


@pytest.mark.parametrize(
    ("arch", "plain", "in_registers"),
    [
        ("amd64", "function-convention", "agrees"),
        ("i386", "agrees", "function-convention"),
        ("riscv64", "agrees", "agrees"),
    ],
)
def test_conventions_by_machine(arch: str, plain: str, in_registers: str, tmp_path: Path) -> None:
    """Rust's "efiapi" is Microsoft's on amd64 only; register parameters differ on i386."""
    headers = {**CALLED, "machine__param": f'#define MACHINE "{find_target(arch).machine}"\n'}
    run = check(tmp_path, f'arch = "{arch}"\ninclude = ["sys/a.h"]', headers, CALLED_SOURCE)
    expected = {"efi": "agrees", "plain": plain, "in_registers": in_registers}
    assert paths(run) == expected
    assert [v.status.value for v in run.verdicts if v.kind == "record"] == ["agrees"]


HIDDEN = {
    "sys__a": """
        #define GLOB "/dev/*"
        #define HIDDEN_MAX 8
        /* the end of a comment that did not begin */
        #define PASTE(n, v) enum { K_##n = v }; extern int v_##n; struct s_##n { int x; };
        PASTE(one, 1)
        #define NAME named_int
        struct NAME { int x; };
    """,
    "net__b": "#define TWICE 1\n",
    "dev__c": "#define TWICE 2\n#error not here\n",
    "arpa__d": "#define PROGRAMS 2\n",
    "sys__d": "#define PROGRAMS 1\n",
}
HIDDEN_SOURCE = """
use core::ffi::{c_int, c_long};
pub const HIDDEN_MAX: c_int = 9;
pub const K_one: c_int = 2;
pub const TWICE: c_int = 3;
pub const PROGRAMS: c_int = 2;
#[repr(C)] pub struct s_one { pub x: c_long }
#[repr(C)] pub struct named_int { pub x: c_long }
unsafe extern "C" { pub static v_one: c_long; }
"""


def test_names_that_hide_in_the_headers_texts(tmp_path: Path) -> None:
    """Names are found behind false comments, in macros, in broken headers and in programs'."""
    run = check(tmp_path, "", HIDDEN, HIDDEN_SOURCE)
    found = {one.rust_path.partition("::")[2]: one for one in run.verdicts}
    assert {name: one.status.value for name, one in found.items()} == {
        "HIDDEN_MAX": "differs",
        "K_one": "differs",
        "TWICE": "indeterminate",
        "PROGRAMS": "agrees",
        "s_one": "differs",
        "named_int": "differs",
        "v_one": "differs",
    }
    assert found["TWICE"].reason == (
        "<dev/c.h> defines it too, and does not compile: dev/c.h:2: not here"
    )


LEFT_TO_OTHERS = {
    "dev__d__a": "#define D_WIDE\n#define d_old d_new\n",
    "dev__d__x": """
        #ifdef D_WIDE
        typedef long d_t;
        #define D_K 8
        #else
        typedef int d_t;
        #define D_K 4
        #endif
        enum d_e { D_A,
        #ifdef D_WIDE
            D_X,
        #endif
            D_B };
        int d_f(d_t);
        extern d_t d_v;
        int d_plain(int);
        #ifdef D_WIDE
        int d_only(int);
        #endif
        #define D_SAME 3
    """,
}
LEFT_TO_OTHERS_SOURCE = """
use core::ffi::c_int;
pub type d_t = c_int;
#[repr(u32)] pub enum d_e { D_A = 0, D_B = 1 }
unsafe extern "C" {
    pub fn d_f(a: d_t) -> c_int;
    pub fn d_plain(a: c_int) -> c_int;
    pub fn d_only(a: c_int) -> c_int;
    pub static d_v: d_t;
}
pub const D_K: c_int = 4;
pub const D_SAME: c_int = 3;
"""


def test_what_a_neighbours_macro_decides(tmp_path: Path) -> None:
    """Items that depend on a neighbour's macro are unchecked, since the order is unknown."""
    run = check(tmp_path, "", LEFT_TO_OTHERS, LEFT_TO_OTHERS_SOURCE)
    found = {one.rust_path.rpartition("::")[2]: one for one in run.verdicts}
    assert {name: one.status.value for name, one in found.items()} == {
        **dict.fromkeys(("d_t", "d_e", "d_f", "d_v", "D_K"), "indeterminate"),
        **dict.fromkeys(("d_plain", "d_only", "D_SAME"), "agrees"),
    }
    for name in ("d_t", "d_e", "d_f", "d_v", "D_K"):
        assert found[name].reason == (
            "its declaration depends on D_WIDE, which is left to whoever includes it: "
            "nothing by <dev/d/a.h>"
        )
