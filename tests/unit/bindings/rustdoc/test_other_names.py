"""other_names.py: aliases of records, and names of `pub use`, described by the real rustdoc."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from layoutcheck.bindings.rustdoc.surface import Surface

pytestmark = pytest.mark.needs_rustc

Names = list[tuple[str, str | None, str]]


def other_names(surface: Surface) -> Names:
    """Return the kind, the path and the target of each other name."""
    types = [(t.subject, t.rust_path, t.of) for t in surface.types if t.of is not None]
    items = [(i.subject, i.rust_path, i.of) for i in surface.items if i.of is not None]
    return [(kind, path, of or "") for kind, path, of in (*types, *items)]


S = "#[repr(C)] pub struct S { pub a: u8 }"
G = "#[repr(C)] pub struct G<T> { pub a: T }"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{S} pub type s_t = S;", [("alias", "sample::s_t", "sample::S")]),
        (f"{G} pub type s_t = G<u32>;", [("alias", "sample::s_t", "sample::G")]),
        (f"{G} type a<T> = G<T>; pub type s_t = a<u8>;", [("alias", "sample::s_t", "sample::G")]),
        (f"{G} pub type s_t<T> = G<T>;", []),
        (f"{S} type private = S;", [("alias", "sample::private", "sample::S")]),
        (f"{S} pub type p = *mut S; pub type o = Option<S>;", []),
        ("pub type atomic = core::sync::atomic::AtomicU32;", []),
        (f"mod p {{ {S} }} pub use p::S as T;", [("record", "sample::T", "sample::p::S")]),
        (f"mod p {{ {S} }} pub use p::S;", []),
        (f"mod p {{ {G} }} pub use p::G as T;", []),
        (
            "mod p { pub const A: u8 = 1; pub type B = u8; } pub use p::{A as C, B as D};",
            [("constant", "sample::C", "sample::p::A"), ("alias", "sample::D", "sample::p::B")],
        ),
        (
            "#[repr(u8)] pub enum E { A } pub use E as F;",
            [("enum", "sample::F", "sample::E")],
        ),
        ('#[unsafe(no_mangle)] pub extern "C" fn f() {} pub use f as g;', []),
        (
            "pub use core::ffi::c_int as int; pub use core::ffi::*; pub extern crate core as c;",
            [("alias", "sample::int", "core::ffi::primitives::c_int")],
        ),
        (
            "pub use core::primitive::u8 as byte; pub use u16; pub use core::net::Ipv4Addr as ip;",
            [
                ("alias", "sample::byte", "core::primitive::u8"),
                ("alias", "sample::ip", "core::net::ip_addr::Ipv4Addr"),
            ],
        ),
        (
            "pub use core::i8::MAX as TOP; pub use core::cmp::Ordering::{self, Less as LT, *};",
            [
                ("constant", "sample::LT", "core::cmp::Ordering::Less"),
                ("constant", "sample::TOP", "core::legacy_int_modules::i8::MAX"),
            ],
        ),
        ("pub use core::{i8::MAX, mem as m, mem::size_of as z, option::Option::None};", []),
        ("use core::ffi::c_int; pub(crate) use core::mem; pub use core::cmp::Ordering::*;", []),
        (
            "#[repr(u8)] pub enum E { A, B } pub use E::{A, B as C}; mod m { pub use super::*; }",
            [("constant", "sample::C", "sample::E::B")],
        ),
        ("#[repr(u8)] pub enum E { A, B } pub use E::*;", []),
        (
            "pub enum E { A, B(u8), C { c: u8 } } pub use E::{*, B as D}; mod m { use super::E; }",
            [("constant", "sample::A", "sample::E::A")],
        ),
    ],
)
def test_other_names(surface_of: Callable[[str], Surface], text: str, expected: Names) -> None:
    """Each other name is listed once by its public path. Rust's own are listed if renamed."""
    assert sorted(other_names(surface_of(text))) == sorted(expected)


def test_variants_outside(surface_of: Callable[[str], Surface]) -> None:
    """Variants that `pub use` puts outside under their own names are noted with the enum."""
    text = "#[repr(u8)] pub enum E { A, B, C, D } pub use E::{A, B as X};"
    text += "pub mod m { pub use super::E::C; }"
    (enum,) = (item for item in surface_of(text).items if item.kind == "enum")
    assert enum.outside == ("A", "C")


def test_symbols_stay(surface_of: Callable[[str], Surface]) -> None:
    """A renamed function keeps the symbol of its own name."""
    text = 'mod p { unsafe extern "C" { pub fn f(); } } pub use p::f as g;'
    found = {item.name: (item.link_name, item.is_renamed) for item in surface_of(text).items}
    assert found == {"f": (None, False), "g": ("f", True)}


def test_a_generic_alias(surface_of: Callable[[str], Surface]) -> None:
    """An alias with type parameters is generic. One with lifetimes is not."""
    text = "pub type P<T> = *mut T; pub type L<'a> = &'a u8;"
    found = {item.name: item.generic for item in surface_of(text).items}
    assert found == {"P": True, "L": False}
