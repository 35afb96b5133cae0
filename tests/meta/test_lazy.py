"""A repository without a manifest pays nothing for the plugin."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys, pytest
code = pytest.main(["-q", "--collect-only", "-p", "no:cacheprovider"])
print("imported:", *sorted(sys.modules))
sys.exit(code)
"""
ENGINE = {"elftools", "jinja2", "tabulate", "click", "filelock", "platformdirs"}
ON_DEMAND = {"pycparser", "layoutcheck.abi"}
"""What only `show --explain` needs."""


def imported(folder: Path) -> tuple[int, set[str]]:
    """What `pytest --collect-only` in a folder ends with, and the modules that it imported."""
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": PLUGIN},
        capture_output=True,
        text=True,
        check=False,
    )
    last = finished.stdout.splitlines()[-1]
    assert last.startswith("imported:"), finished.stdout + finished.stderr
    return finished.returncode, set(last.split()[1:])


PLUGIN = "layoutcheck.pytest_plugin"  # other plugins import what they like


def test_without_a_manifest_no_engine(tmp_path: Path) -> None:
    """Of layoutcheck itself only the package and the plugin."""
    (tmp_path / "test_one.py").write_text("def test_one(): assert True\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    code, modules = imported(tmp_path)
    assert code == 0
    ours = {name for name in modules if name.partition(".")[0] == "layoutcheck"}
    assert ours == {"layoutcheck", PLUGIN}
    assert not (ENGINE | ON_DEMAND) & modules


def test_with_a_manifest_the_engine(tmp_path: Path) -> None:
    """The test above would fail if the plugin did import it."""
    (tmp_path / "layoutcheck.toml").write_text("[bindings]\npath = '.'\n")
    code, modules = imported(tmp_path)
    assert code == 5  # no conf is named: nothing to collect
    assert "layoutcheck.pipeline" in modules
    assert modules & ENGINE
    assert not ON_DEMAND & modules


def test_the_command_line_explains_only_if_asked() -> None:
    """`layoutcheck --help`, and all that it imports, is no parser of C."""
    program = "import sys, layoutcheck.cli; print(*sys.modules)"
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    modules = set(finished.stdout.split())
    assert "layoutcheck.pipeline" in modules
    assert not ON_DEMAND & modules
