"""A compiler cache of the user runs the compilers, and changes no result."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from layoutcheck.cli import main
from layoutcheck.compilers.find.programs import find_clang
from tests.shell_project import MANIFEST, SOURCE, make_cache, write_project

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

CONF = MANIFEST.replace("[kernel]", '[kernel]\nconf = "GENERIC"')
Command = Callable[..., Result]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return a function that runs `layoutcheck` in a small project with a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    for name in ("RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER", "CMAKE_C_COMPILER_LAUNCHER"):
        monkeypatch.delenv(name, raising=False)
    write_project(tmp_path, manifest=CONF)
    monkeypatch.chdir(tmp_path)
    return lambda *args: CliRunner().invoke(main, args, catch_exceptions=False)


def write_program(path: Path, *lines: str) -> Path:
    """Write a shell script."""
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def launcher(tmp_path: Path) -> Path:
    """A program that notes its command in `launched`, and runs it."""
    return write_program(tmp_path / "launcher", f'echo "$@" >> "{tmp_path}/launched"', 'exec "$@"')


def launched(folder: Path) -> list[str]:
    """Return the commands run through the launcher since the last call."""
    log = folder / "launched"
    lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    log.unlink(missing_ok=True)
    return lines


@pytest.mark.parametrize("variable", ["RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER"])
def test_rustc(
    command: Command,
    launcher: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    """The bindings, one source file, and the probe are compiled through the launcher.

    The probe is compiled again without the type that a macro made private, which rustc refuses.
    """
    plain = command("check", "--no-cache")
    shutil.rmtree(tmp_path / "cache" / "layoutcheck" / "crates")
    monkeypatch.setenv(variable, str(launcher))
    assert command("check", "--no-cache").output == plain.output
    compiled = [
        line.partition("--crate-name")[2].strip("= ").split()[0] for line in launched(tmp_path)
    ]
    assert compiled == ["bindings", "layoutcheck_probe", "layoutcheck_probe"]


@pytest.mark.parametrize("arch", ["amd64", "arm64"])
def test_cargo(
    command: Command, launcher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arch: str
) -> None:
    """A package is compiled once by cargo through the launcher.

    The wrapper of a workspace's members, which may be clippy, is not used, because there are no
    members here. The package is `no_std`: without that, and without std for the target (Debian's
    for any, rustup's for arm64), it would be compiled twice.
    """
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "lib.rs").write_text(f"#![no_std]\n{SOURCE}")
    manifest = CONF.replace('source = "bindings.rs"', 'path = "."')
    manifest = manifest.replace("[kernel]", f'[kernel]\narch = "{arch}"')
    (tmp_path / "layoutcheck.toml").write_text(manifest)
    package = '[package]\nname = "bindings"\nversion = "0.1.0"\nedition = "2021"\n'
    (tmp_path / "Cargo.toml").write_text(package)
    plain = command("check", "--no-cache")
    shutil.rmtree(tmp_path / "cache" / "layoutcheck" / "crates")
    members = write_program(
        tmp_path / "members", f'echo "members $@" >> "{tmp_path}/launched"', 'exec "$@"'
    )
    monkeypatch.setenv("RUSTC_WRAPPER", str(launcher))
    monkeypatch.setenv("RUSTC_WORKSPACE_WRAPPER", str(members))
    assert command("check", "--no-cache").output == plain.output
    ways = launched(tmp_path)
    compiled = [way for way in ways if "--crate-name " in way and "--crate-name ___" not in way]
    assert [way for way in compiled if way.startswith("members")] == []
    assert len([way for way in compiled if "--crate-name bindings " in way]) == 1
    # The second time without the type that a macro made private.
    assert len([way for way in ways if "--crate-name=layoutcheck_probe " in way]) == 2


def test_clang(
    command: Command, launcher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clang runs behind CMake's variable, or behind a launcher in our own variable."""
    clang = write_program(tmp_path / "clang", f'exec {shlex.join(find_clang().argv)} "$@"')
    monkeypatch.setenv("LAYOUTCHECK_CLANG", str(clang))
    plain = command("check", "--no-cache")
    assert launched(tmp_path) == []
    monkeypatch.setenv("CMAKE_C_COMPILER_LAUNCHER", str(launcher))
    assert command("check", "--no-cache").output == plain.output
    assert {way.split()[0] for way in launched(tmp_path) if " -c " in way} == {str(clang)}
    monkeypatch.delenv("CMAKE_C_COMPILER_LAUNCHER")
    monkeypatch.setenv("LAYOUTCHECK_CLANG", f"{launcher} {clang}")
    assert command("check", "--no-cache").output == plain.output
    assert {way.split()[0] for way in launched(tmp_path) if " -c " in way} == {str(clang)}


@pytest.mark.parametrize("variable", ["RUSTC_WRAPPER", "CMAKE_C_COMPILER_LAUNCHER"])
def test_missing(command: Command, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    """A missing launcher is one error, and nothing runs."""
    monkeypatch.setenv(variable, "/nonexistent/sccache")
    result = command("check", "--no-cache")
    assert (result.exit_code, result.stdout) == (3, "")
    assert f"{variable}=/nonexistent/sccache: /nonexistent/sccache was not found" in result.stderr
