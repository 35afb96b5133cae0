"""launcher.py: the variables by which users set up a cache of compilers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from layoutcheck.compilers.programs.launcher import c_launcher, rustc_wrapper
from layoutcheck.errors import ToolchainError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RUSTC = ("RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER")
C = "CMAKE_C_COMPILER_LAUNCHER"


@pytest.fixture
def sccache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_program: Callable[[Path, str], Path]
) -> Path:
    """A program on PATH; no variable is set."""
    for name in (*RUSTC, C):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return make_program(tmp_path / "bin" / "sccache", 'exec "$@"')


def test_none(sccache: Path) -> None:
    """An installed sccache is not used unless a variable names it."""
    assert sccache.is_file()
    assert (rustc_wrapper(), c_launcher()) == ((), ())


def test_by_name_and_by_path(
    sccache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program is found by name or path. The result is absolute, since compilers run elsewhere."""
    monkeypatch.setenv(RUSTC[1], "sccache")
    assert rustc_wrapper() == (str(sccache),)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(RUSTC[1], "bin/sccache")
    assert rustc_wrapper() == (str(sccache),)
    monkeypatch.setenv(C, "sccache;--verbose")
    assert c_launcher() == (str(sccache), "--verbose")


def test_the_first_variable_counts(sccache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first variable counts. An empty one turns the cache off, as in cargo."""
    monkeypatch.setenv(RUSTC[1], "nosuch")
    monkeypatch.setenv(RUSTC[0], str(sccache))
    assert rustc_wrapper() == (str(sccache),)
    monkeypatch.setenv(RUSTC[0], "")
    assert rustc_wrapper() == ()


@pytest.mark.parametrize(("name", "ask"), [(RUSTC[0], rustc_wrapper), (C, c_launcher)])
def test_missing(
    sccache: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    ask: Callable[[], tuple[str, ...]],
) -> None:
    """A missing program is an error that names the variable, since the user wants a cache."""
    monkeypatch.setenv(name, f"{sccache}s")
    with pytest.raises(ToolchainError) as caught:
        ask()
    assert str(caught.value).startswith(f"{name}={sccache}s: {sccache}s was not found\nhint: ")
