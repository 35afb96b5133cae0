"""Private items of a file and of a package are compared like public ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.errors import BindingsError
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Run
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.shell_project import write_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

MANIFEST = """
[bindings]
{bindings}
[kernel]
conf = "GENERIC"
headers = "inc"
include = ["c.h"]
"""
C = """
#define C_RIGHT 1
#define C_WRONG 2
#define C_NESTED 3
#define C_MADE 4
struct held { int a; };
struct lonely { int a; };
struct bits { unsigned a : 3, b : 5; };
enum kind { K_A, K_B };
int right(int);
int wrong(int);
int nested(int);
int local(int);
int made(int);
int pointer(void *);
extern int variable;
typedef int number;
"""
ROOT = """
use core::ffi::c_int;
extern "C" { fn right(a: c_int) -> c_int; fn wrong(a: i64) -> c_int; static variable: u64; }
const C_RIGHT: u32 = 1;
pub(crate) const C_WRONG: u32 = 3;
const MASK: u32 = 0xff;
const PAIR: (u8, u8) = (0, 1);
static OWN: u8 = MASK as u8;
struct State { a: u8 }
type Pointer = *const State;
type number = u64;
enum Opaque {}
struct Generic<T>(T);
extern "C" { fn pointer(p: Pointer) -> c_int; }
pub mod shown {
    extern "C" {
        #[link_name = "pointer"] pub fn of_opaque(p: *mut super::Opaque) -> i64;
        #[link_name = "pointer"] pub fn of_function(p: fn(&super::Generic<super::State>)) -> u32;
    }
}
#[repr(C)] struct lonely { a: i64 }
#[repr(C)] struct bits { bits: u32 }
impl bits {
    pub fn a(&self) -> u32 { self.bits & 7 }
    pub fn b(&self) -> u32 { self.bits >> 3 & 15 }
}
#[repr(u8)] enum kind { K_A, K_B = 1 }
macro_rules! hide { ($f:ident, $c:ident) => {
    extern "C" { fn $f(a: c_int) -> c_int; }
    const $c: u32 = 4;
} }
hide!(made, C_MADE);
hide!(no_such_function, NO_SUCH_CONSTANT);
pub fn outer() { extern "C" { fn local(a: i64); } }
pub fn safe(a: c_int) -> c_int { unsafe { right(a) } }
"""
FFI = """
    use core::ffi::c_int;
    pub(crate) mod r#type {
        extern "C" { pub(in crate::ffi) fn nested(a: super::c_int) -> u8; }
        pub const C_NESTED: u32 = 4;
    }
    #[derive(Clone, Copy)]
    #[repr(C)] pub(super) struct held { pub a: u8 }
"""
EXPECTED = {
    "right": "agrees",
    "wrong": "parameter-type",
    "variable": "static-type",
    "C_RIGHT": "agrees",
    "C_WRONG": "constant-value",
    "MASK": "not in C",
    "PAIR": "no plain value",
    "lonely": "member-size",
    "bits": "member-bits",
    "kind": "enum-size",
    "Pointer": "not in C",
    "number": "alias-type",
    "made": "indeterminate",
    "C_MADE": "indeterminate",
    "no_such_function": "indeterminate",
    "NO_SUCH_CONSTANT": "not in C",
    "pointer": "agrees",
    "of_opaque": "result-type",
    "of_function": "result-type",
    "local": "indeterminate",
    "nested": "result-type",
    "C_NESTED": "constant-value",
    "held": "member-size",
}


def check(folder: Path, bindings: str) -> Run:
    """Return the run on the crate that the manifest's table names."""
    write_headers(folder, c=C)
    manifest = folder / "layoutcheck.toml"
    manifest.write_text(MANIFEST.format(bindings=bindings), encoding="utf-8")
    return Pipeline(read_manifest(manifest), Options()).verify()


def fates(run: Run) -> dict[str, str]:
    """Return each item's state by name: a status, the first check, or why it is skipped."""
    found: dict[str, str] = {i.rust_path.rpartition("::")[2]: i.why for i in run.set_aside}
    for verdict in run.verdicts:
        checks = [mismatch.check_id for mismatch in verdict.mismatches]
        found[verdict.rust_path.rpartition("::")[2]] = [*checks, verdict.status.value][0]
    return found


def write_package(folder: Path, **files: str) -> None:
    """Write a package in the folder `crate`: `lib` is `src/lib.rs`, `a__b` is `src/a/b.rs`."""
    for name, text in files.items():
        path = folder / "crate" / "src" / f"{name.replace('__', '/')}.rs"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    manifest = '[package]\nname = "my-crate"\nversion = "0.1.0"\nedition = "2021"\n'
    (folder / "crate" / "Cargo.toml").write_text(manifest, encoding="utf-8")


def test_one_file(tmp_path: Path) -> None:
    """Private items in any module are compared, except those that a macro makes."""
    (tmp_path / "a.rs").write_text(f"{ROOT}\nmod ffi {{ {FFI} }}\n", encoding="utf-8")
    run = check(tmp_path, 'source = "a.rs"')
    assert fates(run) == EXPECTED
    (made,) = (v.reason for v in run.verdicts if v.rust_path.endswith("::made"))
    assert made is not None
    assert "does a macro, a function or a build script declare it?" in made
    assert "`#[doc(hidden)]`" in made


def test_one_file_that_has_others(tmp_path: Path) -> None:
    """One file with modules is compiled by rustc in a copy, beside links to the other files."""
    (tmp_path / "a.rs").write_text('#[path = "b/ffi.rs"] mod ffi;', encoding="utf-8")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "ffi.rs").write_text(f"{FFI} mod more;", encoding="utf-8")
    (tmp_path / "b" / "more.rs").write_text('const C_WRONG: u8 = include!("n");', encoding="utf-8")
    (tmp_path / "b" / "n").write_text("3", encoding="utf-8")
    assert fates(check(tmp_path, 'source = "a.rs"')) == {
        "nested": "result-type",
        "C_NESTED": "constant-value",
        "held": "member-size",
        "C_WRONG": "constant-value",
    }


def test_prelude(tmp_path: Path) -> None:
    """A prelude may have private items, too."""
    prelude = '#[repr(C)] struct held { a: u8 } extern "C" { fn right(a: u8); }'
    (tmp_path / "prelude.rs").write_text(prelude, encoding="utf-8")
    (tmp_path / "a.rs").write_text('extern "C" { fn wrong(a: *mut held); }', encoding="utf-8")
    assert fates(check(tmp_path, 'source = "a.rs"\nprelude = "prelude.rs"')) == {
        "held": "member-size",
        "right": "parameter-type",
        "wrong": "parameter-type",
    }


@pytest.mark.parametrize("inner", ["ffi", "ffi__mod"])
def test_package(tmp_path: Path, inner: str) -> None:
    """Cargo compiles the copy like the package. A module may have a file of its own."""
    write_package(tmp_path, lib=f"#![no_std]\n{ROOT}\nmod ffi;\n", **{inner: FFI})
    assert fates(check(tmp_path, 'path = "crate"')) == EXPECTED


def test_package_that_changes(tmp_path: Path) -> None:
    """A later run sees the changed file, whether it is copied or linked."""
    shown = 'extern "C" { pub fn right(a: i32) -> i32; }'
    lib = "#![no_std]\npub mod shown; mod ffi;"
    hidden = 'extern "C" { fn wrong(a: i32) -> i32; }'
    write_package(tmp_path, lib=lib, ffi=hidden, shown=shown)
    assert fates(check(tmp_path, 'path = "crate"')) == {"right": "agrees", "wrong": "agrees"}
    write_package(tmp_path, lib=lib, ffi=hidden.replace("a: i32", "a: i64"), shown=shown)
    found = {"right": "agrees", "wrong": "parameter-type"}
    assert fates(check(tmp_path, 'path = "crate"')) == found
    write_package(tmp_path, lib=lib, ffi=hidden, shown=shown.replace("a: i32", "a: i64"))
    found = {"right": "parameter-type", "wrong": "agrees"}
    assert fates(check(tmp_path, 'path = "crate"')) == found


def test_copy_that_is_refused(tmp_path: Path) -> None:
    """If a copy is refused, as for two globs of one name, private items are unchecked."""
    lib = """#![no_std]
        mod a { #[repr(C)] struct held { a: i32 } pub const A: u8 = 1; }
        mod b { #[repr(C)] pub struct held { pub a: i32 } }
        use a::*; use b::*;
        #[repr(C)] pub struct lonely { pub a: i32 }
        pub fn f(one: held) -> u8 { A }
    """
    write_package(tmp_path, lib=lib)
    run = check(tmp_path, 'path = "crate"')
    found = {v.rust_path: v.reason or "" for v in run.verdicts}
    assert found["my_crate::lonely"] == ""
    assert found["my_crate::a::held"].startswith("rustc: module `a` is private [")
    assert found["my_crate::b::held"].startswith("rustc: module `b` is private [")


DOC = """
#[repr(C)] pub struct held { pub a: u8 }
#[cfg(not(doc))] extern "C" { fn wrong(a: i64) -> i32; }
#[cfg(doc)] extern "C" { pub fn right(a: i64) -> i32; }
#[cfg_attr(any(test, doc), doc = "told")] pub const C_WRONG: u8 = if cfg!(doc) { 2 } else { 3 };
"""
DOC_FATES = {"held": "member-size", "wrong": "parameter-type", "C_WRONG": "constant-value"}


@pytest.mark.parametrize("ffi", ["mod ffi;", 'mod ffi { include!("ffi.rs"); }', None])
def test_cfg_doc_of_a_file(tmp_path: Path, ffi: str | None) -> None:
    """Items that rustdoc would not list are compared, and items of `cfg(doc)` are not."""
    (tmp_path / "ffi.rs").write_text(DOC, encoding="utf-8")
    (tmp_path / "a.rs").write_text(DOC if ffi is None else ffi, encoding="utf-8")
    run = check(tmp_path, 'source = "a.rs"')
    assert fates(run) == DOC_FATES
    file = "a.rs" if ffi is None else "ffi.rs"
    assert {str(v.rust_location).rpartition("/")[2] for v in run.verdicts} == {
        f"{file}:{line}" for line in (2, 3, 5)
    }


def test_cfg_doc_of_a_package(tmp_path: Path) -> None:
    """`cfg(doc)` of a package is handled equally, with the user's file and later changes."""
    write_package(tmp_path, lib="#![no_std] mod ffi;", ffi=DOC)
    run = check(tmp_path, 'path = "crate"')
    assert fates(run) == DOC_FATES
    assert {str(v.rust_location).rpartition("crate/")[2] for v in run.verdicts} == {
        f"src/ffi.rs:{line}" for line in (2, 3, 5)
    }
    write_package(tmp_path, lib="#![no_std] mod ffi;", ffi=DOC.replace("i64", "i32"))
    assert fates(check(tmp_path, 'path = "crate"')) == {**DOC_FATES, "wrong": "agrees"}


def test_cfg_doc_in_a_prelude(tmp_path: Path) -> None:
    """`cfg(doc)` in a prelude is handled as in the crate."""
    (tmp_path / "prelude.rs").write_text(DOC, encoding="utf-8")
    (tmp_path / "a.rs").write_text("const MASK: u8 = 1;", encoding="utf-8")
    found = fates(check(tmp_path, 'source = "a.rs"\nprelude = "prelude.rs"'))
    assert found == {**DOC_FATES, "MASK": "not in C"}


PROGRAM = """#![no_std]
#![no_main]
mod ffi;
extern "C" { fn wrong(a: i64) -> i32; }
#[panic_handler] fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
"""


@pytest.mark.parametrize(
    ("manifest", "root"),
    [
        ("", "src/main.rs"),
        ("", "src/bin/module/main.rs"),
        ('[[bin]]\nname = "my-module"\npath = "kernel/module.rs"\n', "kernel/module.rs"),
        ('[lib]\ncrate-type = ["staticlib", "cdylib"]\n', "src/lib.rs"),
        (
            '[lib]\ncrate-type = ["staticlib"]\npath = "m/m.rs"\nname = "m"\ntest = false\n',
            "m/m.rs",
        ),
    ],
)
def test_package_without_a_library(tmp_path: Path, manifest: str, root: str) -> None:
    """A package's program, or its library for C, is compiled as a library for Rust."""
    path = tmp_path / "crate" / root
    path.parent.mkdir(parents=True)
    write_package(tmp_path)
    path.write_text(PROGRAM, encoding="utf-8")
    cfg_doc = "#[cfg(not(doc))] pub const C_WRONG: u8 = 3;"
    (path.parent / "ffi.rs").write_text(f"{FFI}{cfg_doc}", encoding="utf-8")
    with (tmp_path / "crate" / "Cargo.toml").open("a", encoding="utf-8") as stream:
        stream.write(f'[profile.dev]\npanic = "abort"\n{manifest}')
    run = check(tmp_path, 'path = "crate"')
    assert fates(run) == {
        "wrong": "parameter-type",
        "held": "member-size",
        "nested": "result-type",
        "C_NESTED": "constant-value",
        "C_WRONG": "constant-value",
    }
    shown = {str(v.rust_location).partition(":")[0].rpartition("crate/")[2] for v in run.verdicts}
    assert shown == {root, str(Path(root).parent / "ffi.rs")}


def test_program_in_a_workspace(tmp_path: Path) -> None:
    """A program's manifest may inherit, and its sources may lie outside of its folder."""
    write_package(tmp_path, main=PROGRAM.replace("mod ffi;", '#[path = "../../ffi.rs"] mod ffi;'))
    (tmp_path / "ffi.rs").write_text(FFI, encoding="utf-8")
    workspace = '[workspace]\nmembers = ["crate"]\n[workspace.package]\nedition = "2021"\n'
    (tmp_path / "Cargo.toml").write_text(workspace, encoding="utf-8")
    path = tmp_path / "crate" / "Cargo.toml"
    manifest = path.read_text(encoding="utf-8")
    path.write_text(
        manifest.replace('edition = "2021"', "edition.workspace = true"), encoding="utf-8"
    )
    assert fates(check(tmp_path, 'path = "crate"')) == {
        "wrong": "parameter-type",
        "held": "member-size",
        "nested": "result-type",
        "C_NESTED": "constant-value",
    }


def test_several_programs(tmp_path: Path) -> None:
    """Several programs are an error, unless `default-run` names one."""
    write_package(tmp_path, bin__a="fn main() {}", bin__b=PROGRAM.replace("mod ffi;", ""))
    with pytest.raises(BindingsError, match="several programs and no library: a, b"):
        check(tmp_path, 'path = "crate"')
    with (tmp_path / "crate" / "Cargo.toml").open("a", encoding="utf-8") as stream:
        stream.write('default-run = "b"\n')
    assert fates(check(tmp_path, 'path = "crate"')) == {"wrong": "parameter-type"}
