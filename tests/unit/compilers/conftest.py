"""Fixtures for the tests of compilers: a real rustc with sources, and programs of shell lines."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from layoutcheck.compilers.find.rustc import Rustc, find_library_sources, list_rustcs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def rustc() -> Rustc:
    """A rustc that `core` can be built with; without one the test is skipped, but fails in CI."""
    for candidate in list_rustcs()[0]:
        if candidate.problem is None and find_library_sources(candidate):
            return candidate
    reason = "no rustc with its sources: layoutcheck doctor --install"
    if "CI" in os.environ:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def make_program() -> Callable[[Path, str], Path]:
    """Return a function that makes an executable shell script at a path, of the lines given."""

    def make(path: Path, lines: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return make
