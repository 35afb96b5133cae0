"""patched_copy.py: the program that gives a compiler another root file, and where texts belong."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from layoutcheck.bindings.crates.cargo import Cargo
from layoutcheck.bindings.crates.package import Package
from layoutcheck.bindings.crates.patched_copy import DESCRIBED, OPEN, copy_package, open_texts
from layoutcheck.bindings.rewrite.open_private import Opening
from layoutcheck.compilers.find.programs import Rust
from layoutcheck.model.target import Target

RUST = Rust(rustc="rustc", rustdoc="echo", cargo="", version="", host="", sysroot=None)


@pytest.fixture
def cargo(tmp_path: Path, amd64: Target) -> Cargo:
    """A way of calling cargo that is not called."""
    folder = tmp_path / "work"
    folder.mkdir()
    return Cargo(rust=RUST, target=amd64, folder=folder, cwd=None, progress=print)


@pytest.fixture
def package(tmp_path: Path) -> Package:
    """A package in a workspace, in a folder that a shell would take to pieces."""
    root = tmp_path / "a 'b' $c" / "pkg"
    (root / "src").mkdir(parents=True)
    (root / "src" / "lib.rs").write_text("mod m;", encoding="utf-8")
    return Package(
        name="pkg",
        version="0.1.0",
        crate_name="pkg",
        edition="2021",
        id="pkg",
        manifest=root / "Cargo.toml",
        root=root,
        home=root,
        source=root / "src" / "lib.rs",
        top=root.parent,
    )


def test_launchers(package: Package, cargo: Cargo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every argument is passed on unchanged, except the root file's path."""
    copy = copy_package(package, cargo, {package.source: "pub mod m;"}, OPEN)
    assert copy is not None
    flags, env = copy.for_rustdoc()
    written = subprocess.check_output(
        [env["RUSTDOC"], "a  b", str(package.source), '"$x"'], text=True
    )
    root = copy.path / "pkg" / "src" / "lib.rs"
    assert written == f'a  b {root} "$x"\n'
    assert root.read_text(encoding="utf-8") == "pub mod m;"
    assert flags == ("--cfg", f'layoutcheck_copy="{copy.path.name}"')
    monkeypatch.delenv("RUSTC_WRAPPER", raising=False)
    options, env = copy.for_rustc()
    argv = [env["RUSTC_WRAPPER"], "echo", str(package.source)]
    assert subprocess.check_output(argv, text=True) == f"{root}\n"
    assert copy.path.name in options[-1]
    assert copy.renamed == ((str(copy.path), str(package.top)),)


def test_texts_of_a_copy(package: Package, cargo: Cargo) -> None:
    """A text in a copy is written to its file of the package. A text elsewhere makes no copy."""
    described = copy_package(package, cargo, {package.source: "mod n;"}, DESCRIBED)
    assert described is not None
    text = {described.path / "pkg" / "src" / "lib.rs": "pub mod n;"}
    copy = copy_package(package, cargo, text, OPEN)
    assert copy is not None
    assert (copy.path / "pkg" / "src" / "lib.rs").read_text(encoding="utf-8") == "pub mod n;"
    assert copy_package(package, cargo, {Path("/elsewhere/lib.rs"): ""}, OPEN) is None
    assert copy_package(package, cargo, {}, OPEN) is None


def test_open_texts(tmp_path: Path) -> None:
    """Only files that can be read and have something to change get an open text."""
    (tmp_path / "a.rs").write_text("mod m;\nmade!(b);", encoding="utf-8")
    (tmp_path / "b.rs").write_bytes(b"\xe4mod m;")
    openings = [
        Opening(path=tmp_path / "src" / ".." / "a.rs", name="m"),
        *(Opening(path=tmp_path / name, name="m") for name in ("b.rs", "c.rs")),
    ]
    assert open_texts(openings) == {tmp_path / "a.rs": "pub mod m;\nmade!(b);"}
    made = Opening(path=tmp_path / "a.rs", name="b", line=2, column=1)
    assert open_texts([made]) == {}
