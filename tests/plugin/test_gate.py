"""A session that was asked for a check and makes none is an error, without the engine."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.shell_project import CELL, write_headers

Run = Callable[..., pytest.RunResult]
GENERIC = ("--kernel-conf", "GENERIC")
SAID = "--kernel-conf was given, but no layoutcheck.toml was collected"

NOTE_MODULES = """
import sys

def pytest_unconfigure():
    ours = sorted(name for name in sys.modules if name.split(".")[0] == "layoutcheck")
    with open("modules.txt", "a") as file:
        print(*ours, file=file)
"""
PLUGIN = "layoutcheck layoutcheck.pytest_plugin layoutcheck.pytest_plugin.plugin"
GATE = PLUGIN.replace(".plugin", ".gate layoutcheck.pytest_plugin.plugin")
needs_tools = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]


@pytest.fixture
def beside(project: Run, pytester: pytest.Pytester) -> Run:
    """Return a function that runs pytest in a folder with a manifest, and `tests` with one test."""
    (pytester.mkdir("tests") / "test_one.py").write_text("def test_one(): pass\n")
    pytester.makeconftest(NOTE_MODULES)
    return project


def _imported(pytester: pytest.Pytester) -> set[str]:
    path = pytester.path / "modules.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.unlink()
    return set(lines)


def _refused(result: pytest.RunResult, *lines: str) -> None:
    """Assert that the session ends with the error, on either stream: xdist prints it late."""
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = pytest.LineMatcher([*result.outlines, *result.errlines])
    said.fnmatch_lines([f"*{line}" for line in lines])
    said.no_fnmatch_line("*INTERNALERROR*")


@pytest.mark.parametrize("more", [(), ("--co",), ("-n", "2"), ("-n", "0"), ("-k", "one")])
def test_a_folder_beside_the_manifest(
    beside: Run, pytester: pytest.Pytester, more: tuple[str, ...]
) -> None:
    """A manifest that pytest passes by but does not collect is an error with the right command."""
    result = beside(*GENERIC, *more, "tests")
    _refused(
        result,
        SAID,
        "nothing was checked: pytest was not told to collect layoutcheck.toml",
        f"hint: name it: pytest * {' '.join((*GENERIC, *more))} tests layoutcheck.toml",
    )
    assert _imported(pytester) <= {PLUGIN, GATE}


def test_testpaths(beside: Run, pytester: pytest.Pytester) -> None:
    """Without arguments, `testpaths` may leave the manifest out, which is an error."""
    pytester.makeini("[pytest]\ntestpaths = tests\n")
    _refused(
        beside(*GENERIC),
        SAID,
        "nothing was checked: testpaths does not name layoutcheck.toml",
        "hint: name it: pytest *--kernel-conf GENERIC layoutcheck.toml, or add it to testpaths",
    )


def test_no_option(beside: Run, pytester: pytest.Pytester) -> None:
    """Without an option, other tests run as if there were no manifest."""
    beside("tests").assert_outcomes(passed=1)
    assert _imported(pytester) == {PLUGIN}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--kernel-arch", "arm64"),
        ("--kernel-src", "src"),
        ("--kernel-release", "14"),
        ("--kernel-view", "module"),
        ("--layout-report", "html=x.html"),
        ("--layout-shard", "1/2"),
    ],
)
def test_every_option_that_asks(beside: Run, option: str, value: str) -> None:
    """Every option that names a kernel asks for a check, because the manifest may name a conf.

    So does an option for a report.
    """
    said = f"{option} was given, but no layoutcheck.toml was collected"
    _refused(beside(f"{option}={value}", "tests"), said)
    _refused(beside(option, value, "tests"), said)


def test_options_that_only_say_how(beside: Run) -> None:
    """Options of jobs and caches ask for no check."""
    result = beside("--layout-jobs", "1", "--layout-cache", "x", "tests")
    assert result.ret == pytest.ExitCode.OK


def test_started_elsewhere(
    beside: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A root of the session, or a working folder, below the manifest is an error."""
    _refused(beside(*GENERIC, "--rootdir=tests", "tests"), SAID, "*collect layoutcheck.toml")
    monkeypatch.chdir(pytester.path / "tests")
    _refused(beside(*GENERIC), SAID, "*collect ../layoutcheck.toml", "*GENERIC ../layoutcheck.toml")


def test_ignored(beside: Run) -> None:
    """`--ignore` of the manifest contradicts a conf, and is an error."""
    _refused(beside(*GENERIC, "--ignore=layoutcheck.toml"), SAID, "*collect layoutcheck.toml")


def test_pyproject(beside: Run, pytester: pytest.Pytester) -> None:
    """A pyproject.toml is named if it is a manifest."""
    (pytester.path / "layoutcheck.toml").unlink()
    pytester.makepyprojecttoml("[tool.layoutcheck.bindings]\npath = '.'\n")
    _refused(beside(*GENERIC, "tests"), SAID, "*tests pyproject.toml")


class TestAddopts:
    """An option in `addopts` asks in every session, unless single files are named."""

    @pytest.fixture(autouse=True)
    def addopts(self, pytester: pytest.Pytester) -> None:
        """Set a conf and a report for every session."""
        options = "--kernel-conf GENERIC --layout-report json=out.json"
        pytester.makeini(f"[pytest]\ntestpaths = tests\naddopts = {options}\n")

    @pytest.mark.parametrize("args", [(), ("tests",)])
    def test_folders(self, beside: Run, args: tuple[str, ...]) -> None:
        """A session of folders without a check is an error, not a pass."""
        _refused(beside(*args), SAID)

    @pytest.mark.parametrize("name", ["tests/test_one.py", "tests/test_one.py::test_one"])
    def test_files(self, beside: Run, name: str) -> None:
        """A session of one file is the user's choice, unless the option is typed, too."""
        assert beside(name).ret == pytest.ExitCode.OK
        _refused(beside(name, "--kernel-conf=GENERIC"), SAID)

    def test_reports(self, beside: Run, pytester: pytest.Pytester) -> None:
        """A report option alone asks for no check if there is nothing to report."""
        pytester.makeini("[pytest]\naddopts = --layout-report json=out.json\n")
        assert beside("tests").ret == pytest.ExitCode.OK

    def test_the_environment(
        self, beside: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """PYTEST_ADDOPTS asks like `addopts`."""
        (pytester.path / "tox.ini").unlink()
        monkeypatch.setenv("PYTEST_ADDOPTS", "--kernel-conf=GENERIC")
        _refused(beside("tests"), SAID)
        assert beside("tests/test_one.py").ret == pytest.ExitCode.OK


class TestCollected:
    """Collected manifests of which nothing is checked."""

    pytestmark = needs_tools

    @pytest.mark.parametrize(
        "selection", [("-k", "test_one"), ("-m", "mine"), ("--deselect", CELL)]
    )
    @pytest.mark.parametrize("workers", [(), ("-n", "2")])
    def test_deselected(
        self,
        beside: Run,
        pytester: pytest.Pytester,
        selection: tuple[str, ...],
        workers: tuple[str, ...],
    ) -> None:
        """A selection of tests is the user's choice, and the note names the rest."""
        mine = "import pytest\n@pytest.mark.mine\ndef test_one(): pass\n"
        (pytester.path / "tests" / "test_one.py").write_text(mine)
        pytester.makeini("[pytest]\nmarkers = mine: one\n")
        result = beside(*GENERIC, *selection, *workers)
        assert result.ret == pytest.ExitCode.OK
        result.assert_outcomes(passed=1, deselected=0 if workers else 7)
        result.stdout.fnmatch_lines(["note: none of these 7 subjects was selected for this run"])

    def test_last_failed(self, beside: Run, pytester: pytest.Pytester) -> None:
        """`--lf` that skips a manifest is the user's choice, and the engine is not imported."""
        (pytester.path / "tests" / "test_one.py").write_text("def test_one(): assert False\n")
        beside("tests").assert_outcomes(failed=1)
        _imported(pytester)
        result = beside(*GENERIC, "--lf", "tests", "layoutcheck.toml")
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.assert_outcomes(failed=1)
        assert not any("pipeline" in modules for modules in _imported(pytester))
        _refused(beside(*GENERIC, "--lf", "tests"), SAID)

    def test_one_of_two(self, run: Run, pytester: pytest.Pytester) -> None:
        """A manifest that was not collected has a note, unless another one was named."""
        for folder in (pytester.path, pytester.path / "a"):
            write_headers(folder, point="struct point { int x; int y; };")
        conf = ("--kernel-view", "kernel")
        note = "note: not collected, and so not checked: layoutcheck.toml"
        for workers in ((), ("-n", "2")):
            result = run(*conf, *workers, "a")
            assert result.ret == pytest.ExitCode.OK
            result.stdout.fnmatch_lines([note])
        for args in ((*conf, "a/layoutcheck.toml"), ("a",), conf):
            result = run(*args)
            assert result.ret == pytest.ExitCode.OK
            result.stdout.no_fnmatch_line("note: not collected*")

    @pytest.mark.parametrize("workers", [(), ("-n", "2")])
    def test_no_conf(self, beside: Run, workers: tuple[str, ...]) -> None:
        """An architecture without a conf is an error, even if other tests pass."""
        note = "layoutcheck.toml: not checked: no kernel conf*"
        _refused(beside(*workers, "--kernel-arch", "amd64"), note)
        result = beside(*workers)
        assert result.ret == pytest.ExitCode.OK
        result.stdout.fnmatch_lines([note])
