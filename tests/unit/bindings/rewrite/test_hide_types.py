"""hide_types.py: which lines get the attribute, and that the real rustdoc keeps its surface."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck.bindings.crates.build_crate import CrateBuild, DocumentedCrate, document_crate
from layoutcheck.bindings.rewrite.hide_types import HIDDEN, hide_types
from layoutcheck.bindings.rustdoc.surface import Surface, read_surface
from layoutcheck.compilers.find.programs import Rust
from layoutcheck.errors import BindingsError
from layoutcheck.manifest.reader import Bindings
from layoutcheck.model.target import Target

SOURCE = """#![allow(warnings)]
//! struct of_no_item
/// A type, defined in sys/a.h
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct A { pub a: u32, b: Inner }
impl A { pub const ONE: u32 = 1; pub fn b(&self) -> u32 { 0 } pub fn set_b(&mut self, v: u32) {} }
#[repr(C)] #[derive(Copy, Clone)] pub union U { pub a: u8, pub b: A } #[repr(C)] pub struct Two(u8);
#[repr(u8)]
pub enum E { X, Y }
#[derive(Debug, Default, Copy, Clone)]
struct Inner { one: u8 }
pub struct Without { pub a: u8 }
#[repr(C)]
pub struct Generic<T> { pub a: T }
#[repr(C)] #[doc(hidden)] pub struct Hidden { pub a: u8 }
pub mod m {
    #[repr(C)]
    pub(crate) struct Private { a: u8 }
    #[repr(transparent)]
    pub struct Public(u8);
    pub use super::A as B;
}
pub use m::Public as Renamed;
mod secret {
    #[repr(C)]
    pub struct Exported { pub a: u8 }
}
pub use secret::*;
pub type Alias = m::Public;
pub const SIZE: usize = core::mem::size_of::<A>();
pub const TEXT: &str = "
struct of_text";
extern "C" { pub fn f(a: *mut A) -> Alias; pub static V: U; }
"""
OWN_MACRO = "macro_rules! own { () => {}; }\n"


@pytest.mark.parametrize(
    "line",
    [
        "pub struct A(u8);",
        "    pub(crate) union A { a: u8 }",
        "\tpub(in crate::a) enum A { X }",
        "struct A;",
        "#[repr(C)] #[derive(Copy)] pub struct A;",
    ],
)
def test_hidden(line: str) -> None:
    """A type at the start of a line is hidden for any visibility; the rest of the line stays."""
    assert hide_types(f"// first\n{line}\nfn f() {{}}") == f"// first\n{HIDDEN}{line}\nfn f() {{}}"


@pytest.mark.parametrize(
    "text",
    [
        "pub fn f(structure: u8) {}",
        "pub structure!();",
        "// struct A",
        "impl A { }",
        f"{OWN_MACRO}struct A;",
        "macro own() {}\nstruct A;",
    ],
)
def test_left_alone(text: str) -> None:
    """Text that is no type stays unchanged. So does every text with a macro of its own."""
    assert hide_types(text) == text
    assert hide_types("struct A;", text) == (
        "struct A;" if "macro" in text else f"{HIDDEN}struct A;"
    )


@pytest.fixture
def document(rust: Rust, amd64: Target, tmp_path: Path) -> Callable[..., DocumentedCrate]:
    """Rust text, and that of a prelude if there is one -> the crate that rustdoc describes."""
    source, prelude = tmp_path / "a.rs", tmp_path / "prelude.rs"

    def described(text: str, before: str | None = None) -> DocumentedCrate:
        source.write_text(text, encoding="utf-8")
        prelude.write_text(before or "", encoding="utf-8")
        build = CrateBuild(
            bindings=Bindings(source=source, prelude=None if before is None else prelude),
            target=amd64,
            conf_path=None,
            work=tmp_path / "work",
            progress=lambda _: None,
        )
        return document_crate(build, rust)

    return described


def read(crate: DocumentedCrate) -> tuple[Surface, int]:
    """The crate's surface, and how many bytes rustdoc wrote."""
    surface = read_surface(crate.rustdoc_json, root=crate.root, renamed=dict(crate.renamed))
    return surface, crate.rustdoc_json.stat().st_size


@pytest.mark.needs_rustc
@pytest.mark.parametrize("before", [None, "#[repr(C)]\npub struct Base { pub a: u8 }\n"])
def test_same_surface(document: Callable[..., DocumentedCrate], before: str | None) -> None:
    """The real rustdoc describes hidden types with the same surface, in fewer bytes."""
    (hidden, few), (shown, many) = (read(document(t, before)) for t in (SOURCE, SOURCE + OWN_MACRO))
    # An item after the attribute begins in another column.
    assert replace(hidden, openings=()) == replace(shown, openings=())
    assert [o.line for o in hidden.openings] == [o.line for o in shown.openings]
    assert len(hidden.types) == 12 + (before is not None)  # three are other names
    assert few < 0.7 * many


@pytest.mark.needs_rustc
def test_without_a_copy(document: Callable[..., DocumentedCrate], tmp_path: Path) -> None:
    """A file that would not compile with hidden types, or elsewhere, is described as it is."""
    for is_first in (True, False):
        crate = document("pub\nstruct A { pub a: u8 }\n")
        surface, _ = read(crate)
        assert [str(type_.location) for type_ in surface.types] == [f"{tmp_path}/a.rs:1"]
        assert (crate.seconds > 0) == is_first
    (tmp_path / "m.rs").write_text("#[repr(C)] pub struct B(u8);", encoding="utf-8")
    surface, _ = read(document("mod m;\n#[repr(C)] pub struct A(u8);\n"))
    assert [type_.rust_path for type_ in surface.types] == ["a::A", "a::m::B"]


@pytest.mark.needs_rustc
def test_error(document: Callable[..., DocumentedCrate], tmp_path: Path) -> None:
    """An error is reported at its place in the user's file."""
    with pytest.raises(BindingsError, match="cannot find type `nonesuch`") as caught:
        document("#[repr(C)]\npub struct A(nonesuch);\n")
    assert caught.value.where == f"{tmp_path}/a.rs:2"
    assert "2 | pub struct A(nonesuch);" in caught.value.what
