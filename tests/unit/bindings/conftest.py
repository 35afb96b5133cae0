"""Fixtures for the tests of the Rust side: a real toolchain for the target."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from layoutcheck.bindings.rustdoc.surface import Surface, read_surface
from layoutcheck.compilers.find.programs import Rust, find_rust
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.errors import ToolchainError
from layoutcheck.model.target import Target, find_target


@pytest.fixture(scope="session")
def amd64() -> Target:
    """The target of all these tests."""
    return find_target("amd64")


@pytest.fixture(scope="session")
def rust(amd64: Target) -> Rust:
    """A toolchain with `core` for the target; without one the test is skipped, or fails in CI."""
    try:
        return find_rust(amd64, progress=print)
    except ToolchainError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no Rust for {amd64.rust_triple}: {error}")


@pytest.fixture
def describe(rust: Rust, tmp_path: Path) -> Callable[..., Path]:
    """Return a function: Rust text -> the JSON file of the real rustdoc, as the crate `sample`."""

    def run_rustdoc(text: str) -> Path:
        source = tmp_path / "sample.rs"
        source.write_text(f"#![no_std] #![allow(warnings)] {text}", encoding="utf-8")
        argv = [rust.rustdoc, "--crate-name", "sample", "--edition", "2021", "sample.rs"]
        argv += ["--target", "x86_64-unknown-freebsd", "-Zunstable-options"]
        argv += ["--sysroot", str(rust.sysroot)] if rust.sysroot else []
        argv += ["--output-format", "json", "--document-private-items"]
        argv += ["--document-hidden-items", "-o", str(tmp_path)]
        finished = run(argv, cwd=tmp_path, env={"RUSTC_BOOTSTRAP": "1"}, timeout=120)
        assert finished.returncode == 0, finished.stderr
        return tmp_path / "sample.json"

    return run_rustdoc


@pytest.fixture
def surface_of(describe: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Surface]:
    """Rust text -> its surface."""
    return lambda text: read_surface(describe(text), root=tmp_path)
