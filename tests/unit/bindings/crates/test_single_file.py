"""single_file.py: where a prelude may be put into a file of Rust."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.bindings.crates.single_file import prepare_source
from layoutcheck.compilers.find.programs import Rust
from layoutcheck.manifest.reader import Bindings
from layoutcheck.model.target import Target

RUST = Rust(rustc="rustc", rustdoc="", cargo="", version="", host="", sysroot=None)


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        ("", "struct A;"),
        ("", "/// doc of A\nstruct A;"),
        ("", "// comment\n/* another */ #[repr(C)] struct A;"),
        ("#![allow(x)]", "\nstruct A;"),
        ("// c\n#![allow(x)]\n#![no_std]", "\n/// doc of A\nstruct A;"),
        ('#![doc = "]]"]', " struct A;"),
        ("//! doc\n", "struct A;"),
        ("/*! doc /* inner */ */", " struct A;"),
        ("/* outer /* inner */ */ #![a[b]]", "struct A;"),
        ("\ufeff", "struct A;"),
    ],
)
def test_prelude_position(tmp_path: Path, amd64: Target, head: str, rest: str) -> None:
    """The prelude is put after the inner attributes and before the first item's doc comment."""
    source, prelude = tmp_path / "a.rs", tmp_path / "prelude.rs"
    source.write_text(head + rest, encoding="utf-8")
    prelude.write_text("struct B;", encoding="utf-8")
    bindings = Bindings(source=source, prelude=prelude)
    crate = prepare_source(bindings, source, RUST, amd64, tmp_path / "work")
    included = f'include!("{prelude}"); '
    assert crate.root.read_text(encoding="utf-8") == head + included + rest
    assert crate.renamed == (
        (str(crate.root), str(source)),
        (str(tmp_path / "work"), str(tmp_path)),
    )


@pytest.mark.parametrize(
    ("file", "name"), [("mtx.rs", "mtx"), ("a-b.c.rs", "a_b_c"), ("14.rs", "_14"), ("ä.rs", "_")]
)
def test_name(tmp_path: Path, amd64: Target, file: str, name: str) -> None:
    """The crate's name is the file's, with characters that Rust allows."""
    source = tmp_path / file
    source.write_text("", encoding="utf-8")
    crate = prepare_source(Bindings(source=source), source, RUST, amd64, tmp_path / "work")
    assert crate.name == name
    assert crate.root == source
