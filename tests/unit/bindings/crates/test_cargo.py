"""cargo.py: the user's flags and ours, as the real cargo is given them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck.bindings.crates.cargo import WITH_CODE, Cargo
from layoutcheck.compilers.find.programs import Rust
from layoutcheck.model.target import Target

pytestmark = pytest.mark.needs_rustc

OF_TARGET = '[target.x86_64-unknown-freebsd]\nrustflags = ["--cfg=mine"]\n'
VARIABLES = ("RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS")
# The build script sets the crate's flags; it gets none itself.
BUILD = """fn main() {
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap();
    std::fs::write(std::env::var("SEEN").unwrap(), flags.replace('\\x1f', "\\n")).unwrap();
    if cfg!(mine) { panic!("the build script has the flag"); }
}
"""


@pytest.fixture
def cargo(tmp_path: Path, rust: Rust, amd64: Target, monkeypatch: pytest.MonkeyPatch) -> Cargo:
    """Cargo in a folder with a package, whose flags are the test's alone."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "a"\nversion = "0.1.0"\n[workspace]\n')
    (tmp_path / "src" / "lib.rs").write_text("#![no_std]\n")
    (tmp_path / "build.rs").write_text(BUILD)
    return Cargo(rust=rust, target=amd64, folder=tmp_path / "work", cwd=tmp_path, progress=print)


def configure(folder: Path, text: str) -> None:
    """Give the user a configuration of cargo."""
    (folder / ".cargo").mkdir()
    (folder / ".cargo" / "config.toml").write_text(text)


def flags_of(cargo: Cargo, folder: Path) -> list[str]:
    """The flags that the crate of a build gets."""
    finished = cargo.build("check", env={"SEEN": str(folder / "seen")})
    assert finished.succeeded, finished.stderr
    assert all(isinstance(json.loads(line), dict) for line in finished.stdout.splitlines())
    return (folder / "seen").read_text().split("\n")


def test_our_flags_alone(cargo: Cargo, tmp_path: Path) -> None:
    """The flags set the sysroot with `core`, no lints, and metadata with code."""
    expected = [*cargo.own_flags(), WITH_CODE]
    assert expected[-3:] == ["--cap-lints", "allow", WITH_CODE]
    assert flags_of(cargo, tmp_path) == expected
    assert cargo.cfg_flags() == ()
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize(
    ("variable", "users"),
    [
        (("RUSTFLAGS", "--cfg mine  -Copt-level=1"), ["--cfg", "mine", "-Copt-level=1"]),
        (
            ("CARGO_ENCODED_RUSTFLAGS", '--cfg\x1fmine\x1f--cfg=f="a b"'),
            ["--cfg", "mine", '--cfg=f="a b"'],
        ),
        (("CARGO_BUILD_RUSTFLAGS", "--cfg mine"), ["--cfg", "mine"]),
    ],
)
def test_the_users_flags_of_the_environment(
    cargo: Cargo,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: tuple[str, str],
    users: list[str],
) -> None:
    """The user's flags come before ours. Rustdoc gets those that decide which items exist."""
    monkeypatch.setenv(*variable)
    assert flags_of(cargo, tmp_path) == [*users, *cargo.own_flags(), WITH_CODE]
    assert cargo.cfg_flags() == tuple(flag for flag in users if not flag.startswith("-C"))


def test_the_environment_of_the_manifest_counts_as_well(cargo: Cargo, tmp_path: Path) -> None:
    """`env` of `[bindings]` is laid over ours."""
    manifest = replace(cargo, env={"RUSTFLAGS": "--cfg mine"})
    assert flags_of(manifest, tmp_path)[:2] == ["--cfg", "mine"]
    assert manifest.cfg_flags() == ("--cfg", "mine")


@pytest.mark.parametrize(
    ("text", "users"),
    [
        ('[build]\nrustflags = ["--cfg", "mine"]\n', ["--cfg", "mine"]),
        ('[build]\nrustflags = "--cfg mine"\n', ["--cfg", "mine"]),
        (OF_TARGET, ["--cfg=mine"]),
        (
            f'[build]\nrustflags = ["--cfg=no"]\n{OF_TARGET}',
            ["--cfg=mine"],
        ),
        ('[target.x86_64-unknown-linux-gnu]\nrustflags = ["--cfg=no"]\n', []),
    ],
    ids=["build", "build as text", "target", "both", "another target"],
)
def test_the_users_flags_of_his_configuration(
    cargo: Cargo, tmp_path: Path, text: str, users: list[str]
) -> None:
    """Cargo takes the flags of the target, or else those of `build`. Ours are added to them."""
    configure(tmp_path, text)
    found = flags_of(cargo, tmp_path)
    assert sorted(found) == sorted([*users, *cargo.own_flags(), WITH_CODE])
    assert cargo.cfg_flags() == tuple(users)


def test_a_variable_hides_the_configuration(
    cargo: Cargo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flags come from one source only, as the Cargo book says."""
    configure(tmp_path, '[build]\nrustflags = ["--cfg=no"]\n')
    monkeypatch.setenv("RUSTFLAGS", "--cfg=mine")
    assert flags_of(cargo, tmp_path) == ["--cfg=mine", *cargo.own_flags(), WITH_CODE]
    assert cargo.cfg_flags() == ("--cfg=mine",)
