"""items.py: a crate's constants and its `extern` blocks' items, described by the real rustdoc."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from layoutcheck.bindings.rustdoc.surface import Surface

pytestmark = pytest.mark.needs_rustc


def test_what_is_of_the_surface(surface_of: Callable[[str], Surface]) -> None:
    """Constants, enums with a repr, aliases, C's items and items for C are in source order."""
    text = """
        pub const FIRST: u8 = 1;
        #[repr(u8)] pub enum Second { A }
        pub enum Own { A }
        unsafe extern "C" {
            pub fn third(a: u8);
            pub static mut FOURTH: u8;
        }
        pub fn own() {}
        pub extern "C" fn exported() {}
        pub static OWN: u8 = 1;
        pub type fifth = u8;
        #[unsafe(no_mangle)] pub extern "C" fn sixth() {}
        #[unsafe(export_name = "other")] pub static SEVENTH: u8 = 1;
        #[unsafe(no_mangle)] extern "C" fn eighth() {}
        pub trait Trait { fn required(&self); const C: u8; }
        pub struct S;
        impl S { pub extern "C" fn method() {} #[unsafe(no_mangle)] pub extern "C" fn ninth() {} }
        impl Trait for S { fn required(&self) {} const C: u8 = 1; }
        const _: () = ();
    """
    items = surface_of(text).items
    found = [(item.subject, item.name) for item in items]
    assert found == [
        ("constant", "FIRST"),
        ("enum", "Second"),
        ("function", "third"),
        ("static", "FOURTH"),
        ("alias", "fifth"),
        ("definition", "sixth"),
        ("definition", "SEVENTH"),
        ("definition", "eighth"),
        ("definition", "ninth"),
    ]
    defined = [(i.kind, i.public_path, i.link_name) for i in items if i.is_defined]
    assert defined == [
        ("function", "sample::sixth", "sixth"),
        ("static", "sample::SEVENTH", "other"),
        ("function", "sample::eighth", "eighth"),
        ("function", "sample::S::ninth", "ninth"),
    ]


@pytest.mark.parametrize(
    ("text", "public_path", "type_"),
    [
        ("pub struct S(u8); impl S { pub const A: S = S(1); }", "sample::S::A", "::sample::S"),
        ("pub struct S(u8); impl S { pub const A: Self = S(1); }", "sample::S::A", "::sample::S"),
        ("pub enum S { B } impl S { pub const A: S = S::B; }", "sample::S::A", "::sample::S"),
        ("pub struct S(u8); impl S { const A: S = S(1); }", "sample::S::A", "::sample::S"),
        ("struct S(u8); impl S { pub const A: S = S(1); }", "sample::S::A", "::sample::S"),
        (
            "mod m { pub struct S; impl S { pub const A: S = S; } } pub use m::S as T;",
            "sample::T::A",
            "::sample::T",
        ),
        ("pub struct S(u8); impl S { pub const A: u8 = 1; }", "sample::S::A", "u8"),
        ("pub struct S(u8); impl S { pub const A: Option<u8> = None; }", None, None),
        ("pub struct S<T>(T); impl<T> S<T> { pub const A: u8 = 1; }", None, None),
        (
            "pub struct S<T>(T); impl<T> S<T> { pub const A: Option<Self> = None; }",
            None,
            None,
        ),
    ],
)
def test_constants_of_an_impl(
    surface_of: Callable[[str], Surface], text: str, public_path: str | None, type_: str | None
) -> None:
    """Constants of an impl are in the surface. One of its own or a plain type has a type."""
    (item,) = surface_of(text).items
    assert (item.kind, item.name, item.is_associated) == ("constant", "A", True)
    assert (item.public_path, item.type) == (public_path, type_)
    assert item.is_own_value == (type_ in {"::sample::S", "::sample::T"})


@pytest.mark.parametrize(
    ("text", "path", "trait", "is_nameless"),
    [
        ("pub trait T { fn f(); } pub struct S;", "sample::S::f", "sample::T", False),
        ("trait T { fn f(); } mod m { pub struct S; }", "sample::m::S::f", "sample::T", False),
        ("pub trait T { fn f(); } pub struct S<A>(A);", "sample::T::f", "sample::T", True),
        ("pub trait T<A> { fn f(); } pub struct S;", "sample::S::f", None, True),
    ],
)
def test_exports_of_a_trait(
    surface_of: Callable[[str], Surface],
    text: str,
    path: str,
    trait: str | None,
    is_nameless: bool,
) -> None:
    """An exported function of a trait's impl is in the surface, also if code cannot name it."""
    of_trait = "T<u8>" if "T<" in text else "T"
    of_type = "S<u8>" if "S<" in text else "m::S" if "mod m" in text else "S"
    exported = "#[unsafe(no_mangle)] fn f() {}"
    (item,) = surface_of(f"{text} impl {of_trait} for {of_type} {{ {exported} }}").items
    assert (item.rust_path, item.trait, item.is_nameless) == (path, trait, is_nameless)
    assert item.is_defined


@pytest.mark.parametrize(
    "text",
    [
        "pub trait T { fn f() {} } impl T for u8 {}",
        "pub trait T { fn f(); } impl<A> T for A { #[unsafe(no_mangle)] fn f() {} }",
    ],
)
def test_what_a_trait_does_not_export(surface_of: Callable[[str], Surface], text: str) -> None:
    """A generic function has no symbol for C."""
    assert surface_of(text).items == ()


def test_exports_of_another_crates_trait(surface_of: Callable[[str], Surface]) -> None:
    """The exported function is read, although the impl of another crate's trait is not."""
    exported = '#[unsafe(export_name = "d")] fn default() -> S { S }'
    (item,) = surface_of(f"pub struct S; impl Default for S {{ {exported} }}").items
    assert (item.rust_path, item.link_name, item.is_nameless) == ("sample::default", "d", True)


@pytest.mark.parametrize(
    ("attribute", "name"),
    [
        ("", None),
        ('#[link_name = "other"]', "other"),
        ('#[link_name = "stat@FBSD_1.0"]', "stat@FBSD_1.0"),
        (r'#[link_name = "\u{1}plain"]', "plain"),
    ],
)
def test_link_name(surface_of: Callable[[str], Surface], attribute: str, name: str | None) -> None:
    """The link name is read from rustdoc of any version, without the mark of bindgen."""
    (item,) = surface_of(f'unsafe extern "C" {{ {attribute} pub fn f(); }}').items
    assert item.link_name == name


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("pub const A: u8 = 1;", "sample::A"),
        ("const A: u8 = 1;", "sample::A"),
        ("mod m { pub const A: u8 = 1; }", "sample::m::A"),
        ("mod m { pub const A: u8 = 1; } pub use m::*;", "sample::A"),
        ("mod m { pub const A: u8 = 1; } pub use m::A as B;", "sample::B"),
        ("mod m { pub const A: u8 = 1; } pub use m::*; pub struct A { a: u8 }", "sample::A"),
        ("mod m { pub const A: u8 = 1; } pub use m::*; fn A() {}", "sample::m::A"),
        ("pub mod r#type { pub const A: u8 = 1; }", "sample::r#type::A"),
    ],
)
def test_public_path(surface_of: Callable[[str], Surface], text: str, path: str | None) -> None:
    """The path goes through the value namespace, where types hide nothing. It may be private."""
    item, *_ = sorted(surface_of(text).items, key=lambda item: item.name)
    assert (item.name, item.public_path) == ("A", path)
