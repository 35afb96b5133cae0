"""type_reprs.py: rustc's `repr` of a dependency's types."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from layoutcheck.cache.pickles import dump, load
from layoutcheck.compilers.ask.diagnostic import parse_rustc
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.judge.judge_types import Side
from layoutcheck.judge.type_reprs import Reprs
from layoutcheck.manifest.reader import Bindings
from layoutcheck.model.target import TARGETS, find_target
from layoutcheck.run.crate_rustc import CrateRustc, compile_bindings, find_surface
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Tools
from tests.shell_project import make_cache

pytestmark = pytest.mark.needs_rustc

DEPENDENCY: Final = """#![no_std]
mod inner {
    pub struct Free { pub a: u8, pub b: u32 }
    pub struct Newtype(pub u32);
    #[repr(align(8))] pub struct Aligned(pub u32);
    #[repr(packed)] pub struct Packed(pub u32, pub u8);
    pub union FreeUnion { pub a: u8, pub b: u32 }
    pub enum FreeEnum { A, B }
    pub enum Payload { A(u8), B }
    pub struct FreeGeneric<T>(pub T);
    #[repr(C)] pub struct Fixed { pub a: u32 }
    #[repr(C)] pub struct FixedFloat(pub f32);
    #[repr(C)] pub struct FixedPointer(pub *mut u8);
    #[repr(C)] pub struct HoldsFree { pub a: Free, pub b: char, pub c: (u8, u8) }
    #[repr(C)] pub struct HoldsSlice { pub a: &'static [u8] }
    #[repr(C)] pub struct Empty {}
    #[repr(C)] #[non_exhaustive] pub struct Open { pub a: u32 }
    #[repr(C)] pub union FixedUnion { pub a: u8, pub b: u32 }
    #[repr(C)] pub struct FixedGeneric<T>(pub T);
    #[repr(C, packed)] pub struct FixedPacked(pub u32, pub u8);
    #[repr(C)] pub enum FixedPayload { A(u8), B }
    #[repr(u16)] pub enum Number { A, B }
    #[repr(transparent)] pub struct Int(u32);
    #[repr(transparent)] pub struct Small(pub i8);
    #[repr(transparent)] pub struct Float(pub f64);
    #[repr(transparent)] pub struct Pointer(pub *mut u8);
    #[repr(transparent)] pub struct Twice(pub Int);
    #[repr(transparent)] pub struct OfCell(pub core::cell::UnsafeCell<u32>);
    #[repr(transparent)] pub struct OfFixed(pub Fixed);
    #[repr(transparent)] pub struct OfNumber(pub Number);
    #[repr(transparent)] pub struct Generic<T>(pub T);
    pub mod deep { pub struct Hidden(pub u8, pub u32); }
    pub mod r#type { pub struct Raw(pub u8, pub u32); }
}
pub use inner::*;
pub fn hidden() -> *const inner::deep::Hidden { core::ptr::null() }
mod lost { pub struct Lost(pub u8, pub u32); }
#[repr(transparent)] pub struct HasLost(lost::Lost);
"""
USER: Final = """#![no_std]
use core::cell::Cell;
use dep::*;
#[repr(C)] pub struct S {
    pub a: Free, pub b: Newtype, pub c: Aligned, pub d: Packed, pub e: FreeUnion, pub f: FreeEnum,
    pub g: Payload, pub h: FreeGeneric<u16>, pub i: Fixed, pub j: FixedFloat, pub k: FixedPointer,
    pub l: HoldsFree, pub m: HoldsSlice, pub n: Empty, pub o: Open, pub p: FixedUnion,
    pub q: FixedGeneric<u32>, pub r: FixedPacked, pub s: FixedPayload, pub t: Number, pub u: Int,
    pub v: Small, pub w: Float, pub x: Pointer, pub y: Twice, pub z: OfCell, pub aa: OfFixed,
    pub ab: OfNumber, pub ac: Generic<u64>, pub ad: deep::Hidden, pub ae: r#type::Raw,
    pub af: HasLost, pub ag: Option<Ours>, pub ah: Option<Pair>,
}
#[repr(transparent)] pub struct Ours(&'static u8);
#[repr(C)] pub struct Pair(&'static u8);
pub struct Mine(u8, u32);
#[repr(transparent)] struct Private<T>(T);
pub mod more { #[repr(u8)] pub enum Enum { A } }
extern "C" { pub fn f(a: *const Behind, b: [InArray; 2]) -> Cell<InCell>; }
extern "C" { pub static P: Option<extern "C" fn(Passed, Told, Letter, Huge) -> Aggregate>; }
pub use dep::third::*;
"""
THIRD: Final = """
pub mod third {
    pub struct Behind(pub u8, pub u32);
    pub struct InArray(pub u8, pub u32);
    #[repr(transparent)] pub struct Passed(pub u16);
    #[repr(transparent)] pub struct Told(pub bool);
    #[repr(transparent)] pub struct Letter(pub char);
    #[repr(transparent)] pub struct Huge(pub u128);
    #[repr(C)] pub struct Aggregate(pub u16);
    #[repr(C)] pub struct InCell(pub u8);
}
"""
FREE: Final = frozenset(
    (
        *("Free", "Newtype", "Aligned", "Packed", "FreeUnion", "FreeEnum", "Payload"),
        *("FreeGeneric", "deep::Hidden", "type::Raw"),
    )
)
FIXED: Final = frozenset(
    (
        *("Fixed", "FixedFloat", "FixedPointer", "HoldsFree", "HoldsSlice", "Empty", "Open"),
        *("FixedUnion", "FixedGeneric", "FixedPacked", "FixedPayload", "OfFixed", "Number"),
    )
)
TRANSPARENT: Final = frozenset(
    (
        *("Int", "Small", "Float", "Pointer", "Twice", "OfCell", "OfNumber"),
        "Generic",
    )
)


def _write(folder: Path, name: str, text: str, dependencies: str = "") -> Path:
    (folder / name / "src").mkdir(parents=True, exist_ok=True)
    (folder / name / "src" / "lib.rs").write_text(text, encoding="utf-8")
    (folder / name / "Cargo.toml").write_text(
        f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n'
        f"[dependencies]\n{dependencies}",
        encoding="utf-8",
    )
    return folder / name


def _reprs(side: Side) -> Reprs:
    assert side.reprs is not None
    return side.reprs


def _ask(bindings: Bindings, tmp_path: Path, target_name: str = "amd64") -> Side:
    tools, target = Tools(print, Stopwatch()), find_target(target_name)
    surface = find_surface(bindings, target, tools, conf_path=tmp_path / "GENERIC")
    conf = tmp_path / "GENERIC"
    crate = compile_bindings(bindings, target, tools, conf_path=conf, surface=lambda: surface)
    return CrateRustc(surface, crate, target, tools).ask()


@pytest.mark.parametrize("target", [target.name for target in TARGETS])
def test_a_dependency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """Each type of a dependency in the layouts is known by the path of its declaration."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    _write(tmp_path, "dep", DEPENDENCY + THIRD)
    user = _write(tmp_path, "user", USER, 'dep = { path = "../dep" }\n')
    side = _ask(Bindings(path=user), tmp_path, target)
    assert not side.refused

    def of(crate: str, paths: frozenset[str]) -> frozenset[str]:
        inside = (path for path in paths if path.startswith(f"{crate}::"))
        return frozenset(path.removeprefix(f"{crate}::").removeprefix("inner::") for path in inside)

    reprs = _reprs(side)
    assert of("dep", reprs.free) == FREE | {"third::Behind", "third::InArray"}
    assert of("dep", reprs.fixed) == FIXED | {"HasLost", "third::InCell", "third::Aggregate"}
    assert of("dep", reprs.transparent) == TRANSPARENT | {
        f"third::{name}" for name in ("Passed", "Told", "Letter", "Huge")
    }
    assert of("user", reprs.free) == {"Mine"}
    assert of("user", reprs.transparent) == {"Ours", "Private"}
    assert of("user", reprs.fixed) == {"S", "Pair", "more::Enum"}
    assert load(dump(side)).reprs == reprs
    (record,) = (r for r in side.layouts.records.values() if r.name == "user::S")
    by_name = {member.name: reprs.of(member.type) for member in record.members}
    assert [by_name[name] for name in ("af", "ag", "ah", "z")] == [
        *("fixed", "transparent", "free", "transparent"),
    ]
    assert not reprs.knows("dep::lost::Lost")


LIBRARY: Final = """
core::cell::Cell<u8>                        transparent
core::cell::UnsafeCell<u8>                  transparent
core::cmp::Reverse<u8>                      transparent
core::mem::ManuallyDrop<u8>                 transparent
core::mem::MaybeUninit<u8>                  transparent
core::num::NonZeroU8                        transparent
core::num::Saturating<u8>                   transparent
core::num::Wrapping<u8>                     transparent
core::pin::Pin<&'static u8>                 transparent
core::ptr::NonNull<u8>                      transparent
Option<core::num::NonZeroU8>                transparent
Option<core::ptr::NonNull<u8>>              transparent
Option<&'static u8>                         transparent
Option<extern "C" fn(i32) -> u8>            transparent
Option<alloc::boxed::Box<u8>>               transparent
Option<core::pin::Pin<&'static u8>>         transparent
alloc::boxed::Box<u8>                       fixed
core::cmp::Ordering                         fixed
core::sync::atomic::AtomicBool              fixed
core::sync::atomic::AtomicPtr<u8>           fixed
core::sync::atomic::AtomicU32               fixed
[core::num::Wrapping<u8>; 2]                fixed
Option<u32>                                 free
Option<bool>                                free
Option<core::cmp::Ordering>                 free
Option<*const u8>                           free
Option<&'static str>                        free
Option<core::cell::Cell<&'static u8>>       free
core::task::Poll<u8>                        free
core::ops::Range<u32>                       free
core::ops::RangeInclusive<u8>               free
core::time::Duration                        free
core::net::Ipv4Addr                         free
core::alloc::Layout                         free
core::cell::RefCell<u8>                     free
core::slice::Iter<'static, u8>              free
core::sync::atomic::Ordering                free
core::any::TypeId                           free
alloc::vec::Vec<u8>                         free
alloc::boxed::Box<dyn core::fmt::Debug>     free
(i32, i32)                                  free
[(u8, u32); 2]                              free
&'static [u8]                               free
&'static str                                free
*const [u8]                                 free
&'static dyn core::fmt::Debug               free
&'static core::ffi::CStr                    free
"""


def test_rusts_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DWARF's names of Rust's types are the listed ones, and rustc's own lint agrees."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    rows = [re.split(r"\s{2,}", line) for line in LIBRARY.strip().splitlines()]
    fields = ", ".join(f"pub f{n}: {type_}" for n, (type_, _) in enumerate(rows))
    head = "#![no_std]\nextern crate alloc;\n"
    text = f"{head}#[repr(C)] pub struct S {{ {fields} }}\n"
    side = _ask(Bindings(path=_write(tmp_path, "user", text)), tmp_path)
    (record,) = side.layouts.records.values()
    said = {member.name: _reprs(side).of(member.type) for member in record.members}
    assert {rows[n][0]: said[f"f{n}"] for n in range(len(rows))} == dict(rows)
    lines = "".join(f'extern "C" {{ fn f{n}(_: {type_}); }}\n' for n, (type_, _) in enumerate(rows))
    (tmp_path / "lint.rs").write_text(
        f"{head}{lines.replace('[core', '&[core').replace('[(', '&[(')}",
        encoding="utf-8",
    )
    rust = Tools(print, Stopwatch()).rust(find_target("amd64"))
    sysroot = () if rust.sysroot is None else ("--sysroot", str(rust.sysroot))
    finished = run(
        [
            *(rust.rustc, "--crate-type=lib", "--emit=metadata", "--error-format=json"),
            *("--target", "x86_64-unknown-freebsd", *sysroot, "lint.rs"),
        ],
        cwd=tmp_path,
        env={"RUSTC_BOOTSTRAP": "1"},
    )
    assert finished.succeeded, finished.words
    warned = {
        warning.location.line - 3
        for warning in parse_rustc(finished.stderr, "warning")
        if warning.message.endswith("[improper_ctypes]")
    }
    # A Box is documented as a pointer of C's; the lint accepts it in functions that Rust defines.
    told = {rows[n][0] for n in warned} - {"alloc::boxed::Box<u8>"}
    assert told == {type_ for type_, wanted in rows if wanted == "free"}


def test_a_dependency_that_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dependency that changes is asked again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    text = "#![no_std] #[repr(C)] pub struct S { pub a: dep::T }"
    user = _write(tmp_path, "user", text, 'dep = { path = "../dep" }\n')
    for attribute, said in (("", "free"), ("#[repr(C)]", "fixed"), ("#[repr(transparent)]", None)):
        _write(tmp_path, "dep", f"#![no_std] {attribute} pub struct T(pub u32);")
        reprs = _reprs(_ask(Bindings(path=user), tmp_path))
        assert ("dep::T" in reprs.free) == (said == "free")
        assert ("dep::T" in reprs.fixed) == (said == "fixed")
        assert ("dep::T" in reprs.transparent) == (said is None)


def test_two_versions_of_a_dependency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Types of two versions of a dependency are unknown, because DWARF's names are equal."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    _write(tmp_path, "dep", "#![no_std] pub struct T(pub u32);")
    newer = _write(tmp_path / "newer", "dep", "#![no_std] #[repr(C)] pub struct T(pub u32);")
    stated = (newer / "Cargo.toml").read_text(encoding="utf-8")
    (newer / "Cargo.toml").write_text(stated.replace("0.1.0", "0.2.0"), encoding="utf-8")
    text = "#![no_std] #[repr(C)] pub struct S { pub a: dep::T, pub b: newer::T }"
    both = (
        'dep = { path = "../dep" }\n'
        'newer = { path = "../newer/dep", package = "dep", version = "0.2.0" }\n'
    )
    side = _ask(Bindings(path=_write(tmp_path, "user", text, both)), tmp_path)
    assert not _reprs(side).knows("dep::T")
    assert _reprs(side).knows("user::S")
