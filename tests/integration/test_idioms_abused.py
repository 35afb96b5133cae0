"""Mistakes that each idiom's rule must find, and right uses, on both real compilers.

Every case once had a wrong verdict.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.comparisons import compare_texts, roots_of

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

R = "#[repr(C)] #[derive(Clone, Copy)] pub "
BINDGEN = (
    R + "struct __BindgenUnionField<T>(core::marker::PhantomData<T>);\n"
    "#[repr(C)] pub struct __IncompleteArrayField<T>(core::marker::PhantomData<T>, [T; 0]);\n"
)
TS = "struct ts { long tv_sec, tv_nsec; };"
IN = "struct in { unsigned x, y; };"

WRONG = {
    "fields of a tuple struct are no padding": (
        "struct s { float a; unsigned b; };",
        R + "struct s(pub u32, pub f32);",
        {"member-type a", "member-type b"},
    ),
    "a record's members exchanged at Rust's level": (
        TS + "struct s { struct ts st_atim, st_mtim; };",
        R + "struct s { st_mtime: i64, st_mtime_nsec: i64, st_atime: i64, st_atime_nsec: i64 }",
        {"member-offset st_atim.tv_sec"},
    ),
    "one record's members swapped at Rust's level": (
        TS + "struct s { int k; struct ts st_atim; };",
        R + "struct s { k: i32, st_atime_nsec: i64, st_atime: i64 }",
        {"member-offset st_atim.tv_sec"},
    ),
    "the same, abbreviated": (
        "struct s { struct { int src, dst; } addr; };",
        R + "struct s { destination: i32, source: i32 }",
        {"member-offset addr.src"},
    ),
    "the same, by initials": (
        "struct s { struct { unsigned char r, g, b, a; } c; };",
        R + "struct s { blue: u8, green: u8, red: u8, alpha: u8 }",
        {"member-offset c.r"},
    ),
    "the same, where one name says nothing": (
        TS + "struct s { struct ts t; };",
        R + "struct s { fraction: i64, seconds: i64 }",
        {"member-offset t.tv_sec"},
    ),
    "two records at Rust's level in the wrong order": (
        "struct s { struct { int x, y; } pos, size; };",
        R + "struct s { w: i32, h: i32, x: i32, y: i32 }",
        {"member-offset pos.x"},
    ),
    "the same, of the same names": (
        IN + "struct s { unsigned long k; struct in in; };",
        R + "struct s { k: u64, y: u32, x: u32 }",
        {"member-offset in.x"},
    ),
    "a flexible array of another stride under another name": (
        "struct s { unsigned long n; unsigned long d[]; };",
        R + "struct s { n: u64, entries: [u16; 0] }",
        {"member-type d"},
    ),
    "a flexible array at another place under another name": (
        "struct s { unsigned long n; unsigned k; unsigned d[]; };",
        R + "struct s { n: u64, items: [u32; 0], k: u32 }",
        {"member-offset d"},
    ),
    "half of a member in Rust's tail padding": (
        "struct s { unsigned long p; unsigned long big; };",
        R + "struct s { p: u64, _rest: u32 }",
        {"member-missing big"},
    ),
    "a sibling in the variant that Rust chose": (
        "struct s { unsigned long p; union { struct { unsigned x, y; }; unsigned long q; }; };",
        R + "struct s { p: u64, x: u32 }",
        {"member-missing y"},
    ),
    "rows for columns": (
        "struct s { unsigned v[2][3]; };",
        R + "struct s { v: [[u32; 2]; 3] }",
        {"member-type v"},
    ),
    "what is dropped before a unit of bits moves it, and no more": (
        "struct s { int p, q; unsigned a : 4, b : 12; short w; int t; };",
        R + "struct s { p: i32, _bitfield_1: [u8; 2], w: i16, t: i32 }",
        {"member-missing q"},
    ),
    "what is added before a unit of bits is not the unit": (
        "struct s { int p, q; unsigned a : 4, b : 12; short w; int t; };",
        R + "struct s { p: i32, q: i32, x: u32, _bitfield_1: [u8; 2], w: i16, t: i32 }",
        {"member-extra x"},
    ),
    "a unit of bits in another byte of a hole": (
        "struct s { char x; unsigned short a : 4; int y; };",
        R + "struct s { x: i8, _align: u8, _bitfield_1: [u8; 1], y: i32 }",
        {"member-extra _align"},
    ),
    "an extra variant beside a bit-field": (
        "union s { unsigned a : 3; unsigned long b; };",
        R + "union s { _bitfield_1: u32, b: u64, wrong: u32 }",
        {"member-extra wrong"},
    ),
    "a record of another layout under a private name": (
        IN + "struct s { struct in e; };",
        R + "struct other { a: f32, b: u32 }\n" + R + "struct s { _m: other }",
        {"member-type e.x"},
    ),
    "a word that only ends as padding does": (
        "struct s { int a; int b; };",
        R + "struct s { a: i32, launchpad: u32 }",
        {"member-missing b"},
    ),
    "a zero-length array in the middle, of another stride": (
        "struct s { int k; short z[0]; int n; };",
        R + "struct s { k: i32, z: [u8; 0], n: i32 }",
        {"member-type z"},
    ),
    "what a zero-length array in the middle aligns": (
        "struct s { int k; long z[0]; int n; };",
        R + "struct s { k: i32, n: i32 }",
        {"record-alignment None"},
    ),
    "packed and aligned, only packed": (
        "struct s { char a; int b; char c; } __attribute__((packed, aligned(4)));",
        "#[repr(C, packed)] pub struct s { a: i8, b: i32, c: i8 }",
        {"record-alignment None"},
    ),
    "a member that is aligned on purpose": (
        "struct s { int k; long m __attribute__((aligned(64))); };",
        R + "struct s { k: i32, m: i64 }",
        {"record-alignment None"},
    ),
    "a long double as a double": (
        "struct s { long double d; };",
        R + "struct s { d: f64 }",
        {"member-size d"},
    ),
    "a wide integer of the other sign": (
        "struct s { __int128 d; };",
        R + "struct s { d: u128 }",
        {"member-type d"},
    ),
    "a wide integer as a float's room is no integer": (
        "struct s { long double d; };",
        R + "struct s { d: i128 }",
        {"member-type d"},
    ),
    "any byte as a bool": (
        "struct s { unsigned char a; };",
        R + "struct s { a: bool }",
        {"member-type a"},
    ),
    "a wchar_t is no char": (
        "struct s { __WCHAR_TYPE__ a; };",
        R + "struct s { a: char }",
        {"member-type a"},
    ),
    "what is wrapped is of the other sign": (
        "struct s { int a; };",
        "#[repr(C)] pub struct s { a: core::cell::UnsafeCell<core::mem::MaybeUninit<u32>> }",
        {"member-type a"},
    ),
    "a union of bindgen's fields, one of another width": (
        "struct s { union { int b; long c; } u; };",
        BINDGEN
        + R
        + "struct s_u { b: __BindgenUnionField<i16>, c: __BindgenUnionField<i64>, "
        + "bindgen_union_field: u64 }\n"
        + R
        + "struct s { u: s_u }",
        {"member-size u.b"},
    ),
    "bindgen's flexible array of another stride": (
        "struct s { int n; unsigned short d[]; };",
        BINDGEN + "#[repr(C)] pub struct s { n: i32, d: __IncompleteArrayField<u8> }",
        {"member-type d"},
    ),
    "packed inside a newtype that is aligned to less": (
        "struct s { char a; int b; short c; } __attribute__((packed, aligned(8)));",
        (
            "#[repr(C, packed)] pub struct packed { a: i8, b: i32, c: i16 }\n"
            "#[repr(C, align(4))] pub struct s(packed);"
        ),
        {"record-alignment None"},
    ),
    "an enum with a negative value as an unsigned integer": (
        "struct s { enum { NONE = -1, ONE = 1 } a; };",
        R + "struct s { a: u32 }",
        {"member-type a"},
    ),
    "a chain of typedefs to another sign": (
        "typedef int a_t; typedef a_t b_t; typedef const b_t c_t; struct s { c_t a; };",
        "pub type b_t = u32;\n" + R + "struct s { a: b_t }",
        {"member-type a"},
    ),
    "NonNull for an integer": (
        "struct s { unsigned long a; };",
        R + "struct s { a: core::ptr::NonNull<u8> }",
        {"member-type a"},
    ),
    "an atomic of another width": (
        "struct s { unsigned a; };",
        "#[repr(C)] pub struct s { a: core::sync::atomic::AtomicU64 }",
        {"member-size a"},
    ),
    "a marker of another alignment": (
        "struct s { int a; };",
        R + "struct s { _align: [u64; 0], a: i32 }",
        {"record-alignment None"},
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_is_found(name: str, tmp_path: Path) -> None:
    """The mistake is reported as a root cause."""
    c, rust, expected = WRONG[name]
    found = compare_texts(c, rust, {"s": c_name(c)}, tmp_path)["sample::s"]
    roots = {f"{check} {member}" for check, member in roots_of(found.mismatches)}
    assert expected <= roots


WRAPPERS = """
use core::{cell::*, marker::*, mem::*, ptr::*, sync::atomic::*};
#[repr(transparent)] pub struct N(i32, PhantomData<u64>);
#[repr(C)] pub struct s {
    a: UnsafeCell<i32>, b: Cell<N>, c: MaybeUninit<i32>, d: AtomicU32,
    p: Option<NonNull<core::ffi::c_void>>, q: ManuallyDrop<*mut i32>, m: PhantomData<u64>,
}
"""
RIGHT = {
    "an opaque blob over bit-fields": (
        "struct s { unsigned a : 8; unsigned b : 24; unsigned c; };",
        R + "struct s { _opaque: [u32; 2] }",
    ),
    "a record that is a variant of the union": (
        IN + "struct s { int t; union { struct in s; unsigned q; } u; };",
        R + "struct r#in { x: u32, y: u32 }\n" + R + "struct s { t: i32, u: r#in }",
    ),
    "times at Rust's level": (
        TS + "struct s { struct ts st_atim, st_mtim; };",
        R + "struct s { st_atime: i64, st_atime_nsec: i64, st_mtime: i64, st_mtime_nsec: i64 }",
    ),
    "a record at Rust's level, of names that say nothing": (
        TS + "struct s { struct ts t; struct { int x, y; } p, q; };",
        R + "struct s { sec: i64, usec: i64, x: i32, y: i32, w: i32, h: i32 }",
    ),
    "records at Rust's level, told apart by numbers": (
        "struct s { struct { int x, y; } a, b; };",
        R + "struct s { x0: i32, y0: i32, x: i32, y: i32 }",
    ),
    "both members of the chosen variant": (
        "struct s { unsigned long p; union { struct { unsigned x, y; }; unsigned long q; }; };",
        R + "struct s { p: u64, x: u32, y: u32 }",
    ),
    "padding inside what opaque bytes cover": (
        "struct s { int k; union { struct { long a; int b[7]; } v; int w; } u; };",
        R + "struct s { k: i32, _a: i64, _b: [i32; 7] }",
    ),
    "a flexible array of another name": (
        "struct s { int n; unsigned short d[]; };",
        R + "struct s { n: i32, entries: [u16; 0] }",
    ),
    "a zero-length array in the middle": (
        "struct s { int k; long z[0]; int n; };",
        R + "struct s { k: i32, z: [i64; 0], n: i32 }",
    ),
    "packed and aligned": (
        "struct s { char a; char b[4]; char c; } __attribute__((packed, aligned(4)));",
        "#[repr(C, align(4))] pub struct s { a: i8, b: [i8; 4], c: i8 }",
    ),
    "a member that is aligned on purpose": (
        "struct s { int k; long m __attribute__((aligned(64))); };",
        "#[repr(C, align(64))] pub struct s { k: i32, _pad: [u8; 60], m: i64 }",
    ),
    "room for what Rust has no type for": (
        "struct s { long double d; unsigned __int128 w; };",
        "#[repr(C, align(16))] pub struct s { d: [u8; 16], w: [u64; 2] }",
    ),
    "wide integers, bools and wide characters": (
        "struct s { __int128 w; _Bool b; __WCHAR_TYPE__ c; };",
        R + "struct s { w: i128, b: bool, c: i32 }",
    ),
    "a union of bindgen's fields": (
        "struct s { union { int b; long c; } u; };",
        BINDGEN
        + R
        + "struct s_u { b: __BindgenUnionField<i32>, c: __BindgenUnionField<i64>, "
        + "bindgen_union_field: u64 }\n"
        + R
        + "struct s { u: s_u }",
    ),
    "bindgen's flexible array": (
        "struct s { int n; unsigned short d[]; };",
        BINDGEN + "#[repr(C)] pub struct s { n: i32, d: __IncompleteArrayField<u16> }",
    ),
    "packed inside a newtype that is aligned": (
        "struct s { char a; int b; short c; } __attribute__((packed, aligned(8)));",
        (
            "#[repr(C, packed)] pub struct packed { a: i8, b: i32, c: i16 }\n"
            "#[repr(C, align(8))] pub struct s(packed);"
        ),
    ),
    "rows and columns": (
        "struct s { unsigned v[2][3]; unsigned w[2][2][2]; };",
        R + "struct s { v: [[u32; 3]; 2], w: [[u32; 4]; 2] }",
    ),
    "an enum of either sign": (
        "struct s { enum { ONE = 1 } a; enum { NONE = -1 } b; };",
        R + "struct s { a: i32, b: i32 }",
    ),
    "a chain of typedefs": (
        "typedef int a_t; typedef a_t b_t; typedef const b_t c_t; struct s { c_t a; };",
        "pub type b_t = i32;\n" + R + "struct s { a: b_t }",
    ),
    "wrappers and markers": (
        "struct s { int a, b, c; unsigned d; void *p; int *q; };",
        WRAPPERS,
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_agrees(name: str, tmp_path: Path) -> None:
    """A right use has no mismatch."""
    c, rust = RIGHT[name]
    found = compare_texts(c, rust, {"s": c_name(c)}, tmp_path)["sample::s"]
    assert found.mismatches == ()


def c_name(text: str) -> str:
    """Return the tag of the case."""
    return "union s" if text.startswith("union s") else "struct s"


def test_a_dotted_rename_goes_by_the_offset(tmp_path: Path) -> None:
    """A member may be renamed to an inner one, which must have the Rust member's offset."""
    c = IN + "struct s { unsigned long ino; struct in at; unsigned z; };"
    rust = R + "struct s { ino: u64, p: u32, q: u32, z: u32 }"

    def compared(renames: dict[str, str]) -> list[tuple[str, str | None]]:
        found = compare_texts(c, rust, {"s": "struct s"}, tmp_path, renames={"s": renames})
        return roots_of(found["sample::s"].mismatches)

    assert compared({"p": "at.x", "q": "at.y"}) == []
    assert ("member-offset", "at.x") in compared({"p": "at.y", "q": "at.x"})


def test_a_tag_is_not_the_typedef_of_its_name(tmp_path: Path) -> None:
    """A holder of the typedef is compared with the typedef, not with the tag."""
    c = (
        "struct tt { unsigned a, b; }; typedef struct { float b; unsigned a; } tt;"
        "struct s { tt i; };"
    )
    rust = R + "struct tt { a: u32, b: u32 }\n" + R + "struct s { i: tt }"
    found = compare_texts(c, rust, {"s": "struct s", "tt": "struct tt"}, tmp_path)
    assert found["sample::tt"].mismatches == ()
    assert found["sample::s"].mismatches != ()


FLAGS = "struct f { unsigned char on : 1, auto_ : 1, rest : 6; };"
BYTES = "struct b { unsigned char x; };"


@pytest.mark.parametrize(
    ("c", "rust", "names", "expected"),
    [
        # If a record matches another record of C, its members are compared and are no filler.
        (
            FLAGS + BYTES + "struct s { struct f m; };",
            R + "struct b { x: u8 }\n" + R + "struct s { m: b }",
            {"b": "struct b"},
            {"member-missing m.on", "member-extra m.x"},
        ),
        (
            "struct f { int a; }; struct b { int _x; }; struct s { struct f m; };",
            R + "struct b { _x: i32 }\n" + R + "struct s { m: b }",
            {"b": "struct b"},
            {"member-missing m.a", "member-extra m._x"},
        ),
        (
            FLAGS + "struct b { unsigned char x : 4, y : 4; }; struct s { struct f m; };",
            R + "struct b { _bitfield_1: [u8; 1] }\n" + R + "struct s { m: b }",
            {"b": "struct b"},
            {"member-missing m.on"},
        ),
        # A type of the crate's own has no counterpart to compare.
        (
            FLAGS + BYTES + "struct s { struct f m; };",
            R + "struct b { x: u8 }\n" + R + "struct s { m: b }",
            {},
            set(),
        ),
        (
            FLAGS + "struct s { struct f m; };",
            R + "struct f { flags: u8 }\n" + R + "struct s { m: f }",
            {"f": "struct f"},
            set(),
        ),
    ],
)
def test_another_records_members_are_no_room(
    c: str, rust: str, names: dict[str, str | None], expected: set[str], tmp_path: Path
) -> None:
    """Members of a record in place of another are compared as members, not as fillers."""
    found = compare_texts(c, rust, {"s": "struct s", **names}, tmp_path)["sample::s"]
    roots = {f"{check} {member}" for check, member in roots_of(found.mismatches)}
    assert expected <= roots
    assert bool(roots) is bool(expected)


def test_a_newtype_is_compared_with_what_it_stands_for(tmp_path: Path) -> None:
    """A newtype without a C type of its name is compared with the type in its place."""
    rust = (
        "#[repr(transparent)] #[derive(Clone, Copy)] pub struct Flags(u32);\n"
        "#[repr(transparent)] #[derive(Clone, Copy)] pub struct Ratio(f32);\n"
        + R
        + "struct s { flags: Flags, ratio: Ratio }"
    )
    c = "struct s { unsigned flags; unsigned ratio; };"
    subjects = {"s": "struct s", "Flags": None, "Ratio": None}
    found = compare_texts(c, rust, subjects, tmp_path)
    assert found["sample::Flags"].mismatches == ()
    assert found["sample::Flags"].c_name == "flags in struct s"
    assert roots_of(found["sample::Ratio"].mismatches) == [("member-type", "__0")]


def test_a_rename_that_moves_nothing_explains_nothing(tmp_path: Path) -> None:
    """A rename that moves nothing is no cause: a waiver for the name must not cover more."""
    c = "struct s { unsigned long z; unsigned c; unsigned long e; };"
    rust = (
        "#[repr(C, packed(4))] #[derive(Clone, Copy)] pub struct P(u64);\n"
        + R
        + "struct s { z: u64, d: u32, e: P }"
    )
    found = compare_texts(c, rust, {"s": "struct s"}, tmp_path)["sample::s"]
    offset = next(m for m in found.mismatches if m.check_id == "member-offset")
    assert str(offset.cause) not in {"c", "d"}


def test_a_second_mistake_is_a_root_of_its_own(tmp_path: Path) -> None:
    """A swap after a widened member, or after a wrong record, is a root cause."""
    c = "struct w { int a, b, c, d; }; struct s { struct w in; int x, y; };"
    rust = R + "struct w { a: i64, b: i32, d: i32, c: i32 }\n" + R
    rust += "struct s { in_: w, y: i32, x: i32 }"
    found = compare_texts(c, rust, {"s": "struct s", "w": "struct w"}, tmp_path)
    assert roots_of(found["sample::w"].mismatches) == [
        ("member-size", "a"),
        ("member-offset", "c"),
    ]
    assert roots_of(found["sample::s"].mismatches) == [("member-offset", "x")]


def test_a_swap_is_one_mistake(tmp_path: Path) -> None:
    """Consequences of a swap follow from it, also after a hole."""
    c = "struct s { int k; int error; char *next; long size; };"
    rust = R + "struct s { k: i32, next: *mut i8, error: i32, size: i64 }"
    found = compare_texts(c, rust, {"s": "struct s"}, tmp_path)["sample::s"]
    assert roots_of(found.mismatches) == [("member-offset", "error")]


def test_an_anonymous_members_alignment_explains_the_holders(tmp_path: Path) -> None:
    """The missing alignment of an anonymous member is derived from its members."""
    c = "struct s { union { char a[8]; int b[2]; } u; };"
    rust = "#[repr(C)] #[derive(Clone, Copy)] pub union U { a: [i8; 8], d: [i16; 4] }\n"
    rust += R + "struct s { u: U }"
    found = compare_texts(c, rust, {"s": "struct s", "U": None}, tmp_path)
    assert roots_of(found["sample::U"].mismatches) == [
        ("member-missing", "b"),
        ("member-extra", "d"),
    ]
    assert roots_of(found["sample::s"].mismatches) == []
    assert found["sample::s"].mismatches != ()


def test_packing_does_not_explain_a_swap(tmp_path: Path) -> None:
    """Lost packing does not cause a swap."""
    c = "struct s { char k; int a, b, d; } __attribute__((packed));"
    rust = R + "struct s { k: i8, a: i32, d: i32, b: i32 }"
    found = compare_texts(c, rust, {"s": "struct s"}, tmp_path)["sample::s"]
    assert set(roots_of(found.mismatches)) == {("record-alignment", None), ("member-offset", "b")}


def test_an_enum_that_is_only_declared_is_not_known(tmp_path: Path) -> None:
    """A function with an enum that is only declared is unknown, unless another part differs."""
    c = "enum e; struct s { int (*f)(long, enum e, enum e *); };"
    rust = R + "struct s { f: Option<unsafe extern fn(%s, i32, *mut i32) -> i32> }"
    found = compare_texts(c, rust % "i64", {"s": "struct s"}, tmp_path)["sample::s"]
    assert found.mismatches == ()
    assert found.unknown == (
        "f: a function of which parameter 2 is enum e, which the headers only declare",
    )
    found = compare_texts(c, rust % "i32", {"s": "struct s"}, tmp_path)["sample::s"]
    assert roots_of(found.mismatches) == [("member-signature", "f")]


@pytest.mark.parametrize(
    ("c", "rust", "is_right"),
    [
        ("ms_abi", "win64", True),
        ("ms_abi", "win64-unwind", True),
        ("ms_abi", "C", False),
        ("ms_abi", "sysv64", False),
        ("sysv_abi", "sysv64", True),
        ("sysv_abi", "C", True),
        ("sysv_abi", "win64", False),
    ],
)
def test_conventions_by_either_name(c: str, rust: str, tmp_path: Path, *, is_right: bool) -> None:
    """Conventions by clang's attributes agree with Rust's names of them."""
    said = f"struct s {{ int (*f)(long) __attribute__(({c})); }};"
    pointer = R + f'struct s {{ f: Option<unsafe extern "{rust}" fn(i64) -> i32> }}'
    found = compare_texts(said, pointer, {"s": "struct s"}, tmp_path)["sample::s"]
    assert roots_of(found.mismatches) == ([] if is_right else [("member-signature", "f")])
