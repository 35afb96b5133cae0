"""package.py: packages as the real cargo locates them, from folders and a registry without network.

The registry is a directory source of cargo's, in the place of crates.io.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from layoutcheck.bindings.crates.cargo import Cargo
from layoutcheck.bindings.crates.package import Package, locate_package
from layoutcheck.compilers.find.programs import Rust
from layoutcheck.errors import BindingsError
from layoutcheck.manifest.reader import Bindings
from layoutcheck.model.target import Target

pytestmark = pytest.mark.needs_rustc

Locate = Callable[[Bindings], Package]
FILES = {
    "ws/Cargo.toml": '[workspace]\nmembers = ["a"]\n',
    "ws/a/Cargo.toml": '[package]\nname = "my-crate"\nversion = "0.1.0"\nedition = "2018"\n'
    '[lib]\nname = "kernel"\n[features]\nextra = []\n',
    "ws/a/src/lib.rs": "",
    "vendor/one/Cargo.toml": '[package]\nname = "one"\nversion = "1.2.3"\n[features]\nreal = []\n',
    "vendor/one/src/lib.rs": "",
    "vendor/one/.cargo-checksum.json": '{"files": {}}',
    "vendor/mac/Cargo.toml": '[package]\nname = "mac"\nversion = "1.0.0"\n'
    "[lib]\nproc-macro = true\n",
    "vendor/mac/src/lib.rs": "",
    "vendor/mac/.cargo-checksum.json": '{"files": {}}',
}


@pytest.fixture
def locate(tmp_path: Path, rust: Rust, amd64: Target) -> Locate:
    """Locate a package; cargo takes published crates from the folder `vendor`."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    config = tmp_path / ".cargo" / "config.toml"
    config.parent.mkdir()
    config.write_text(
        '[source.crates-io]\nreplace-with = "vendored"\n'
        f"[source.vendored]\ndirectory = {json.dumps(str(tmp_path / 'vendor'))}\n",
        encoding="utf-8",
    )
    work = tmp_path / "work"
    work.mkdir()
    cargo = Cargo(rust=rust, target=amd64, folder=work, cwd=tmp_path, progress=print)
    return lambda bindings: locate_package(bindings, cargo)


def test_a_package_in_a_folder(locate: Locate, tmp_path: Path) -> None:
    """A package is found by its folder or its Cargo.toml. `top` is its workspace."""
    root = tmp_path / "ws" / "a"
    for path in (root, root / "Cargo.toml"):
        found = locate(Bindings(path=path, features=("extra",)))
        assert (found.name, found.version, found.edition) == ("my-crate", "0.1.0", "2018")
        assert found.crate_name == "kernel"
        assert (found.root, found.home, found.top) == (root, root, tmp_path / "ws")
        assert found.source == root / "src" / "lib.rs"
        assert found.manifest == tmp_path / "work" / "wrapper" / "Cargo.toml"
        assert found.id.startswith("path+file://")


def test_a_published_package(locate: Locate, tmp_path: Path) -> None:
    """A published package without a library name has the package's name in Rust."""
    found = locate(Bindings(crate="one", version="1.2.3", features=("real",)))
    home = tmp_path / "vendor" / "one"
    assert (found.name, found.version, found.crate_name) == ("one", "1.2.3", "one")
    assert (found.root, found.home, found.top) == (home, home, home)


def test_the_wrapper_is_no_part_of_the_users_workspace(locate: Locate, tmp_path: Path) -> None:
    """Nothing is written beside the user's files. The wrapper has a copy of their lock file."""
    lock = tmp_path / "ws" / "Cargo.lock"
    lock.write_text("version = 3\n", encoding="utf-8")
    before = sorted(tmp_path.glob("ws/**/*"))
    locate(Bindings(path=tmp_path / "ws" / "a"))
    assert sorted(tmp_path.glob("ws/**/*")) == before
    assert lock.read_text(encoding="utf-8") == "version = 3\n"
    copied = tmp_path / "work" / "wrapper" / "Cargo.lock.theirs"
    assert copied.read_text(encoding="utf-8") == "version = 3\n"


def test_a_folder_without_a_manifest_is_refused(locate: Locate, tmp_path: Path) -> None:
    """One for a single file is another key."""
    with pytest.raises(BindingsError) as caught:
        locate(Bindings(path=tmp_path / "vendor"))
    assert str(caught.value) == (
        f"{tmp_path}/vendor: there is no Cargo.toml\n"
        "hint: path names the folder of a Cargo package; for one file of Rust use source"
    )


def test_a_workspace_is_refused(locate: Locate, tmp_path: Path) -> None:
    """A workspace is an error whose hint names its members."""
    with pytest.raises(BindingsError) as caught:
        locate(Bindings(path=tmp_path / "ws"))
    assert str(caught.value) == (
        f"{tmp_path}/ws/Cargo.toml: is a workspace, not a package\n"
        f"hint: set path to one of its members: {tmp_path}/ws/a"
    )


@pytest.mark.parametrize(
    ("bindings", "what", "hint"),
    [
        (
            Bindings(crate="nowhere", version="1.0.0"),
            "the crate registry has no crate named nowhere",
            "check the spelling; if the crate is on this machine, use path; ",
        ),
        (
            Bindings(crate="one", version="9.0.0"),
            "the crate registry has no version 9.0.0 of one",
            "it has 1.2.3",
        ),
        (Bindings(crate="one", version="1.2.3", features=("x",)), "one has no feature x", ""),
        (
            Bindings(crate="mac", version="1.0.0"),
            "mac is a procedural macro: it has no types for the target",
            "",
        ),
    ],
    ids=["crate", "version", "feature", "kind"],
)
def test_a_published_package_that_cannot_be_had(
    locate: Locate, bindings: Bindings, what: str, hint: str
) -> None:
    """Errors of a published package are in our words, and do not mention the wrapper."""
    with pytest.raises(BindingsError) as caught:
        locate(bindings)
    assert caught.value.what == what
    assert caught.value.where == str(bindings)
    assert (caught.value.hint or "").startswith(hint)
