"""Sessions on xdist's workers have the same verdicts, compile once, and leave nothing behind."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.shell_project import CELL, make_cache, write_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

Run = Callable[..., pytest.RunResult]
GENERIC = ("--kernel-conf", "GENERIC")
TIMES: Final[Mapping[str, str]] = {
    ".json": '\n "timings": ',
    ".html": '<section aria-labelledby="time">',
}
"""Begin of the times in a report, by its suffix; only times follow it."""


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
    """Two workers have the results of one process, and only one of them compiles."""
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


def test_every_way_to_share(
    pytester: pytest.Pytester,
    run: Run,
    started: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Every distribution of items gives the same reports without times, and starts a tool once.

    Two manifests have numbered reports; each session begins with an empty cache.
    """
    write_headers(pytester.path / "a", point="struct point { int x; int y; };")
    source = "#[repr(C)] pub struct rect { pub w: i64, pub h: i32 }\n"
    write_headers(pytester.path / "b", rect="struct rect { int w; int h; };", source=source)
    ways = ["-n 2", "-n auto", "", "-n 2 --dist loadfile", "-n 2 --dist loadgroup"]
    ways += ["-n 2 --dist worksteal", "-n 2 --dist load"]
    sessions = []
    for number, way in enumerate(["", *ways]):
        monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / str(number))))
        reports = (
            "--layout-report",
            f"json={number}/r.json",
            "--layout-report",
            f"html={number}/r.html",
        )
        result = run("-p", "no:cacheprovider", "a", "b", *way.split(), *reports)
        result.assert_outcomes(passed=1, failed=1)
        texts = [
            (path.name, path.read_text("utf-8").partition(TIMES[path.suffix])[0])
            for path in sorted((pytester.path / str(number)).iterdir())
        ]
        assert [name for name, _ in texts] == ["r-2.html", "r-2.json", "r.html", "r.json"]
        sessions.append((way, Counter(started()), texts))
    _, tools, texts = sessions[0]
    assert tools["rustc output"] == 4  # each manifest's bindings and probe
    assert tools["clang object"] > 0
    for way, others, other_texts in sessions[1:]:
        assert others == tools, way
        assert other_texts == texts, way


def test_worker_that_is_killed(
    project: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the worker that makes the run is killed, another one makes it, and none waits forever."""
    from layoutcheck.compilers.find.programs import find_clang  # noqa: PLC0415 - as the fixtures do

    program, mark = pytester.path / "killing-clang", pytester.path / "killed"
    kill = f'if mkdir "{mark}" 2> /dev/null; then kill -9 $PPID; exit 1; fi'
    compiles = f'case " $* " in *" -c "*) {kill} ;; esac'
    lines = ["#!/bin/sh", compiles, f'exec {shlex.join(find_clang().argv)} "$@"']
    program.write_text("\n".join(lines) + "\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("LAYOUTCHECK_CLANG", str(program))
    result = project(*GENERIC, "-n", "2")
    assert mark.is_dir()
    result.assert_outcomes(passed=2, failed=3, skipped=1, xfailed=1)


def test_selection(project: Run) -> None:
    """With -k the note that the summary is about more is printed once, not once a worker."""
    result = project(*GENERIC, "-n", "2", "-k", "mtx")
    assert result.ret == pytest.ExitCode.OK
    note = "note: only 1 of these 7 subjects were selected for this run"
    assert result.outlines.count(note) == 1


def test_node_id(project: Run) -> None:
    """A record's id can be selected."""
    project(*GENERIC, "-n", "2", f"{CELL}::iovec").assert_outcomes(failed=1)


def test_error_of_a_worker(project: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing compiler is one error without a traceback."""
    monkeypatch.setenv("LAYOUTCHECK_CLANG", "/nonexistent")
    result = project(*GENERIC, "-n", "2")
    assert result.ret != pytest.ExitCode.OK
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["LAYOUTCHECK_CLANG=/nonexistent: /nonexistent was not found"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_no_conf(project: Run) -> None:
    """Notes of a worker are printed."""
    result = project("-n", "2")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.fnmatch_lines(["layoutcheck.toml: not checked: no kernel conf*"])


def test_no_manifest(pytester: pytest.Pytester, run: Run) -> None:
    """--kernel-conf without a check does not pass, and is no internal error."""
    pytester.makepyfile("def test_one(): pass")
    result = run(*GENERIC, "-n", "2")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["--kernel-conf was given, but no layoutcheck.toml was collected"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
