"""open_private.py: where `pub` is written, and where not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from layoutcheck.bindings.rewrite.open_private import Opening, make_public, shown_path
from layoutcheck.bindings.rustdoc.surface import Surface

FILE = Path("/a.rs")


def place(text: str, name: str = "a") -> Opening:
    """The place of `@` in the text, which is its only mark."""
    before = text.partition("@")[0]
    line = before.count("\n") + 1
    column = len(before.rpartition("\n")[2].removeprefix("\ufeff")) + 1
    return Opening(path=FILE, name=name, line=line, column=column)


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("@fn a();", "pub fn a();"),
        ("{ @unsafe fn a(); }", "{ pub unsafe fn a(); }"),
        ("x\n  @pub(crate) struct a;", "x\n  pub struct a;"),
        ("@pub ( in crate::m ) struct a;", "pub struct a;"),
        ("é @pub(super) static mut a: u8;", "é pub static mut a: u8;"),
        ("@const a: u8 = 1;", "pub const a: u8 = 1;"),
        ("@mod r#a { }", "pub mod r#a { }"),
        ("@union\n a { }", "pub union\n a { }"),
        ("\ufeff@enum a { }", "\ufeffpub enum a { }"),
        ("\r\n@struct a;", "\r\npub struct a;"),
        ("make!(@a);", "make!(a);"),
        ("@make!{ struct a; }", "make!{ struct a; }"),
        ("@fn another();", "fn another();"),
        ("@pub fn a();", "pub fn a();"),
        ("fn b();\n@", "fn b();\n"),
    ],
)
def test_one_item(text: str, public: str) -> None:
    """`pub` is written before an item of the name, in place of any other visibility."""
    assert make_public(text.replace("@", ""), [place(text)]) == public


def test_several_items() -> None:
    """Several items on one line are each made public once."""
    text = "fn a(); fn b(); pub(crate) fn c();"
    places = [
        place(text.replace(f"{word}{n}", f"@{word}{n}"), n)
        for word, n in (("fn ", "a"), ("fn ", "b"))
    ]
    places.append(place("fn a(); fn b(); @pub(crate) fn c();", "c"))
    assert make_public(text, [*places, *places]) == "pub fn a(); pub fn b(); pub fn c();"


def test_module_with_a_file() -> None:
    """Every declaration of a module is made public, because `cfg` may select any of them."""
    text = "#[cfg(a)] mod a;\n#[cfg(b)] pub(crate) mod r#a;\nmod b;\nmod a { }"
    public = "#[cfg(a)] pub mod a;\n#[cfg(b)] pub mod r#a;\nmod b;\nmod a { }"
    assert make_public(text, [Opening(path=FILE, name="a")]) == public


def test_line_that_the_file_has_not() -> None:
    """A line that the file does not have changes nothing."""
    assert make_public("fn a();", [Opening(path=FILE, name="a", line=3, column=1)]) == "fn a();"


def test_shown_path() -> None:
    """The first prefix that matches is replaced; a path outside of the copies stays."""
    renamed = {"/copy/a.rs": "/mine/b.rs", "/copy": "/mine"}
    assert shown_path(Path("/copy/a.rs"), renamed) == "/mine/b.rs"
    assert shown_path(Path("/copy/m/c.rs"), renamed) == "/mine/m/c.rs"
    assert shown_path(Path("/copying/c.rs"), renamed) == "/copying/c.rs"


@pytest.mark.needs_rustc
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("pub const A: u8 = 1; #[repr(C)] pub struct B(u8);", []),
        ("struct Free { a: u8 } fn f() {} static OWN: u8 = 1; const T: (u8, u8) = (1, 2);", ["T"]),
        ("mod m { pub mod n { #[repr(C)] pub struct B(u8); } mod o {} }", ["m"]),
        ('mod m { extern "C" { pub(super) fn f(); static S: u8; } }', ["S", "f", "m"]),
        ("pub struct S(u8); impl S { const A: S = S(1); const N: u8 = 1; }", ["A", "N"]),
        ("#[repr(C)] struct G<T>(T);", []),
    ],
)
def test_what_is_opened(surface_of: Callable[[str], Surface], text: str, names: list[str]) -> None:
    """Private items of C, and the private modules around them, are opened."""
    assert sorted(opening.name for opening in surface_of(text).openings) == names
