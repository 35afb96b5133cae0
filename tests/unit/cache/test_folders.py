"""folders.py: the folder of the cache, with a home and without."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from layoutcheck.cache.folders import cache_folder
from layoutcheck.compilers.find.rustc import has_core, list_rustcs
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.model.target import TARGETS

if TYPE_CHECKING:
    from pathlib import Path

# A container whose user is a number has no $HOME and no account.
WITHOUT_HOME = """
import os, pwd
def none(uid): raise KeyError(uid)
os.environ.pop("HOME", None)
pwd.getpwuid = none
from layoutcheck.cli import main
main(["doctor"])
"""


def test_the_users_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG_CACHE_HOME is used, and no folder is made."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "layoutcheck"
    assert not cache_folder().exists()


@pytest.mark.needs_rustc
def test_without_a_home(tmp_path: Path) -> None:
    """Without a home the error names XDG_CACHE_HOME; with XDG_CACHE_HOME there is no error."""
    command = [sys.executable, "-c", WITHOUT_HOME]
    finished = run(command, env={"XDG_CACHE_HOME": ""}, cwd=tmp_path)
    # A toolchain with the target's core needs no cached one.
    is_kept = not any(has_core(rustc, TARGETS[0]) for rustc in list_rustcs()[0])
    assert ("XDG_CACHE_HOME" in finished.stdout + finished.stderr) is is_kept
    assert "Traceback" not in finished.stderr
    assert list(tmp_path.iterdir()) == []
    finished = run(command, env={"XDG_CACHE_HOME": str(tmp_path)}, cwd=tmp_path)
    assert "XDG_CACHE_HOME" not in finished.stdout + finished.stderr
    assert "Traceback" not in finished.stderr
