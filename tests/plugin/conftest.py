"""Fixtures of the plugin's tests: sessions in processes of their own, on the real compilers."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shell_project import make_cache, write_project

__all__: list[str] = []

# Variables that pytester changes: rustup and cargo find their files by them.
HOME = os.environ.get("HOME", "")

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Run:
    """Return a function that runs pytest, 80 columns wide, in an empty folder.

    A killed session's temporary folders are removed with the test's own.
    """
    cache = make_cache(tmp_path_factory.mktemp("cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path_factory.mktemp("tmp")))
    monkeypatch.setenv("HOME", HOME)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)

    def run_pytest(*args: str | Path) -> pytest.RunResult:
        return pytester.runpytest_subprocess(*args, timeout=180)

    return run_pytest


@pytest.fixture
def project(pytester: pytest.Pytester, run: Run) -> Run:
    """Return a function that runs pytest in a folder with the small project."""
    write_project(pytester.path)
    return run


@pytest.fixture
def started(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Wrap both compilers, and return a function that lists their starts since the last call.

    Each start is "clang" or "rustc", and its product: an "object", some "output", or "asked".
    """
    from layoutcheck.compilers.find.programs import find_clang  # noqa: PLC0415 - only if a test asks

    log = pytester.path / "started.log"

    def wrap(name: str, command: str) -> None:
        program = pytester.path / f"noting-{name}"
        lines = ["#!/bin/sh", "what=asked", 'for word; do case "$word" in -c) what=object;;']
        lines += ["--emit*|metadata) what=output;; esac; done", f'echo {name} $what >> "{log}"']
        program.write_text("\n".join([*lines, f'exec {command} "$@"']) + "\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv(
            {"clang": "LAYOUTCHECK_CLANG", "rustc": "RUSTC_WRAPPER"}[name], str(program)
        )

    wrap("clang", shlex.join(find_clang().argv))
    wrap("rustc", "")

    def read() -> list[str]:
        lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
        log.unlink(missing_ok=True)
        return lines

    return read


@pytest.fixture
def counting_clang(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Wrap clang, and return a function that counts its compiles since the last call."""
    from layoutcheck.compilers.find.programs import find_clang  # noqa: PLC0415 - only if a test asks

    log, program = pytester.path / "compiled.log", pytester.path / "counting-clang"
    argv = " ".join(find_clang().argv)
    lines = ["#!/bin/sh", f'case "$*" in *" -c "*) echo x >> "{log}" ;; esac', f'exec {argv} "$@"']
    program.write_text("\n".join(lines) + "\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("LAYOUTCHECK_CLANG", str(program))

    def count() -> int:
        number = len(log.read_text(encoding="utf-8").split()) if log.is_file() else 0
        log.unlink(missing_ok=True)
        return number

    return count
