"""A session's output and end: items, failures, the summary, JUnit, tracebacks."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shell_project import CELL, MANIFEST, write_project

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

Run = Callable[..., pytest.RunResult]
GENERIC = ("--kernel-conf", "GENERIC")
OUTCOMES = {"passed": 2, "failed": 3, "skipped": 1, "xfailed": 1}


def test_whole_output(project: Run) -> None:
    """Every kind of record has its outcome, in 80 columns and without a traceback."""
    result = project(*GENERIC, "-ra")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=2, failed=3, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines(
        [
            "layoutcheck.toml ..FxsFF*",
            "*__ amd64-GENERIC::bindings::iovec __*",
            "struct iovec  sys/_iovec.h:*  <->  bindings::iovec  bindings.rs:21",
            "!   8    8 size_t iov_len |   8    4 iov_len: u32",
            "! member-size  iov_len: C says 8 bytes (size_t), Rust 4 bytes (u32)",
            "*__ amd64-GENERIC::bindings::sx __*",
            "could not be checked:",
            "  rustc: struct `sx` is private*",
            "*__ amd64-GENERIC::bindings::absent::no_such_struct __*",
            "  the included headers do not define struct no_such_struct*",
            "*== layoutcheck ==*",
            "bindings against FreeBSD 14.* amd64 GENERIC*",
            "4 records compared: 2 agree, 1 differ, 1 waived; skipped: 1 opaque, 1 generic.",
            "2 could not be checked:",
            "note: layoutcheck.toml:13: the waiver for mtx waives nothing",
            "SKIPPED * bindings.rs*: opaque: it has no size*",
            f"XFAIL {CELL}::timeval - waived: only read through a pointer",
            f"FAILED {CELL}::iovec - iov_len: C says 8 b*",
            f"FAILED {CELL}::sx - could not be checked*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:*")
    # pytest itself does not cut the lines of waived and skipped tests, nor its list of plugins.
    own = [line for line in result.outlines if not line.startswith(("XFAIL", "SKIPPED", "plugins"))]
    assert [line for line in own if len(line) > 80] == []


@pytest.mark.parametrize("style", ["short", "long", "native"])
def test_traceback_styles(project: Run, style: str) -> None:
    """Traceback styles change nothing, because there is no traceback."""
    result = project(*GENERIC, f"--tb={style}", "-k", "iovec")
    result.stdout.fnmatch_lines(
        ["struct iovec  sys/_iovec.h:*", "!   8    8 size_t iov_len |   8    4 iov_len: u32"]
    )
    result.stdout.no_fnmatch_line("*.py:*")


def test_one_line_each(project: Run) -> None:
    """--tb=line prints one line for each failure, at its place in Rust."""
    result = project(*GENERIC, "--tb=line")
    shown = result.outlines
    start = next(number for number, line in enumerate(shown) if "FAILURES" in line)
    end = next(number for number, line in enumerate(shown) if "= layoutcheck =" in line)
    assert [line.split(": ")[0] for line in shown[start + 1 : end]] == [
        "bindings.rs:21",
        "bindings.rs:47",
        "bindings.rs:55",
    ]
    assert shown[start + 1].endswith("iov_len: C says 8 bytes (size_t), Rust 4 bytes (u32)")


def test_no_failures_shown(project: Run) -> None:
    """--tb=no prints the summary and pytest's short one only."""
    result = project(*GENERIC, "--tb=no")
    result.assert_outcomes(**OUTCOMES)
    result.stdout.no_fnmatch_line("*FAILURES*")
    result.stdout.fnmatch_lines(["4 records compared*", f"FAILED {CELL}::iovec - *"])


def test_waived_table_on_request(project: Run) -> None:
    """A waived record's layouts are shown with pytest's --xfail-tb."""
    result = project(*GENERIC, "--xfail-tb", "-k", "timeval")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "!   8    8 suseconds_t tv_usec |   8    4 tv_usec: i32",
            "! member-size  tv_usec: C says 8 bytes (suseconds_t), Rust 4 bytes (i32)*",
            "waived: only read through a pointer",
            "*1 xfailed*",
        ]
    )


def test_all_agree(pytester: pytest.Pytester, run: Run) -> None:
    """Bindings without a mistake give exit status 0."""
    source = "#[repr(C)] pub struct iovec { pub iov_base: *mut u8, pub iov_len: usize }"
    write_project(pytester.path, source=source, manifest=MANIFEST.partition("[[waive]]")[0])
    result = run(*GENERIC)
    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 record compared: 1 agree, 0 differ, 0 waived*"])


def test_problem_fails_a_green_session(pytester: pytest.Pytester, run: Run) -> None:
    """A missing header fails the session, although all items pass."""
    source = "#[repr(C)] pub struct iovec { pub iov_base: *mut u8, pub iov_len: usize }"
    manifest = MANIFEST.partition("[[waive]]")[0].replace('"sys/uio.h"', '"sys/uio.h", "sys/no.h"')
    write_project(pytester.path, source=source, manifest=manifest)
    result = run(*GENERIC)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["problem: <sys/no.h> does not compile: *'sys/no.h' file not*"])


def test_junit(project: Run, tmp_path: Path) -> None:
    """The XML names records by cell and module, with the mismatches in a line and the table."""
    path = tmp_path / "junit.xml"
    project(*GENERIC, f"--junitxml={path}")
    cases = {case.get("name", ""): case for case in ET.parse(path).iter("testcase")}  # noqa: S314 - our own
    assert {case.get("classname") for case in cases.values()} == {
        "layoutcheck.toml.amd64-GENERIC.bindings",
        "layoutcheck.toml.amd64-GENERIC.bindings.absent",
    }
    failure = cases["iovec"].find("failure")
    assert failure is not None
    assert failure.get("message") == "iov_len: C says 8 bytes (size_t), Rust 4 bytes (u32)"
    assert "!   8    8 size_t iov_len |   8    4 iov_len: u32" in (failure.text or "")
    waived = cases["timeval"].find("skipped")
    assert waived is not None
    assert waived.get("message") == "waived: only read through a pointer"
    assert cases["mtx"].find("failure") is None


def test_places_outside_of_rootdir(pytester: pytest.Pytester, run: Run) -> None:
    """Bindings outside of the root have right headings, ids and places."""
    write_project(pytester.path / "crate")
    folder = pytester.path / "project"
    manifest = MANIFEST.replace('"bindings.rs"', '"../crate/bindings.rs"')
    write_project(folder, manifest=manifest)
    (folder / "bindings.rs").unlink()
    junit = pytester.path / "junit.xml"
    result = run(*GENERIC, f"--rootdir={folder}", "-vv", f"--junitxml={junit}", folder)
    result.assert_outcomes(**OUTCOMES)
    result.stdout.fnmatch_lines(
        [
            f"project/{CELL}::mtx <- ../crate/bindings.rs PASSED*",
            "*__ amd64-GENERIC::bindings::iovec __*",
            "*<->  bindings::iovec  crate/bindings.rs:21",
        ]
    )
    names = [c.get("classname") for c in ET.parse(junit).iter("testcase")]  # noqa: S314 - our own
    assert "layoutcheck.toml.amd64-GENERIC.bindings" in names


def test_warnings_as_errors(project: Run) -> None:
    """A project that turns warnings into errors has the same verdicts."""
    result = project(*GENERIC, "-W", "error")
    result.assert_outcomes(**OUTCOMES)
