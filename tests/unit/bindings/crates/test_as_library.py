"""as_library.py: the manifest by which a package has a library."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from layoutcheck.bindings.crates.as_library import (
    copy_as_library,
    has_library,
    no_library,
    to_manifest,
)
from layoutcheck.errors import BindingsError

MANIFEST = """\
[package]
name = "my-crate"
version = "0.1.0"
[features]
default = ["a b"]
[[bin]]
name = "one"
path = "src/one.rs"
[profile.dev]
panic = "abort"
debug = false
"""


def package(folder: Path, *targets: tuple[str, str, str], **more: object) -> dict[str, Any]:
    """Return a package as cargo describes it, with targets of a kind, a name and a path."""
    return {
        "name": "my-crate",
        "manifest_path": str(folder / "Cargo.toml"),
        "workspace_root": str(folder),
        "targets": [
            {"kind": [kind], "name": name, "src_path": str(folder / path), "edition": "2021"}
            for kind, name, path in targets
        ],
        **more,
    }


def manifest_of(copy: Path) -> dict[str, Any]:
    """The manifest in the copy."""
    return tomllib.loads((copy / "Cargo.toml").read_text(encoding="utf-8"))


def test_program(tmp_path: Path) -> None:
    """The program becomes a library with its own name; the rest of the manifest is unchanged."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "Cargo.toml").write_text(MANIFEST, encoding="utf-8")
    one = package(folder, ("bin", "my-one", "src/one.rs"), ("test", "t", "t.rs"))
    assert not has_library(one)
    found = manifest_of(copy_as_library(one, tmp_path / "copies"))
    library = {"name": "my_one", "path": "src/one.rs", "edition": "2021"}
    assert found == {**tomllib.loads(MANIFEST), "lib": library}


def test_library_for_c(tmp_path: Path) -> None:
    """A library for C only loses its `crate-type`."""
    text = f'{MANIFEST}[lib]\nname = "m"\npath = "m.rs"\ncrate-type = ["cdylib"]\ntest = false\n'
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "Cargo.toml").write_text(text, encoding="utf-8")
    copy = copy_as_library(package(folder, ("cdylib", "m", "m.rs")), tmp_path / "copies")
    assert manifest_of(copy)["lib"] == {"name": "m", "path": "m.rs"}


@pytest.mark.parametrize(
    ("more", "name"), [({}, None), ({"default_run": "b"}, "b"), ({"name": "a"}, "a")]
)
def test_several_programs(tmp_path: Path, more: dict[str, object], name: str | None) -> None:
    """The program taken is the default one, or the one with the package's name."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "Cargo.toml").write_text(MANIFEST, encoding="utf-8")
    two = package(folder, ("bin", "a", "a.rs"), ("bin", "b", "b.rs"), **more)
    if name is None:
        with pytest.raises(BindingsError, match="has several programs and no library: a, b"):
            copy_as_library(two, tmp_path / "copies")
    else:
        found = manifest_of(copy_as_library(two, tmp_path / "copies"))
        assert found["lib"]["name"] == name


def test_nothing_to_make_one_of() -> None:
    """A package that cannot be a library is an error with the reason, and perhaps a hint."""
    assert "procedural macro" in str(no_library("a", {"proc-macro"}, "here"))
    published = no_library("a", {"cdylib", "bin"}, "here")
    assert "is built as cdylib only" in str(published)
    assert "set path to the folder" in str(published.hint)


def test_to_manifest() -> None:
    """A TOML document without dates is read back unchanged."""
    document = {"a b": [{"c": 1, "d": [True, "é\n"]}], "e": {"f": {"g": 1.5}}, "h": {}}
    assert tomllib.loads(to_manifest(document)) == document
