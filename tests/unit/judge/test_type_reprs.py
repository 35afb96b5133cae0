"""Promises of rustc about types, by their names in DWARF."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from layoutcheck.judge.type_reprs import Repr, Reprs, is_part_of_library, path_of
from layoutcheck.model.layout import Encoding, EnumType, FunctionType, RecordLayout, Type
from tests.layouts import BOOL, PTR, U8, U32, array, base, record

KNOWN: Final = Reprs(
    free=frozenset(("k::Free", "dep::a::Free")),
    transparent=frozenset(("k::Wrapper",)),
    fixed=frozenset(("k::Fixed",)),
)


def _named(name: str) -> RecordLayout:
    return record(name, ("a", U32))


def _option(*members: tuple[str, Type]) -> RecordLayout:
    return record("core::option::Option<..>", *members)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("k::Free", "free"),
        ("k::Free<u32>", "free"),
        ("dep::a::Free", "free"),
        ("k::Wrapper<k::Free>", "transparent"),
        ("k::Fixed", "fixed"),
        ("k::Unheard", None),
        ("dep::Unheard<k::Fixed>", None),
        ("(i32, i32)", "free"),
        ("(k::Fixed,)", "free"),
        ("&[u8]", "free"),
        ("&mut [u8]", "free"),
        ("*const [u8]", "free"),
        ("&str", "free"),
        ("&dyn core::fmt::Debug", "free"),
        ("*mut dyn k::Trait", "free"),
        ("&core::ffi::c_str::CStr", "free"),
        ("alloc::boxed::Box<dyn core::fmt::Debug, alloc::alloc::Global>", "free"),
        ("k::f::{closure_env#0}", "free"),
        ("k::f::{async_fn_env#0}", "free"),
        ("core::ops::range::Range<u32>", "free"),
        ("core::time::Duration", "free"),
        ("core::net::ip_addr::Ipv4Addr", "free"),
        ("core::sync::atomic::Ordering", "free"),
        ("core::cell::RefCell<u8>", "free"),
        ("alloc::vec::Vec<u8, alloc::alloc::Global>", "free"),
        ("std::ffi::os_str::OsString", "free"),
        ("core::cell::UnsafeCell<u8>", "transparent"),
        ("core::mem::maybe_uninit::MaybeUninit<k::Free>", "transparent"),
        ("core::sync::atomic::AtomicU32", "fixed"),
        ("core::sync::atomic::Atomic<u32>", "fixed"),
        ("core::core_arch::x86::__m128i", "fixed"),
        ("core::marker::PhantomData<k::Free>", "fixed"),
        ("core::ffi::va_list::VaList", None),
        ("core::result::Result<u32, ()>", "free"),
        ("core::result::Result<u32, k::Fixed>", None),
    ],
)
def test_records(name: str, said: Repr | None) -> None:
    """Records of the crate, a dependency and Rust's libraries have promises, by their names."""
    assert KNOWN.of(_named(name)) == said


@pytest.mark.parametrize(
    ("holder", "held", "is_part"),
    [
        ("core::num::nonzero::NonZero<u32>", "core::num::niche_types::NonZeroU32Inner", True),
        ("core::sync::atomic::Atomic<u32>", "core::cell::UnsafeCell<u32>", True),
        ("core::sync::atomic::Atomic<u32>", "core::sync::atomic::private::Align4<u32>", True),
        ("core::cell::Cell<core::ops::range::Range<u32>>", "core::ops::range::Range<u32>", False),
        ("core::cell::Cell<k::Free>", "k::Free", False),
        ("k::Free", "core::ops::range::Range<u32>", False),
    ],
)
def test_parts_of_libraries(holder: str, held: str, *, is_part: bool) -> None:
    """A part of a library's type is not its parameter, and a crate's type has no such parts."""
    assert is_part_of_library(_named(holder), _named(held)) is is_part
    assert not is_part_of_library(None, _named(held))


def test_other_types() -> None:
    """Scalars, thin pointers, functions and C's records are fixed; arrays are as elements."""
    function = FunctionType(result=None, parameters=(), variadic=False)
    for fixed in (None, U8, PTR, function, base("()", 0, Encoding.OTHER), record(None)):
        assert KNOWN.of(fixed) == "fixed"
    for name, said in (
        ("k::Free", "free"),
        ("k::Fixed", "fixed"),
        ("core::cmp::Ordering", "fixed"),
    ):
        enum = EnumType(name=name, byte_size=1, signed=False, enumerators=())
        assert KNOWN.of(enum) == said
    for name, element in (("k::Free", "free"), ("k::Wrapper", "fixed")):
        assert KNOWN.of(array(_named(name), 2, 3)) == element
    assert KNOWN.of(array(_named("k::Unheard"), 2)) is None


NON_NULL: Final = _named("core::ptr::non_null::NonNull<u8>")
WRAPPED: Final = record("k::Wrapper<u8>", ("a", PTR))
HIDDEN: Final = replace(WRAPPED, members=(), is_declaration=True)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (PTR, "transparent"),
        (NON_NULL, "transparent"),
        (_named("core::num::nonzero::NonZero<u32>"), "transparent"),
        (WRAPPED, "transparent"),
        (record("k::Wrapper<..>", ("a", WRAPPED)), "transparent"),
        (record("k::Wrapper<..>", ("a", BOOL)), "free"),
        (record("k::Fixed", ("a", PTR)), "free"),
        (record("k::Free", ("a", PTR)), "free"),
        (BOOL, "free"),
        (EnumType(name="k::Fixed", byte_size=1, signed=False, enumerators=()), "free"),
        (record("&[u8]", ("data_ptr", PTR), ("length", PTR)), "free"),
        (HIDDEN, None),
        (record("k::Unheard", ("a", PTR)), None),
    ],
)
def test_options(payload: Type, said: Repr | None) -> None:
    """An Option of a payload that is never null is transparent. Spare values are not enough."""
    assert KNOWN.of(_option(("__0", payload))) == said


def test_results() -> None:
    """A Result of a never-null value and an empty one is transparent, in either order."""
    for name in ("core::result::Result<(), ..>", "core::result::Result<.., ()>"):
        assert KNOWN.of(record(name, ("__0", NON_NULL))) == "transparent"


def test_options_with_a_tag() -> None:
    """An Option with a tag is free; so is an empty one. A declaration is unknown."""
    assert KNOWN.of(_option(("tag", PTR), ("__0", PTR))) == "free"
    assert KNOWN.of(_option()) == "free"
    assert KNOWN.of(replace(_option(), is_declaration=True)) is None


def test_adding() -> None:
    """Paths are added, and the others stay."""
    more = KNOWN.adding([("d::A", "free"), ("d::B", "transparent"), ("d::C", "fixed")])
    assert [more.of(_named(name)) for name in ("d::A", "d::B", "d::C")] == [
        *("free", "transparent", "fixed"),
    ]
    assert more.knows("d::A")
    assert more.knows("k::Wrapper")
    assert not more.knows("d::D")
    assert KNOWN.adding([]) == KNOWN


def test_paths() -> None:
    """Only a type with a name has a path."""
    assert path_of(_named("k::G<dep::H<u8>>")) == "k::G"
    assert path_of(record(None)) is None
    assert path_of(U8) is None
