"""compare_pairs.py: every inner record is compared once, in its own verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.comparisons import compare_texts, found_in, roots_of

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

C = "#[repr(C)] #[derive(Clone, Copy)] pub "


def _texts(*items: str) -> str:
    return "\n".join(C + item for item in items)


def test_a_subject_is_compared_where_it_belongs(tmp_path: Path) -> None:
    """A mistake in an item is reported in its verdict. A record that holds it names the cause."""
    compared = compare_texts(
        "struct m { long a; int b; }; struct s { int x; struct m m; int y; };",
        _texts("struct m { a: i64 }", "struct s { x: i32, m: m, y: i32 }"),
        {"s": "struct s", "m": "struct m"},
        tmp_path,
    )
    assert roots_of(compared["sample::m"].mismatches) == [("member-missing", "b")]
    holder = compared["sample::s"].mismatches
    assert {str(mismatch.cause) for mismatch in holder} == {"sample::m"}
    assert ("member-size", "m") in found_in(compared["sample::s"])


def test_a_subject_deep_inside_is_still_the_cause(tmp_path: Path) -> None:
    """An item deep inside is the cause of all mismatches of its outer record."""
    compared = compare_texts(
        "struct m { long a; int b; };struct s { struct { struct m m; int z; } in; int y; };",
        _texts(
            "struct m { a: i64 }", "struct In { m: m, z: i32 }", "struct s { r#in: In, y: i32 }"
        ),
        {"s": "struct s", "m": "struct m"},
        tmp_path,
    )
    holder = compared["sample::s"]
    assert {str(mismatch.cause) for mismatch in holder.mismatches} == {"sample::m"}
    assert ("member-offset", "in.z") in found_in(holder)


def test_one_rust_type_for_two_c_types(tmp_path: Path) -> None:
    """A Rust type for two C types is compared with the first. Its holder reports the second."""
    compared = compare_texts(
        "struct s { union { int a; long b; } u; union { int a; double b; } w; };"
        "struct t { union { int a; long b; } v; union { float a; long b; } x; };",
        _texts("union U { a: i32, b: i64 }", "struct s { u: U, w: U }", "struct t { v: U, x: U }"),
        {"s": "struct s", "t": "struct t", "U": None},
        tmp_path,
    )
    assert compared["sample::U"].mismatches == ()
    assert compared["sample::U"].c_name == "u in struct s"
    assert found_in(compared["sample::s"]) == [("member-type", "w.b")]
    assert found_in(compared["sample::t"]) == [("member-type", "x.a")]


def test_a_type_in_place_of_another(tmp_path: Path) -> None:
    """An item with a C type of its own is compared with the type in whose place it is."""
    compared = compare_texts(
        "struct a { int i; int j; }; struct b { int i; float j; }; struct s { struct b m; };",
        _texts("struct a { i: i32, j: i32 }", "struct s { m: a }"),
        {"s": "struct s", "a": "struct a"},
        tmp_path,
    )
    assert compared["sample::a"].mismatches == ()
    assert found_in(compared["sample::s"]) == [("member-type", "m.j")]


@pytest.mark.parametrize(
    ("member", "field"),
    [
        ("struct e m", "E"),
        ("struct e m[2]", "[E; 2]"),
        ("row m[2]", "[[E; 3]; 2]"),
        ("struct e m[2][3]", "[Three; 2]"),
        ("struct e m[1]", "E"),
        ("struct e m", "[E; 1]"),
        ("struct e m[2]", "Two"),
        ("struct e m[2]", "core::mem::ManuallyDrop<[E; 2]>"),
        ("struct e m[2]", "[core::mem::MaybeUninit<E>; 2]"),
    ],
)
def test_no_array_hides_a_record(member: str, field: str, tmp_path: Path) -> None:
    """Elements are compared for any spelling of the array."""
    rust = _texts(
        *("struct E { x: i32, y: i32 }", "struct Two([E; 2]);", "struct Three([E; 3]);"),
        f"struct s {{ m: {field} }}",
    )
    text = "struct e {{ int x; {} y; }}; typedef struct e row[3]; struct s {{ {}; }};"
    subjects = {"s": "struct s"}
    wrong = compare_texts(text.format("float", member), rust, subjects, tmp_path)
    assert found_in(wrong["sample::s"]) == [("member-type", "m.y")]
    right = compare_texts(text.format("int", member), rust, subjects, tmp_path)
    assert found_in(right["sample::s"]) == []


@pytest.mark.parametrize(
    ("member", "field"),
    [
        ("struct e m[2]", "struct Other { a: i32, b: i32, c: i32, d: i32 }"),
        ("struct { struct e a, b; } m", "struct Other([E; 2]);"),
    ],
)
def test_an_array_is_no_record(member: str, field: str, tmp_path: Path) -> None:
    """An array and a record of one size have no members that pair."""
    compared = compare_texts(
        f"struct e {{ int x, y; }}; struct s {{ {member}; }};",
        _texts("struct E { x: i32, y: i32 }", field, "struct s { m: Other }"),
        {"s": "struct s"},
        tmp_path,
    )
    assert compared["sample::s"].mismatches != ()


def test_private_types_are_found_in_public_ones(tmp_path: Path) -> None:
    """Private types without a path are compared by value, in a union field too."""
    compared = compare_texts(
        "struct in { int x; float y; };"
        "struct s { struct in in; union { struct { int p; float q; } a; long b; } u; };",
        """
        mod private {
            #[repr(C)] pub struct r#in { pub x: i32, pub y: i32 }
            #[repr(C)] pub struct tagless { pub p: i32, pub q: u32 }
        }
        #[repr(C)] pub struct __BindgenUnionField<T>(core::marker::PhantomData<T>);
        #[repr(C)] pub struct U {
            a: __BindgenUnionField<private::tagless>, b: __BindgenUnionField<i64>,
            bindgen_union_field: u64,
        }
        #[repr(C)] pub struct s { r#in: private::r#in, u: U }
        """,
        {"s": "struct s", "U": None, "private::in": "struct in", "private::tagless": None},
        tmp_path,
    )
    assert found_in(compared["sample::private::in"]) == [("member-type", "y")]
    assert found_in(compared["sample::private::tagless"]) == [("member-type", "q")]
    assert found_in(compared["sample::U"]) == found_in(compared["sample::s"]) == []


def test_opaque_subjects_are_compared_by_size_and_alignment(tmp_path: Path) -> None:
    """Members of opaque items are not compared."""
    compared = compare_texts(
        "struct a { int i; float f; }; struct b { long l; }; struct h { struct a a; };",
        _texts("struct a { i: u32, g: u32 }", "struct b { l: [u32; 2] }", "struct h { a: a }"),
        {"a": "struct a", "b": "struct b", "h": "struct h"},
        tmp_path,
        opaque=["a", "b"],
    )
    assert found_in(compared["sample::a"]) == []
    assert found_in(compared["sample::b"]) == [("record-alignment", None)]
    assert found_in(compared["sample::h"]) == []


def test_a_newtype_with_an_alignment_of_its_own(tmp_path: Path) -> None:
    """A newtype is resolved, but its own alignment is compared."""
    compared = compare_texts(
        "struct s { long a[8]; };",
        _texts("struct Inner { a: [i64; 8] }") + "#[repr(C, align(64))] pub struct s(Inner);",
        {"s": "struct s"},
        tmp_path,
    )
    assert found_in(compared["sample::s"]) == [("record-alignment", None)]


def test_types_that_point_to_each_other(tmp_path: Path) -> None:
    """Lists, and records that hold pointers to themselves: the comparison ends."""
    compared = compare_texts(
        "struct b; struct a { struct b *b; struct a *next, **prev; };"
        "struct b { struct a a; struct a *many[2]; };",
        _texts(
            "struct a { b: *mut b, next: *mut a, prev: *mut *mut a }",
            "struct b { a: a, many: [*mut a; 2] }",
        ),
        {"a": "struct a", "b": "struct b"},
        tmp_path,
    )
    assert [found_in(found) for found in compared.values()] == [[], []]


def test_renamed_members_and_types(tmp_path: Path) -> None:
    """The manifest's renames apply; without them the hint shows the entry to write."""
    c, rust = "struct c_name { int x; float y; };", _texts("struct R { x: i32, why: f32 }")
    subjects = {"R": "struct c_name"}
    renames = {"R": {"why": "y"}}
    compared = compare_texts(c, rust, subjects, tmp_path, renames=renames)
    assert found_in(compared["sample::R"]) == []
    compared = compare_texts(c, rust, subjects, tmp_path)
    missing, extra = compared["sample::R"].mismatches
    assert (missing.check_id, extra.check_id) == ("member-missing", "member-extra")
    assert missing.hint is not None
    assert '"sample::R.why" = "y"' in missing.hint


@pytest.mark.parametrize("field", ["[E; 0]", "__IncompleteArrayField<E>"])
def test_no_flexible_array_hides_a_record(field: str, tmp_path: Path) -> None:
    """Elements of a flexible array are compared, also if a wrapper has it."""
    rust = "#[repr(C)] pub struct __IncompleteArrayField<T>(core::marker::PhantomData<T>, [T; 0]);"
    rust += _texts("struct E { x: [i32; 2] }") + f"#[repr(C)] pub struct s {{ n: i32, m: {field} }}"
    text = "struct e {{ {} x[2]; }}; struct s {{ int n; struct e m[]; }};"
    wrong = compare_texts(text.format("float"), rust, {"s": "struct s"}, tmp_path)
    assert found_in(wrong["sample::s"]) == [("member-type", "m.x")]
    right = compare_texts(text.format("int"), rust, {"s": "struct s"}, tmp_path)
    assert found_in(right["sample::s"]) == []
