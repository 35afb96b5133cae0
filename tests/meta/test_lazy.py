"""A repository without a manifest pays nothing for the plugin."""

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


PLUGIN = "layoutcheck.pytest_plugin.plugin"  # other plugins import what they like


def test_without_a_manifest_no_engine(tmp_path: Path) -> None:
    """Of layoutcheck itself only the packages around the plugin, and that."""
    (tmp_path / "test_one.py").write_text("def test_one(): assert True\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    code, modules = imported(tmp_path)
    assert code == 0
    ours = {name for name in modules if name.partition(".")[0] == "layoutcheck"}
    assert ours == {"layoutcheck", "layoutcheck.pytest_plugin", PLUGIN}
    assert not (ENGINE | ON_DEMAND) & modules


def test_with_a_manifest_the_engine(tmp_path: Path) -> None:
    """The test above would fail if the plugin did import it."""
    (tmp_path / "layoutcheck.toml").write_text("[bindings]\npath = '.'\n")
    code, modules = imported(tmp_path)
    assert code == 5  # no conf is named: nothing to collect
    assert "layoutcheck.run.pipeline" in modules
    assert modules & ENGINE
    assert not ON_DEMAND & modules


def imported_by(program: str) -> set[str]:
    """The modules that a program has imported when it ends."""
    program = f"import atexit, sys; atexit.register(lambda: print(*sys.modules))\n{program}"
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(finished.stdout.split())


def test_the_command_line_explains_only_if_asked() -> None:
    """`layoutcheck show`, and all that it imports, is no parser of C, and no HTML."""
    modules = imported_by("import layoutcheck.cli.show, layoutcheck.cli.check")
    assert "layoutcheck.run.pipeline" in modules
    assert not (ON_DEMAND | {"jinja2"}) & modules


def test_a_run_of_which_nothing_changed_reads_no_object_and_writes_no_report() -> None:
    """What does that is imported by whoever has to do it."""
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
    """Nor the engine, nor what it needs."""
    modules = imported_by("from layoutcheck.cli import main; main(['--help'])")
    assert "layoutcheck.cli" in modules
    assert not (ON_DEMAND | ENGINE - {"click"} | {"layoutcheck.run.pipeline", "tomllib"}) & modules


def test_the_help_says_of_commands_what_they_say() -> None:
    """Its lines are those that click would make."""
    context = click.Context(main)
    for name, line in COMMANDS.items():
        command = main.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str(66) == line
