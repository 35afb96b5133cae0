"""The plugin's options, missing plugins, and the cost for a repository without a manifest."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from layoutcheck.report import NAMES
from tests.shell_project import MANIFEST, write_headers, write_project

Run = Callable[..., pytest.RunResult]
GENERIC = ("--kernel-conf", "GENERIC")

# Modules that a session without a manifest must not import.
PRINT_MODULES = """
import sys

def pytest_sessionfinish():
    ours = sorted(name for name in sys.modules if name.split(".")[0] == "layoutcheck")
    theirs = [name for name in ("elftools", "click", "jinja2", "tabulate") if name in sys.modules]
    with open("modules.txt", "a") as file:
        print(*ours, *theirs, file=file)
"""


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
@pytest.mark.needs_headers
def test_reports(project: Run, pytester: pytest.Pytester) -> None:
    """Reports are written to new folders, and named."""
    result = project(
        *GENERIC, "--layout-report", "json=out/run.json", "--layout-report", "html=out/run.html"
    )
    result.stdout.fnmatch_lines(["report: out/run.json", "report: out/run.html"])
    written = json.loads((pytester.path / "out" / "run.json").read_text(encoding="utf-8"))
    assert written["schema"] == "layoutcheck/1"
    html = (pytester.path / "out" / "run.html").read_text(encoding="utf-8")
    assert html.lower().startswith("<!doctype html>")


@pytest.mark.parametrize("request_", ["jsn=x", "json", "json=", "=x"])
def test_bad_report(project: Run, request_: str) -> None:
    """A wrong report option is refused before anything is compiled."""
    result = project(*GENERIC, "--layout-report", request_)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [
            f"ERROR: '{request_}' is no report",
            f"hint: say FORMAT=PATH, where FORMAT is one of {', '.join(NAMES)}",
        ]
    )


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
@pytest.mark.needs_headers
def test_report_that_cannot_be_written(project: Run, pytester: pytest.Pytester) -> None:
    """A report whose folder cannot be made is an error, and the session does not pass."""
    pytester.makefile(".txt", file="")
    result = project(*GENERIC, "-k", "mtx", "--layout-report", "json=file.txt/run.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["file.txt/run.json: the report cannot be written: *"])


def test_help(run: Run) -> None:
    """The help of pytest has a group of layoutcheck's options, with all formats."""
    result = run("--help")
    result.stdout.fnmatch_lines(
        ["layouts of Rust kernel bindings (layoutcheck):", "  --kernel-conf*", "  --layout-report*"]
    )
    assert f"(formats: {', '.join(NAMES)})" in " ".join(result.stdout.str().split())


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_without_manifest(pytester: pytest.Pytester, run: Run, workers: tuple[str, ...]) -> None:
    """Without a manifest the engine is imported neither in workers nor in the controller."""
    pytester.makeconftest(PRINT_MODULES)
    pytester.makepyfile("def test_one(): pass")
    pytester.makepyprojecttoml("[project]\nname = 'x'\n")
    result = run(*workers)
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*= layoutcheck =*")
    processes = (pytester.path / "modules.txt").read_text(encoding="utf-8").splitlines()
    ours = "layoutcheck layoutcheck.pytest_plugin layoutcheck.pytest_plugin.plugin"
    assert processes == [ours] * (3 if workers else 1)


@pytest.mark.parametrize("args", [(), ("nosuch.py",)])
def test_conf_without_manifest(pytester: pytest.Pytester, run: Run, args: tuple[str, ...]) -> None:
    """`--kernel-conf` without a manifest is an error. A wrong path is the first error."""
    pytester.makepyfile("def test_one(): pass")
    result = run(*GENERIC, *args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    if args:
        result.stderr.fnmatch_lines(["ERROR: file or directory not found: nosuch.py"])
    else:
        result.stderr.fnmatch_lines(
            [
                "ERROR: --kernel-conf was given, but no layoutcheck.toml was collected",
                "hint: name it, e.g. pytest */layoutcheck.toml, or write one",
            ]
        )


def test_conf_of_nothing(project: Run) -> None:
    """An empty `--kernel-conf` is an error, not the manifest's conf."""
    result = project("--kernel-conf", "")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --kernel-conf names nothing"])


@pytest.mark.parametrize("option", ["--kernel-src", "--kernel-release"])
def test_option_of_nothing(project: Run, option: str) -> None:
    """Other empty options of the kernel are errors, too."""
    result = project(*GENERIC, option, "")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {option} names nothing"])


def test_without_the_plugin(project: Run) -> None:
    """With `-p no:layoutcheck` a manifest is no test file, and the options are unknown."""
    assert project("-p", "no:layoutcheck").ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result = project("-p", "no:layoutcheck", *GENERIC)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*unrecognized arguments: --kernel-conf*"])


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
@pytest.mark.needs_headers
def test_without_xdist(project: Run) -> None:
    """The plugin's hooks for xdist are no error without xdist."""
    result = project("-p", "no:xdist", *GENERIC)
    result.assert_outcomes(passed=2, failed=3, skipped=1, xfailed=1)


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
@pytest.mark.needs_headers
def test_without_a_terminal(project: Run) -> None:
    """Without the terminal's plugin there is only the exit status."""
    result = project("-p", "no:terminal", *GENERIC)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert result.outlines == []
    assert result.errlines == []


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("[kernel]", "[kernel"), "layoutcheck.toml:4: not a TOML file: *"),
        (("include", "includes"), "layoutcheck.toml:6: ?kernel?: unknown key 'includes'"),
        (("bindings.rs", "no.rs"), "no.rs: No such file or directory"),
        (('"14"', '"15.0"'), "ziglang *: these headers are of FreeBSD 14.*, not of 15.0"),
    ],
)
def test_errors(
    pytester: pytest.Pytester, run: Run, change: tuple[str, str], expected: str
) -> None:
    """Wrong input is one error of the manifest, never a traceback."""
    write_project(pytester.path, manifest=MANIFEST.replace(*change, 1))
    result = run(*GENERIC)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ERROR collecting layoutcheck.toml*", expected])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:*")


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
def test_header_that_does_not_compile(pytester: pytest.Pytester, run: Run) -> None:
    """A refused header fails the session, with clang's message and place."""
    write_headers(pytester.path, point="struct point { int x; int y; };", bad="#error nobody home")
    result = run()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["problem: <bad.h> does not compile:*", "*inc/bad.h:1:*"])
