"""A repository without a manifest pays no import of the engine for the plugin."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from layoutcheck.cli import COMMANDS, main

PROGRAM = """
import sys, pytest
code = pytest.main(["-q", "--collect-only", "-p", "no:cacheprovider"])
print("imported:", *sorted(sys.modules))
sys.exit(code)
"""
ENGINE = {"elftools", "jinja2", "tabulate", "click", "filelock", "platformdirs"}
ON_DEMAND = {"pycparser", "layoutcheck.abi"}
"""Modules that only `show --explain` needs."""


def imported(folder: Path) -> tuple[int, set[str]]:
    """Return the status of `pytest --collect-only` in a folder, and the imported modules."""
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


PLUGIN = "layoutcheck.pytest_plugin.plugin"  # other plugins import what they like


def test_without_a_manifest_no_engine(tmp_path: Path) -> None:
    """Without a manifest only the plugin and its packages are imported."""
    (tmp_path / "test_one.py").write_text("def test_one(): assert True\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    code, modules = imported(tmp_path)
    assert code == 0
    ours = {name for name in modules if name.partition(".")[0] == "layoutcheck"}
    assert ours == {"layoutcheck", "layoutcheck.pytest_plugin", PLUGIN}
    assert not (ENGINE | ON_DEMAND) & modules


def test_with_a_manifest_the_engine(tmp_path: Path) -> None:
    """With a manifest the engine is imported, so the test above can fail."""
    (tmp_path / "layoutcheck.toml").write_text("[bindings]\npath = '.'\n")
    code, modules = imported(tmp_path)
    assert code == 5  # no conf is named: nothing to collect
    assert "layoutcheck.run.pipeline" in modules
    assert modules & ENGINE
    assert not ON_DEMAND & modules


def imported_by(program: str) -> set[str]:
    """Return the modules that a program has imported at its end."""
    program = f"import atexit, sys; atexit.register(lambda: print(*sys.modules))\n{program}"
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(finished.stdout.split())


def test_the_command_line_explains_only_if_asked() -> None:
    """`layoutcheck show` imports neither a parser of C nor HTML until they are needed."""
    modules = imported_by("import layoutcheck.cli.show, layoutcheck.cli.check")
    assert "layoutcheck.run.pipeline" in modules
    assert not (ON_DEMAND | {"jinja2"}) & modules


def test_a_run_of_which_nothing_changed_reads_no_object_and_writes_no_report() -> None:
    """A run without changes imports no reader of objects and no report."""
    modules = imported_by("import layoutcheck.cli.check")
    assert "layoutcheck.run.checking" in modules
    once_more = {
        "layoutcheck.compilers.dwarf",
        "elftools",
        "layoutcheck.compilers.llvm_ir",
        "layoutcheck.report.html",
    }
    assert not (once_more | {"layoutcheck.report.terminal", "tabulate", "jinja2"}) & modules


def test_the_help_imports_no_command() -> None:
    """The help imports neither a command nor the engine."""
    modules = imported_by("from layoutcheck.cli import main; main(['--help'])")
    assert "layoutcheck.cli" in modules
    assert not (ON_DEMAND | ENGINE - {"click"} | {"layoutcheck.run.pipeline", "tomllib"}) & modules


def test_the_help_says_of_commands_what_they_say() -> None:
    """The help's line of each command is the one that click would make."""
    context = click.Context(main)
    for name, line in COMMANDS.items():
        command = main.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str(66) == line
