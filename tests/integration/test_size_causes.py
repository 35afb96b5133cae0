"""A place that holds a type of another size follows from that type, through the whole pipe."""

from __future__ import annotations

from textwrap import dedent

import pytest

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Run, Status
from layoutcheck.report.root_causes import root_causes
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.shell_project import write_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

HEADER = """
    enum color { RED, GREEN };
    struct lock { const char *name; unsigned flags; void *witness; };
    struct mtx { struct lock lock; unsigned long owner; };
    struct holder { char k; enum color c; enum color cs[3]; int after; struct mtx m[2]; };
    struct small { int a; int b; };
    struct other { long a; long b; long c; };
    extern struct mtx Giant;
    extern struct mtx locks[4];
    extern enum color shade;
    extern enum color shades[2];
    extern struct mtx pair[2];
    extern struct other unlike;
    void by_value(struct small s, enum color c);
    void take(void (*cb)(struct small), struct mtx *m, enum color *cs);
    struct small give(void);
    struct ops { void (*op)(struct small *, enum color); enum color (*get)(struct small); };
"""
SOURCE = """
    use core::ffi::*;
    #[repr(u64)] #[derive(Clone, Copy)] pub enum color { RED, GREEN }
    #[repr(C)] pub struct lock {
        pub name: *const c_char, pub flags: c_uint, pub extra: u64, pub witness: *mut c_void,
    }
    #[repr(C)] pub struct mtx { pub lock: lock, pub owner: c_ulong }
    #[repr(C)] pub struct holder {
        pub k: c_char, pub c: color, pub cs: [color; 3], pub after: c_int, pub m: [mtx; 2],
    }
    #[repr(C)] #[derive(Clone, Copy)] pub struct small {
        pub a: c_int,
        pub b: i64,
    }
    #[repr(C)] pub struct other { pub a: c_long, pub b: c_long, pub c: c_long }
    #[repr(C)] pub struct ops {
        pub op: Option<unsafe extern "C" fn(*mut small, color)>,
        pub get: Option<unsafe extern "C" fn(small) -> color>,
    }
    unsafe extern "C" {
        pub static Giant: mtx;
        pub static locks: [mtx; 4];
        pub static shade: color;
        pub static shades: [color; 2];
        pub static pair: [mtx; 3];
        pub static unlike: mtx;
        pub fn by_value(s: small, c: color);
        pub fn take(cb: Option<unsafe extern "C" fn(small)>, m: *mut mtx, cs: *mut color);
        pub fn give() -> small;
    }
"""
FROM_COLOR = {"holder", "ops", "shade", "shades", "by_value", "take"}


@pytest.fixture(scope="module", name="run")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of bindings with three wrong types, and everything that holds or takes them."""
    folder = tmp_path_factory.mktemp("sizes")
    headers = {"sys/m": dedent(HEADER)}
    manifest = write_headers(folder, source=dedent(SOURCE), **headers)
    return Pipeline(read_manifest(manifest), Options()).verify()


def test_three_types_are_the_root_causes(run: Run) -> None:
    """Two statics are wrong themselves: one has too many elements, one is another record."""
    found = {root.finding.id.replace("bindings::", ""): root for root in root_causes(run)}
    assert set(found) == {
        "enum:color:enum-size",
        "record:lock:member-extra:extra",
        "record:small:member-size:b",
        "static:pair:static-type",
        "static:unlike:static-type",
    }
    cleared = {
        name: {one.rust_path.removeprefix("bindings::") for one, _ in root.cleared}
        for name, root in found.items()
    }
    assert cleared["enum:color:enum-size"] == FROM_COLOR
    assert cleared["record:lock:member-extra:extra"] == {"lock", "mtx", "holder", "Giant", "locks"}
    assert cleared["record:small:member-size:b"] == {"small", "ops", "by_value", "take", "give"}
    assert not cleared["static:pair:static-type"]


def test_the_place_of_a_root_cause_is_its_members(run: Run) -> None:
    """A member has its own line, an enum its item's."""
    lines = dedent(SOURCE).splitlines()
    texts = {
        root.finding.rust_path.removeprefix("bindings::"): lines[root.rust_location.line - 1]
        for root in root_causes(run)
        if root.rust_location is not None
    }
    assert "pub extra: u64" in texts["lock"]
    assert "pub enum color" in texts["color"]
    assert "pub b: i64" in texts["small"]
    assert "pub static pair" in texts["pair"]


def test_a_pointer_to_a_wrong_record_is_right(run: Run) -> None:
    """The parameter that points to `mtx` has no mismatch."""
    (take,) = (one for one in run.verdicts if one.rust_path == "bindings::take")
    assert take.status is Status.DIFFERS
    assert [one.member_path for one in take.mismatches] == ["parameter 1", "parameter 3"]
