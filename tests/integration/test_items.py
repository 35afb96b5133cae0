"""Constants, functions and the like of a crate without a list of headers, and with one."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from layoutcheck.manifest import read_manifest
from layoutcheck.pipeline import Pipeline
from layoutcheck.planning import Options
from layoutcheck.verdict import Run
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


def check(folder: Path, include: str = "") -> Run:
    """The run on the bindings, with or without a list of headers."""
    write_headers(folder, **{name: dedent(text) for name, text in HEADERS.items()})
    for name in HEADERS:
        lies, goes = folder / "inc" / f"{name}.h", folder / "inc" / f"{name.replace('__', '/')}.h"
        goes.parent.mkdir(parents=True, exist_ok=True)
        lies.replace(goes)
    (folder / "bindings.rs").write_text(SOURCE, encoding="utf-8")
    manifest = folder / "layoutcheck.toml"
    manifest.write_text(MANIFEST + include, encoding="utf-8")
    return Pipeline(read_manifest(manifest), Options()).verify()


def fates(run: Run) -> dict[str, str]:
    """What became of each item, by its name: a status, or checks, or why it is set aside."""
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
    "own_function": "not in C",
    "a_variable": "agrees",
    "a_declared_variable": "indeterminate",
    "a_declared_function": "indeterminate",
}


def test_with_a_list_of_headers(tmp_path: Path) -> None:
    """All in the one unit of these headers; what another header has is not checked."""
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
    """In units in which headers compile; of several of one name the one that agrees is meant."""
    run = check(tmp_path)
    others = {"BOTH": "agrees", "B_ONLY": "agrees", "BROKEN": "indeterminate"}
    assert fates(run) == {**SETTLED, **others}
    reasons = {v.rust_path.rpartition("::")[2]: v.reason or "" for v in run.verdicts}
    assert "<dev/broken.h> defines it, and does not compile" in reasons["BROKEN"]
    assert "broken" in reasons["BROKEN"]
