"""rules.py: the pairs of members, by the idioms of bindgen and others."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from layoutcheck.judge.pairing import RecordPair, pair_records
from layoutcheck.model.layout import RecordLayout
from tests.comparisons import compare_texts, found_in
from tests.layouts import F32, I32, U8, U32, U64, array, record, union

BINDGEN: Final = """
#[repr(C)] #[derive(Clone, Copy)] pub struct __BindgenUnionField<T>(core::marker::PhantomData<T>);
#[repr(C)] pub struct __IncompleteArrayField<T>(core::marker::PhantomData<T>, [T; 0]);
#[repr(C)] #[derive(Clone, Copy)] pub struct __BindgenBitfieldUnit<S> { storage: S }
"""
R: Final = "#[repr(C)] #[derive(Clone, Copy)] pub"


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
@pytest.mark.parametrize(
    ("c", "rust", "others"),
    [
        pytest.param(
            "struct s { int type; int self; };",
            f"{R} struct s {{ type_: i32, self_: i32 }}",
            (),
            id="keywords",
        ),
        pytest.param(
            "struct s { int a; union { int b; long c; }; struct { char d; short e; }; };",
            f"""{R} struct s {{ a: i32, __bindgen_anon_1: s__bindgen_ty_1,
                __bindgen_anon_2: s__bindgen_ty_2 }}
            {R} union s__bindgen_ty_1 {{ b: i32, c: i64 }}
            {R} struct s__bindgen_ty_2 {{ d: i8, e: i16 }}""",
            ("s__bindgen_ty_1", "s__bindgen_ty_2"),
            id="anonymous",
        ),
        pytest.param(
            "struct s { union { struct { int x; float y; } b; long c; } u; };",
            f"""{R} struct s {{ u: s__bindgen_ty_1 }}
            {R} struct s__bindgen_ty_1 {{ b: __BindgenUnionField<s__bindgen_ty_1__bindgen_ty_1>,
                c: __BindgenUnionField<i64>, bindgen_union_field: u64 }}
            {R} struct s__bindgen_ty_1__bindgen_ty_1 {{ x: i32, y: f32 }}""",
            ("s__bindgen_ty_1", "s__bindgen_ty_1__bindgen_ty_1"),
            id="union fields",
        ),
        pytest.param(
            "struct s { unsigned a : 3, b : 13; unsigned char c; unsigned d : 1; };",
            f"""{R} struct s {{ _bitfield_align_1: [u32; 0],
                _bitfield_1: __BindgenBitfieldUnit<[u8; 2]>, c: u8,
                _bitfield_align_2: [u8; 0], _bitfield_2: __BindgenBitfieldUnit<[u8; 1]> }}""",
            (),
            id="bit-fields",
        ),
        pytest.param(
            "struct s { int n; char tail[]; };",
            "#[repr(C)] pub struct s { n: i32, tail: __IncompleteArrayField<i8> }",
            (),
            id="flexible array",
        ),
        pytest.param(
            "struct s { char a; long b; };",
            f"{R} struct s {{ a: i8, __bindgen_padding_0: [u8; 7], b: i64 }}",
            (),
            id="explicit padding",
        ),
        pytest.param(
            "struct s { char a; long b; } __attribute__((aligned(16)));",
            "#[repr(C, align(16))] pub struct s { _bindgen_opaque_blob: [u64; 2] }",
            (),
            id="opaque blob",
        ),
        pytest.param(
            "struct s { int a; struct { int x, y; } p; };",
            f"{R} struct s {{ a: i32, p_x: i32, p_y: i32 }}",
            (),
            id="at its own level",
        ),
        pytest.param(
            "struct s { int a; union { int b; float c; }; };",
            f"{R} struct s {{ a: i32, u: Either }} {R} union Either {{ b: i32, c: f32 }}",
            ("Either",),
            id="named where C is anonymous",
        ),
        pytest.param(
            "struct s { int a; union { int b; float c; }; };",
            f"{R} struct s {{ a: i32, b: i32 }}",
            (),
            id="one variant of an anonymous union",
        ),
        pytest.param(
            "struct s { void (*f)(int); struct s *p; int *q; volatile int r; };",
            """#[repr(C)] pub struct s { f: Option<unsafe extern "C" fn(i32)>, p: *mut s,
                q: Option<core::ptr::NonNull<i32>>, r: core::sync::atomic::AtomicI32 }""",
            (),
            id="wrappers",
        ),
        pytest.param(
            "struct s { int a; float b; };", f"{R} struct s(i32, f32);", (), id="tuple struct"
        ),
        pytest.param(
            "struct s { long a; long b[3]; };",
            "#[repr(C)] pub struct s { a: i64, _opaque: [u64; 3] }",
            (),
            id="hand-written opaque rest",
        ),
    ],
)
def test_idioms(c: str, rust: str, others: tuple[str, ...], tmp_path: Path) -> None:
    """Each idiom accounts for all C members, and nothing differs."""
    subjects = {"s": "struct s", **dict.fromkeys(others)}
    compared = compare_texts(c, BINDGEN + rust, subjects, tmp_path)
    assert {path: found_in(found) for path, found in compared.items()} == {
        f"sample::{path}": [] for path in subjects
    }


def paths(pair: RecordPair) -> list[tuple[str | None, str | None]]:
    """Return the pairs, by C's path and Rust's name."""
    return [
        (member.path if member.c else None, member.rust.name if member.rust else None)
        for member in pair.members
    ]


def pair(c: RecordLayout, rust: RecordLayout) -> list[tuple[str | None, str | None]]:
    """Return the pairs of two records."""
    return paths(pair_records(c, rust))


def test_an_equal_name_before_a_similar_one() -> None:
    """`_x` is padding if Rust has an `x`, and pairs with C's `x` if it has none."""
    c = record("s", ("c", U8), ("x", U32))
    assert pair(c, record("k::s", ("c", U8), ("_x", array(U8, 3)), ("x", U32))) == [
        ("c", "c"),
        ("x", "x"),
    ]
    assert pair(c, record("k::s", ("c", U8), ("_x", U32))) == [("c", "c"), ("x", "_x")]
    both = record("s", ("x", U32), ("_x", U32))
    assert pair(both, record("k::s", ("x", U32), ("_x", U32))) == [("x", "x"), ("_x", "_x")]


def test_names_by_the_manifest_come_first() -> None:
    """Names of the manifest come first, even if Rust's name is another member's in C."""
    c = record("s", ("a", U32), ("b", U32))
    rust = record("k::s", ("b", U32), ("a", U32))
    swapped = pair_records(c, rust, renames={"b": "a", "a": "b"})
    assert paths(swapped) == [("a", "b"), ("b", "a")]
    single = pair_records(
        record("s", ("in", record("i", ("a", U32)))),
        record("k::s", ("inner", record("k::i", ("a", U32)))),
        renames={"inner": "in"},
    )
    assert paths(single) == [("in", "inner")]


def test_a_tuple_has_an_order_only() -> None:
    """One field too many in a tuple is missing or extra, for any type."""
    c = record("s", ("a", F32), ("b", U32))
    assert pair(c, record("k::s", ("__0", U32), ("__1", U32))) == [("a", "__0"), ("b", "__1")]
    more = record("k::s", ("__0", F32), ("__1", U32), ("__2", F32))
    assert pair(c, more) == [("a", "__0"), ("b", "__1"), (None, "__2")]
    three = record("s", ("a", F32), ("b", U32), ("c", F32))
    assert pair(three, record("k::s", ("__0", F32), ("__1", U32))) == [
        *(("a", "__0"), ("b", "__1"), ("c", None)),
    ]


def test_nothing_is_paired_across_kinds() -> None:
    """Members of a struct do not pair with those of a union."""
    assert pair(union("u", ("a", I32)), record("k::u", ("a", I32), ("b", I32))) == []


def test_every_member_is_in_one_pair() -> None:
    """Every member is in one pair. An extra one follows its predecessor in Rust."""
    c = record("s", ("a", U32), ("b", U32), ("c", U64))
    rust = record("k::s", ("first", F32), ("a", U32), ("extra", F32), ("c", U64))
    assert pair(c, rust) == [
        *((None, "first"), ("a", "a"), (None, "extra"), ("b", None), ("c", "c")),
    ]
