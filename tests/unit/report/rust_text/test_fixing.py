"""report/rust_text/fixing.py and fix_record.py: a run and sources -> new sources."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.location import SourceLocation
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import Cause, Mismatch, Run, SetAside, Status, Verdict
from layoutcheck.report.rust_text import Fix, apply_fixes, fix_items
from tests.layouts import I32, PTR, U8, U16, U32, U64, Bits, array, record, union
from tests.rust_types import c_types

PLACE = SourceLocation(path="src/lib.rs", line=1)


def verdict(
    c: RecordLayout, rust: RecordLayout, *mismatches: tuple[str, str | None], cause: str = ""
) -> Verdict:
    """A record that differs; members of one name are paired."""
    names = {member.name for member in c.members}
    paired = [(m.name, m.name) for m in rust.members if m.name in names]
    found = [
        Mismatch(
            check_id=check,
            member_path=member,
            c="C",
            rust="Rust",
            cause=Cause(item=cause) if cause else None,
        )
        for check, member in mismatches
    ]
    return Verdict(
        cells=("amd64-GENERIC",),
        c_name=f"{c.kind} {c.name}",
        rust_path=f"crate_name::{rust.name}",
        status=Status.DIFFERS,
        c=c,
        rust=rust,
        rust_location=PLACE,
        mismatches=tuple(found),
        paired=tuple(paired),
    )


def fix(one: Verdict, source: str, *others: Verdict, aside: tuple[SetAside, ...] = ()) -> Fix:
    """The fix of one item of a source."""
    run = Run(bindings="crate_name", cells=(), verdicts=(one, *others), set_aside=aside)
    (found,) = fix_items(run, [one], c_types(), lambda _: source)
    return found


def body(found: Fix) -> list[str]:
    """The lines of the new fields."""
    assert found.why_not is None
    inside = found.text.partition("{\n")[2].partition("\n}")[0]
    return [line.strip() for line in inside.splitlines()]


def test_a_missing_member_is_added() -> None:
    """Between the author's own, whose types stay, even if these are aliases."""
    c = record("a", ("x", U32), ("y", U64), ("z", U8))
    rust = record("a", ("x", U32), ("z", U8))
    found = fix(
        verdict(c, rust, ("member-missing", "y"), ("member-offset", "z")),
        "#[repr(C)]\npub struct a {\n    pub x: c_uint, // first\n    z: u8,\n}\n",
    )
    assert body(found) == ["pub x: c_uint, // first", "pub y: u64,", "z: u8,"]
    assert "assert!(::core::mem::offset_of!(a, z) == 16);" in found.text


def test_members_get_cs_order() -> None:
    """With what stands above them."""
    c, rust = record("a", ("x", U32), ("y", U32)), record("a", ("y", U32), ("x", U32))
    source = "#[repr(C)]\nstruct a {\n    /// Second.\n    y: u32,\n    x: u32,\n}\n"
    found = fix(verdict(c, rust, ("member-offset", "x")), source)
    assert body(found) == ["x: u32,", "/// Second.", "y: u32,"]


def test_a_wrong_type_is_replaced() -> None:
    """By C's, under the author's name."""
    c, rust = record("a", ("x", U32), ("p", PTR)), record("a", ("x", U16), ("p", U64))
    source = "#[repr(C)]\nstruct a {\n    pub x: u16,\n    pub p: u64,\n}\n"
    found = fix(verdict(c, rust, ("member-size", "x"), ("member-type", "p")), source)
    assert body(found) == ["pub x: u32,", "pub p: *mut ::core::ffi::c_void,"]


def test_a_filler_gets_its_length() -> None:
    """Members that are missing beside it are behind it."""
    c = record("a", ("x", U32), ("y", U32), ("z", array(U64, 157)))
    rust = record("a", ("x", U32), ("_rest", array(U8, 900)))
    source = "#[repr(C)]\nstruct a {\n    x: u32,\n    _rest: [u8; 900],\n}\n"
    found = fix(verdict(c, rust, ("member-missing", "z"), ("record-size", None)), source)
    assert body(found) == ["_align: [u64; 0],", "x: u32,", "_rest: [u8; 1260],"]


def test_a_right_filler_stays() -> None:
    """Another member is wrong."""
    c = record("a", ("x", U64), ("y", U64), ("z", U32))
    rust = record("a", ("_y", array(U64, 2)), ("z", U8))
    source = "#[repr(C)]\nstruct a {\n    _y: [u64; 2],\n    z: u8,\n}\n"
    found = fix(verdict(c, rust, ("member-size", "z")), source)
    assert body(found) == ["_y: [u64; 2],", "z: u32,"]


def test_a_member_too_many_goes() -> None:
    """Unless other code uses it."""
    c, rust = record("a", ("x", U32)), record("a", ("x", U32), ("y", U32))
    source = "#[repr(C)]\nstruct a {\n    x: u32,\n    y: u32,\n}\n"
    one = verdict(c, rust, ("member-extra", "y"))
    assert body(fix(one, source)) == ["x: u32,"]
    used = fix(one, source + "impl a { fn f(&self) -> u32 { self.y } }\n")
    assert used.why_not == "other code uses its field y, which C does not have"


def test_repr_follows_from_the_offsets() -> None:
    """`packed` comes and goes; `transparent` stays."""
    c = record("a", ("x", U8), ("y", U32), packing=1)
    rust = record("a", ("x", U8), ("y", U32))
    source = "#[repr(C)]\nstruct a {\n    x: u8,\n    y: u32,\n}\n"
    assert "#[repr(C, packed)]" in fix(verdict(c, rust, ("record-alignment", None)), source).text
    one = record("uid_t", ("__0", U32))
    other = replace(verdict(one, record("uid_t", ("__0", I32)), ("member-type", "__0")))
    found = fix(other, "#[repr(transparent)]\npub struct uid_t(pub i32);\n")
    assert found.text.startswith("#[repr(transparent)]\npub struct uid_t(pub u32);\n")


def test_a_struct_becomes_a_union() -> None:
    """A record in it must need no drop."""
    inner = record("b", ("v", U32))
    c, rust = union("a", ("x", U32), ("y", inner)), record("a", ("x", U32), ("y", inner))
    source = "#[repr(C)]\npub struct a {\n    pub x: u32,\n    pub y: b,\n}\n"
    found = fix(verdict(c, rust, ("record-kind", None)), source)
    assert found.text.startswith("#[repr(C)]\npub union a {\n")
    assert body(found) == ["pub x: u32,", "pub y: ::core::mem::ManuallyDrop<b>,"]


def test_another_kind_has_all_of_cs_members() -> None:
    """None is reported as missing then; a member of C's that the crate lacks is added."""
    c, rust = record("a", ("x", U32), ("z", U32)), union("a", ("x", U32), ("y", U32))
    source = "#[repr(C)]\npub union a {\n    pub x: c_uint,\n    pub y: u32,\n}\n"
    found = fix(verdict(c, rust, ("record-kind", None)), source)
    assert found.text.startswith("#[repr(C)]\npub struct a {\n")
    assert body(found) == ["pub x: c_uint,", "pub z: u32,"]


def test_a_right_type_of_a_union_stays() -> None:
    """It needs no drop already."""
    inner = record("b", ("v", U32))
    c, rust = union("a", ("x", U32), ("y", inner)), union("a", ("x", U16), ("y", inner))
    source = "#[repr(C)]\npub union a {\n    pub x: u16,\n    pub y: b,\n}\n"
    found = fix(verdict(c, rust, ("member-size", "x")), source)
    assert body(found) == ["pub x: u32,", "pub y: b,"]


def test_the_crates_own_types_are_used() -> None:
    """Those of the module by their names, others by their paths; opaque ones behind pointers."""
    inner = record("b", ("v", U32))
    c, rust = record("a", ("x", inner)), record("a", ("x", U8))
    source = "#[repr(C)]\nstruct a {\n    x: u8,\n}\n"
    one = verdict(c, rust, ("member-size", "x"))
    there = replace(verdict(inner, inner), rust_path="crate_name::m::b", status=Status.AGREES)
    assert body(fix(one, source, there)) == ["x: crate::m::b,"]
    here = replace(there, rust_path="crate_name::b")
    assert body(fix(one, source, here)) == ["x: b,"]
    assert body(fix(one, source))[1:] == ["_x: [u8; 4], // the crate has no type for struct b"]


@pytest.mark.parametrize(
    ("mismatch", "cause", "why"),
    [
        (("member-size", "x"), "other::b", "nothing in it is wrong: it follows from other::b"),
        (("member-bits", "x"), "", "its methods read or write other bits"),
    ],
)
def test_what_takes_more_is_refused(mismatch: tuple[str, str], cause: str, why: str) -> None:
    """With the reason."""
    one = verdict(record("a", ("x", U32)), record("a", ("x", U32)), mismatch, cause=cause)
    found = fix(one, "#[repr(C)]\nstruct a {\n    x: u32,\n}\n")
    assert (found.why_not or "").startswith(why)


def test_missing_bit_fields_are_refused() -> None:
    """Their methods would have to be written, too."""
    c = record("a", ("x", U32), ("b", Bits(U32, 4)))
    one = verdict(c, record("a", ("x", U32)), ("member-missing", "b"))
    found = fix(one, "#[repr(C)]\nstruct a {\n    x: u32,\n}\n")
    assert found.why_not == "a bit-field of C's is missing, and methods with it"


def test_items_without_a_source_are_refused() -> None:
    """Those of another crate, and kinds that are not fixed."""
    one = verdict(record("a", ("x", U32)), record("a", ("x", U8)), ("member-size", "x"))
    run = Run(bindings="crate_name", cells=(), verdicts=(one,))
    (found,) = fix_items(run, [one], c_types(), lambda _: None)
    assert found.why_not == "its source is not there"
    (found,) = fix_items(run, [replace(one, kind="definition")], c_types(), lambda _: "")
    assert found.why_not == "a definition is not fixed: C has C, Rust Rust"


def test_fixes_are_applied_from_the_end() -> None:
    """So that the places of the others stay."""
    fixes = [
        Fix(rust_path="a", location=PLACE, text="AAA", start=0, end=1),
        Fix(rust_path="b", location=PLACE, text="", start=2, end=3),
    ]
    assert apply_fixes("a b c", fixes) == "AAA  c"
