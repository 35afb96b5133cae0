"""naming.py: the path by which another crate can write a type, as the real rustc resolves it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from layoutcheck.bindings.crates.patched_copy import open_texts
from layoutcheck.bindings.rustdoc.naming import render_path
from layoutcheck.bindings.rustdoc.surface import Surface
from layoutcheck.compilers.find.programs import Rust
from layoutcheck.compilers.programs.run_program import run

pytestmark = pytest.mark.needs_rustc

Q = "#[repr(C)] pub struct Q(u8);"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (Q, "sample::Q"),
        (f"pub mod m {{ {Q} }}", "sample::m::Q"),
        (f"mod p {{ {Q} }}", "sample::p::Q"),
        (f"pub(crate) mod p {{ pub mod q {{ {Q} }} }}", "sample::p::q::Q"),
        ("#[repr(C)] struct Q(u8);", "sample::Q"),
        ("#[repr(C)] pub(crate) struct Q(u8);", "sample::Q"),
        ("mod p { mod r#type { #[repr(C)] pub(super) struct Q(u8); } }", "sample::p::r#type::Q"),
        (f"mod p {{ {Q} }} pub use p::Q;", "sample::Q"),
        (f"mod p {{ {Q} }} use p::Q;", "sample::p::Q"),
        (f"mod p {{ {Q} }} pub(crate) use p::Q;", "sample::p::Q"),
        (f"mod p {{ {Q} }} pub use p::Q as Other;", "sample::Other"),
        (f"mod p {{ {Q} }} pub use p::*;", "sample::Q"),
        (f"mod p {{ {Q} }} mod r {{ pub use super::p::*; }} pub use r::*;", "sample::Q"),
        (f"mod p {{ pub mod q {{ {Q} }} }} pub use p::q as r;", "sample::r::Q"),
        (
            f"mod h {{ pub mod p {{ {Q} }} }} pub mod z {{ pub use crate::h::p as y; }}",
            "sample::z::y::Q",
        ),
        (f"pub mod m {{ {Q} }} pub use m::*;", "sample::m::Q"),
        (f"pub mod m {{ pub use super::*; {Q} }} pub use m::*;", "sample::m::Q"),
        (f"mod p {{ {Q} }} pub use p::*; struct Q;", "sample::p::Q"),
        (f"mod p {{ {Q} }} pub use p::*; pub fn Q() {{}}", "sample::Q"),
        (f"mod p {{ {Q} }} mod o {{ pub struct Q; }} pub use p::*; pub use o::*;", "sample::p::Q"),
        (f"mod p {{ {Q} }} pub type Alias = p::Q;", "sample::Alias"),
        (f"pub mod r#type {{ {Q} }}", "sample::r#type::Q"),
        ("#[repr(C)] pub struct r#match(u8);", "sample::r#match"),
    ],
)
def test_public_path(
    surface_of: Callable[[str], Surface], rust: Rust, tmp_path: Path, text: str, path: str
) -> None:
    """The path is the expected one, and the real rustc accepts it in another crate.

    A private type can be named after it has been made public.
    """
    surface = surface_of(text)
    assert [type_.public_path for type_ in surface.types if type_.of is None] == [path]
    for source, written in open_texts(surface.openings).items():
        source.write_text(written, encoding="utf-8")
    common = ["--edition", "2021", "--crate-type", "rlib", "--emit", "metadata"]
    common += ["--target", "x86_64-unknown-freebsd", "--cap-lints", "allow"]
    common += ["--sysroot", str(rust.sysroot)] if rust.sysroot else []
    user = tmp_path / "user.rs"
    user.write_text(f"#![no_std] pub type T = {path};", encoding="utf-8")
    for argv in (["sample.rs"], ["user.rs", "--extern", "sample=libsample.rmeta"]):
        finished = run([rust.rustc, *argv, *common], cwd=tmp_path, env={}, timeout=120)
        assert finished.returncode == 0, finished.stderr


def test_render_path() -> None:
    """Only keywords become raw."""
    assert render_path(("sample", "type", "mtx", "gen")) == "sample::r#type::mtx::r#gen"
