"""Corrupted objects of both compilers give a `DwarfError` or a verdict, within limits.

There are 20,000 of them in the property environment, and some hundreds otherwise. A failure names
its seed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

from layoutcheck.bindings.rustdoc.items import ItemKind, SurfaceItem
from layoutcheck.bindings.rustdoc.surface import SurfaceType
from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.probes.c import CQuestion, render_c_probe
from layoutcheck.compilers.probes.c import render_constant as render_c_constant
from layoutcheck.compilers.probes.c import render_enum as render_c_enum
from layoutcheck.compilers.probes.c import render_object as render_c_object
from layoutcheck.compilers.probes.rust import (
    render_constant,
    render_function,
    render_named,
    render_rust_probe,
    render_static,
    render_type,
)
from layoutcheck.judge.items.names import item_candidates
from layoutcheck.judge.judge_types import candidates_of
from layoutcheck.location import SourceLocation
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import find_target
from tests.corrupt_reading import MANIFEST, Pair, read_corrupted
from tests.corruption import Whole, look_at
from tests.dwarf_objects import compile_c_text, compile_rust_text, linker

# Hypothesis marks only tests that it decorates; here only its profile's number is used.
pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.hypothesis]

OBJECTS: Final = 20_000 if settings().max_examples > 100 else 400
PARTS: Final = 4
"""Number of parts, so that two processes each have work."""

C: Final = """
struct list { struct list *next; struct list **prev; };
union word { unsigned u; char c[4]; short s[2]; };
struct flags { unsigned a : 3, b : 13, : 4, c : 12; unsigned long d; };
struct device { struct list link; union word w[3]; int (*open)(struct device *, int, ...);
  void (*close)(struct device *); const char *name; struct { short x; struct flags f; } in;
  _Bool busy; double load; enum state { IDLE = -1, RUNNING = 300 } state; char tail[]; };
typedef struct { long value[2][3]; } matrix;
#pragma pack(1)
struct packed { char c; long l; struct list list; };
#pragma pack()
enum colour { RED, GREEN = 7, BLUE = -3 };
#define LIMIT 0x1234u
#define NAME "layoutcheck"
#define RATIO 1.5
int start(struct device *d, const char *name, unsigned long n, ...);
union word stop(void *p, enum colour c, matrix m);
extern struct flags kept;
"""
RUST: Final = """
#[repr(C)] pub struct list { pub next: *mut list, pub prev: *mut *mut list }
#[repr(C)] #[derive(Clone, Copy)] pub union word { pub u: u32, pub c: [i8; 4], pub s: [i16; 2] }
#[repr(C)] #[derive(Clone, Copy)] pub struct flags { pub bits: u32, pub d: core::ffi::c_ulong }
#[repr(C)] pub struct inner { pub x: i16, pub f: flags }
#[repr(C)] pub struct device { pub link: list, pub w: [word; 3],
  pub open: Option<unsafe extern "C" fn(*mut device, i32, ...) -> i32>,
  pub close: Option<unsafe extern "C" fn(*mut device)>, pub name: *const core::ffi::c_char,
  pub r#in: inner, pub busy: bool, pub load: f64, pub state: state, pub tail: [i8; 0] }
#[repr(i32)] pub enum state { IDLE = -1, RUNNING = 300 }
#[repr(C)] pub struct matrix { pub value: [[core::ffi::c_long; 3]; 2] }
#[repr(C, packed)] pub struct packed { pub c: i8, pub l: core::ffi::c_long, pub list: list }
#[repr(i32)] pub enum colour { RED, GREEN = 7, BLUE = -3 }
pub const LIMIT: u32 = 0x1234; pub const NAME: &str = "layoutcheck"; pub const RATIO: f64 = 1.5;
extern "C" {
    pub fn start(d: *mut device, name: *const core::ffi::c_char, n: core::ffi::c_ulong, ...) -> i32;
    pub fn stop(p: *mut core::ffi::c_void, c: colour, m: matrix) -> word;
    pub static kept: flags;
}
"""
HERE: Final = SourceLocation(path="src/lib.rs", line=1)
TYPES: Final = tuple(
    SurfaceType(
        rust_path=f"sample::{name}",
        kind="union" if name == "word" else "struct",
        repr=("C",),
        generic=False,
        public_path=f"sample::{name}",
        location=HERE,
        opaque=False,
        fields=("x",),
    )
    for name in ("list", "word", "flags", "device", "matrix", "packed")
)
KINDS: Final[tuple[tuple[ItemKind, str, str | None], ...]] = (
    ("constant", "LIMIT", "u32"),
    ("constant", "NAME", "&str"),
    ("constant", "RATIO", "f64"),
    ("enum", "colour", None),
    ("function", "start", None),
    ("function", "stop", None),
    ("static", "kept", None),
)
ITEMS: Final = tuple(
    SurfaceItem(
        kind=kind,
        rust_path=f"sample::{name}",
        public_path=f"sample::{name}",
        location=HERE,
        type=type_,
    )
    for kind, name, type_ in KINDS
)
KNOWN_TO_C: Final = {"struct list", "union word", "struct flags", "struct device", "matrix"} | {
    *("struct packed", "enum colour", "LIMIT", "NAME", "RATIO", "start", "stop", "kept")
}


def compile_c(arch: str, flags: tuple[str, ...], folder: Path) -> Path:
    """Return C's probe, in which every question has an answer."""
    types = [
        CQuestion("type", key, name)
        for _, key, name in candidates_of(MANIFEST, TYPES)
        if name in KNOWN_TO_C
    ]
    asked = [c for c in item_candidates(MANIFEST, ITEMS) if c.name in KNOWN_TO_C]
    lines = {"constant": render_c_constant, "enum": render_c_enum}
    items = [lines.get(one.kind, render_c_object)(one.key, one.name) for one in asked]
    text = "\n".join((C, *items, render_c_probe((), types)))
    triple = find_target(arch).clang_triple("15.0")
    return link_shared(linker(), compile_c_text(text, folder, triple=triple, flags=flags))


def compile_rust(arch: str, version: int, folder: Path) -> Path:
    """Return Rust's probe of the same types and items."""
    keys = {ProbeKey("type", number): one for number, one in enumerate(TYPES)}
    questions = [(key, render_type(key, one.rust_path)) for key, one in keys.items()]
    renderers = {"function": render_function, "static": render_static, "enum": render_named}
    for number, item in enumerate(ITEMS):
        key = ProbeKey("item", number)
        line = (
            render_constant(key, item.rust_path, item.type or "")
            if item.kind == "constant"
            else renderers[item.kind](key, item.rust_path)
        )
        questions.append((key, line))
    text = f"{render_rust_probe(questions)}extern crate self as sample;\n{RUST}"
    compiled = compile_rust_text(text, folder, dwarf_version=version, arch=arch)
    return link_shared(linker(), compiled)


def make_pair(arch: str, flags: tuple[str, ...], version: int, folder: Path) -> Pair:
    """Return both objects, of which all answers are known."""
    folder.mkdir()
    wholes: list[Whole] = []
    paths = (compile_c(arch, flags, folder), compile_rust(arch, version, folder))
    for side, path in zip(("C", "Rust"), paths, strict=True):
        read = read_layouts(path)
        assert len(read.records) == len(TYPES)
        assert len(read.constants) == 3
        assert len(read.objects) == 4
        wholes.append(look_at(f"{side} of {arch} {' '.join(flags)} {version}", path))
    return Pair(c=wholes[0], rust=wholes[1], types=TYPES, items=ITEMS)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    """Pairs of little and big endian, 64 and 32 bits, DWARF 5 and older, offsets of 8 bytes."""
    folder = tmp_path_factory.mktemp("whole")
    kinds: tuple[tuple[str, tuple[str, ...], int], ...] = (
        ("amd64", ("-gdwarf-5",), 5),
        ("amd64", ("-gdwarf-4", "-gstrict-dwarf", "-gdwarf64"), 4),
        ("powerpc64", ("-gdwarf-5",), 5),
        ("powerpc64", ("-gdwarf-4", "-gstrict-dwarf"), 2),
        ("i386", ("-gdwarf-5",), 5),
        ("i386", ("-gdwarf-2", "-gstrict-dwarf"), 4),
        ("armv7", ("-gdwarf-4",), 5),
    )
    return [
        make_pair(arch, flags, version, folder / str(number))
        for number, (arch, flags, version) in enumerate(kinds)
    ]


@pytest.mark.parametrize("part", range(PARTS))
def test_corrupted_objects_are_refused_or_judged(
    part: int, pairs: list[Pair], tmp_path: Path
) -> None:
    """Each object is refused or judged without another exception, and all outcomes occur."""
    each = OBJECTS // PARTS
    counts = read_corrupted(pairs, range(part * each, (part + 1) * each), tmp_path)
    assert counts.refused + counts.judged == each
    assert counts.refused > each // 4
    assert counts.judged > each // 10
    assert counts.different > 0
