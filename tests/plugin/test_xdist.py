"""Sessions on xdist's workers: the same verdicts, compiled once, nothing left behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shell_project import CELL

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

Run = Callable[..., pytest.RunResult]
GENERIC = ("--kernel-conf", "GENERIC")


def _paragraph(result: pytest.RunResult) -> list[str]:
    lines = result.outlines
    start = next(number for number, line in enumerate(lines) if "= layoutcheck =" in line)
    end = next(number for number, line in enumerate(lines) if "short test summary" in line)
    return lines[start:end]


def test_same_as_one_process(
    project: Run,
    counting_clang: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Two workers find what one process finds, and only one of them compiles."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    alone = project(*GENERIC, "--no-layout-cache")
    compiled_alone = counting_clang()
    together = project(*GENERIC, "--no-layout-cache", "-n", "2")
    assert together.ret == alone.ret == pytest.ExitCode.TESTS_FAILED
    assert together.parseoutcomes() == alone.parseoutcomes()
    assert _paragraph(together) == _paragraph(alone)
    assert sorted(line for line in together.outlines if line.startswith("FAILED")) == sorted(
        line for line in alone.outlines if line.startswith("FAILED")
    )
    together.stdout.fnmatch_lines(["!   8    8 size_t iov_len |   8    4 iov_len: u32"])
    assert compiled_alone > 0
    assert counting_clang() == compiled_alone
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("layoutcheck")] == []


def test_reports(project: Run, pytester: pytest.Pytester) -> None:
    """The controller writes the reports, once."""
    result = project(*GENERIC, "-n", "2", "--layout-report", "json=out/run.json")
    result.stdout.fnmatch_lines(["report: out/run.json"])
    assert [path.name for path in (pytester.path / "out").iterdir()] == ["run.json"]


def test_selection(project: Run) -> None:
    """-k says once, not once a worker, that the paragraph is about more."""
    result = project(*GENERIC, "-n", "2", "-k", "mtx")
    assert result.ret == pytest.ExitCode.OK
    note = "note: only 1 of these 7 subjects were selected for this run"
    assert result.outlines.count(note) == 1


def test_node_id(project: Run) -> None:
    """A record's id can be selected."""
    project(*GENERIC, "-n", "2", f"{CELL}::iovec").assert_outcomes(failed=1)


def test_error_of_a_worker(project: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing compiler is one error, in words."""
    monkeypatch.setenv("LAYOUTCHECK_CLANG", "/nonexistent")
    result = project(*GENERIC, "-n", "2")
    assert result.ret != pytest.ExitCode.OK
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["LAYOUTCHECK_CLANG=/nonexistent: /nonexistent was not found"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_no_conf(project: Run) -> None:
    """What a worker noted is printed."""
    result = project("-n", "2")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.fnmatch_lines(["layoutcheck.toml: not checked: no kernel conf*"])


def test_no_manifest(pytester: pytest.Pytester, run: Run) -> None:
    """--kernel-conf that nothing was checked against does not pass, and is no internal error."""
    pytester.makepyfile("def test_one(): pass")
    result = run(*GENERIC, "-n", "2")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["--kernel-conf was given, but no layoutcheck.toml was collected"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
