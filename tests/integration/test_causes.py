"""Effects of a waiver on consequences, through both real compilers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from layoutcheck.judge.waiving import waive
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.reader import Waiver
from layoutcheck.model.verdict import Status, Verdict
from tests.comparisons import compare_texts, roots_of

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

PACKED_INSIDE = """struct outer { unsigned a; struct { char c; unsigned q; unsigned f; }
    __attribute__((packed)) in __attribute__((aligned(16))); };"""
R = "#[repr(C)] #[derive(Clone, Copy)] pub "


def waived(
    c: str,
    rust: str,
    subjects: Mapping[str, str | None],
    waiver: tuple[str, str, str],
    folder: Path,
) -> dict[str, list[tuple[str, str | None]]]:
    """Return the mismatches of each item that are left after one waiver."""
    verdicts = [
        Verdict(
            cells=("amd64-GENERIC",),
            c_name=found.c_name,
            rust_path=path,
            status=Status.DIFFERS if found.mismatches else Status.AGREES,
            mismatches=found.mismatches,
        )
        for path, found in compare_texts(c, rust, subjects, folder).items()
    ]
    subject, check, member = waiver
    location = SourceLocation(path="layoutcheck.toml", line=1)
    told = Waiver(subject=subject, check=check, member=member, reason="known", location=location)
    after, _ = waive(verdicts, [told])
    return {
        v.rust_path.removeprefix("sample::"): [
            (m.check_id, m.member_path) for m in v.mismatches if m.waived is None
        ]
        for v in after
    }


def test_no_fault_of_alignment_is_invented(tmp_path: Path) -> None:
    """A packed inner record in an aligned member is right in Rust, except for a wrong sign."""
    rust = """#[repr(C, packed)] #[derive(Clone, Copy)] pub struct inner { c: i8, q: u32, f: i32 }
        #[repr(C, align(16))] #[derive(Clone, Copy)] pub struct outer { a: u32, r#in: inner }"""
    subjects = {"outer": "struct outer", "inner": None}
    found = compare_texts(PACKED_INSIDE, rust, subjects, tmp_path)
    assert roots_of(found["sample::inner"].mismatches) == [("member-type", "f")]
    assert roots_of(found["sample::outer"].mismatches) == [("member-offset", "in")]
    sign = ("inner", "member-type", "f")
    left = waived(PACKED_INSIDE, rust, subjects, sign, tmp_path)
    assert left == {"inner": [], "outer": [("member-offset", "in"), ("record-size", None)]}


def test_an_alignment_that_c_does_not_say_is_its_members(tmp_path: Path) -> None:
    """A narrower member causes the holder's offset, and a waiver covers both."""
    c = "struct s { char k; struct { int a; long b; } in; };"
    rust = R + "struct In { a: i32, b: i32 }\n" + R + "struct s { k: i8, r#in: In }"
    subjects = {"s": "struct s", "In": None}
    found = compare_texts(c, rust, subjects, tmp_path)
    assert roots_of(found["sample::In"].mismatches) == [("member-size", "b")]
    assert roots_of(found["sample::s"].mismatches) == []
    assert waived(c, rust, subjects, ("In", "*", "*"), tmp_path) == {"In": [], "s": []}


def test_what_else_is_wrong_with_an_item_passes_nothing_on(tmp_path: Path) -> None:
    """The cause is the item's size, not the type of a member of the right size."""
    c = "struct t { int a; float b; }; struct s { struct t i; int k; };"
    rust = R + "struct t { a: i32, b: i32, z: i32 }\n" + R + "struct s { i: t, k: i32 }"
    subjects = {"s": "struct s", "t": "struct t"}
    by_type = waived(c, rust, subjects, ("t", "member-type", "*"), tmp_path)
    assert by_type["s"] == [("record-size", None), ("member-size", "i"), ("member-offset", "k")]
    by_size = waived(c, rust, subjects, ("t", "member-extra", "z"), tmp_path)
    assert by_size == {"t": [("member-type", "b")], "s": []}


def test_one_of_two_mistakes_at_a_member_is_the_cause(tmp_path: Path) -> None:
    """An offset follows from the size of the member before it, and not from its kind."""
    c = "struct s { struct { int a, b; } v; int k; };"
    rust = R + "union V { a: i32, b: i64 }\n" + R + "struct s { v: V, k: i32 }"
    subjects = {"s": "struct s"}
    found = compare_texts(c, rust, subjects, tmp_path)["sample::s"]
    causes = {m.cause.check for m in found.mismatches if m.cause is not None}
    assert causes <= {check for check, _ in roots_of(found.mismatches)}


def test_a_byte_for_an_empty_record_is_the_root(tmp_path: Path) -> None:
    """A byte in place of C's empty record is the root cause, in its holder too."""
    c = "struct empty {}; struct s { int a; struct empty e; int b; };"
    rust = R + "struct empty { _address: u8 }\n" + R + "struct s { a: i32, e: empty, b: i32 }"
    subjects = {"s": "struct s", "empty": "struct empty"}
    found = compare_texts(c, rust, subjects, tmp_path)
    assert roots_of(found["sample::empty"].mismatches) == [("member-extra", "_address")]
    assert {m.cause and m.cause.item for m in found["sample::s"].mismatches} == {"sample::empty"}
