"""The command line on the real tools: its output and its exit status."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from layoutcheck import __version__
from layoutcheck.cli import main
from layoutcheck.compilers.find.programs import find_clang
from tests.shell_project import MANIFEST, SOURCE, make_cache, write_headers, write_project

needs_tools = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

COMMAND = str(Path(sysconfig.get_path("scripts")) / "layoutcheck")
CONF = MANIFEST.replace("[kernel]", '[kernel]\nconf = "GENERIC"')
GOOD = "#[repr(C)] pub struct iovec { pub iov_base: *mut u8, pub iov_len: usize }\n"
Command = Callable[..., Result]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use a cache of the tests' own, so that the user's cache does not fill up."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path_factory.mktemp("cache"))))


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return a function that runs `layoutcheck` in a folder with the small project."""
    write_project(tmp_path, manifest=CONF)
    monkeypatch.chdir(tmp_path)
    return lambda *args: CliRunner().invoke(
        main, args, prog_name="layoutcheck", catch_exceptions=False
    )


class TestCheck:
    """`layoutcheck check`."""

    pytestmark = needs_tools

    def test_differs(self, command: Command) -> None:
        """Each differing record is printed, then the summary; the exit status is 1."""
        result = command("check")
        assert result.exit_code == 1
        assert result.stderr == ""
        lines = result.stdout.splitlines()
        assert [line for line in lines if line.startswith(("struct", "(no C"))] == [
            "struct iovec  sys/_iovec.h:44  <->  bindings::iovec  bindings.rs:21",
            "struct sx  <->  bindings::sx  bindings.rs:47",
            "(no C record)  <->  bindings::absent::no_such_struct  bindings.rs:55",
        ]
        assert "!   8    8 size_t iov_len |   8    4 iov_len: u32" in lines
        counts = "4 records compared: 2 agree, 1 differ, 1 waived; skipped: 1 opaque, 1 generic."
        assert counts in lines
        assert "note: layoutcheck.toml:14: the waiver for mtx waives nothing" in lines
        assert max(map(len, lines)) <= 80
        assert "\033" not in result.stdout

    def test_agrees(self, command: Command, tmp_path: Path) -> None:
        """If all agree, only the summary is printed, with exit status 0."""
        write_project(tmp_path, source=GOOD, manifest=CONF.partition("[[waive]]")[0])
        result = command("check")
        assert result.exit_code == 0
        assert result.stdout.startswith("bindings against FreeBSD 14.")
        assert "1 record compared: 1 agree, 0 differ, 0 waived" in result.stdout

    def test_waived_alone(self, command: Command, tmp_path: Path) -> None:
        """A waived record does not fail the check."""
        start, end = SOURCE.index("#[repr(C)]\npub struct timeval"), SOURCE.index("// opaque")
        text = f"use core::ffi::c_int;\n{SOURCE[start:end]}"
        write_project(tmp_path, source=text, manifest=CONF)
        result = command("check")
        assert result.exit_code == 0
        assert "1 record compared: 0 agree, 0 differ, 1 waived" in result.stdout

    def test_two_cells(self, command: Command) -> None:
        """A difference in both cells is shown once."""
        result = command("check", "--kernel-conf", "GENERIC,MINIMAL", "--kernel-conf", "GENERIC")
        headings = re.findall(r"^== (.+) ==+$", result.stdout, re.MULTILINE)
        assert headings == ["all 2 cells"]
        assert "8 records compared in 2 cells: 4 agree, 2 differ, 2 waived" in result.stdout

    def test_reports(self, command: Command, tmp_path: Path) -> None:
        """Reports are written and named for every verdict."""
        result = command("check", "--report", "json=out/a.json", "--report", "html=out/a.html")
        assert result.exit_code == 1
        assert result.stdout.endswith("report: out/a.json\nreport: out/a.html\n")
        written = json.loads((tmp_path / "out/a.json").read_text(encoding="utf-8"))
        assert written["summary"]["differs"] == 1
        assert (tmp_path / "out/a.html").stat().st_size > 1000

    def test_in_github_actions(self, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        """The output has an annotation for each root cause and unchecked item, and only there."""
        assert "::error" not in command("check").stdout
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        found = re.findall(r"^::error file=(.*),line=(\d+),", command("check").stdout, re.MULTILINE)
        assert found == [("bindings.rs", line) for line in ("23", "47", "55")]

    def test_timings(self, command: Command) -> None:
        """Stages are printed with their seconds, longest first, and their sum."""
        result = command("check", "--timings")
        rows = re.findall(r"^ *([\d.]+) s  ([\w ]+)$", result.stdout, re.MULTILINE)
        seconds = [float(number) for number, _ in rows]
        assert {"rustdoc", "metadata", "rustc probe", "clang", "link", "dwarf"} <= {
            s for _, s in rows
        }
        assert rows[-1][1] == "total"
        assert seconds[:-1] == sorted(seconds[:-1], reverse=True)
        assert seconds[-1] == pytest.approx(sum(seconds[:-1]), abs=0.1)

    def test_pyproject(self, command: Command, tmp_path: Path) -> None:
        """Without a layoutcheck.toml, the table in pyproject.toml is the manifest."""
        (tmp_path / "layoutcheck.toml").unlink()
        tables = re.sub(r"^(\[+)", r"\1tool.layoutcheck.", CONF, flags=re.MULTILINE)
        (tmp_path / "pyproject.toml").write_text(tables, encoding="utf-8")
        for args in ([], ["pyproject.toml"], ["."]):
            assert "4 records compared" in command("check", *args).stdout


class TestSurface:
    """`layoutcheck surface`."""

    pytestmark = needs_tools

    def test_every_item_has_a_fate(self, command: Command, tmp_path: Path) -> None:
        """Every item has one line, and the sums are those of the lines."""
        more = "pub const NBBY: u32 = 8; pub const OWN: u8 = 1; const HIDDEN: u8 = 1;\n"
        write_project(tmp_path, source=f"{SOURCE}\n{more}", manifest=CONF)
        result = command("surface")
        assert result.exit_code == 0
        items, _, table = result.stdout.partition("\n\n")
        assert "constant    agrees          bindings::NBBY" in items.splitlines()
        assert "constant    not in C        bindings::OWN" in items.splitlines()
        assert "constant    not in C        bindings::HIDDEN" in items.splitlines()
        assert "record      differs         bindings::iovec  (record-size" not in table
        *_, total = table.splitlines()
        assert total.split()[0] == "all"
        *counts, whole = map(int, total.split()[1:])
        assert sum(counts) == whole == len(items.splitlines()) == 11

    def test_json(self, command: Command) -> None:
        """JSON has the states of the items."""
        fates = json.loads(command("surface", "--json").stdout)
        assert {"kind": "record", "rust_path": "bindings::mtx", "fate": "agrees"}.items() <= next(
            fate for fate in fates if fate["rust_path"] == "bindings::mtx"
        ).items()
        assert {fate["fate"] for fate in fates} >= {"agrees", "differs", "waived", "generic"}


class TestShow:
    """`layoutcheck show`."""

    pytestmark = needs_tools

    def test_one(self, command: Command) -> None:
        """A record is shown whole by its name, with sums for both sides."""
        result = command("show", "mtx")
        assert result.exit_code == 0
        assert "C and Rust agree." in result.stdout
        assert (
            "  24    8 volatile uintptr_t mtx_lock    |  24    8 mtx_lock: usize" in result.stdout
        )
        assert "C: size 32, alignment 8, members 2, holes 0 (0 bytes)" in result.stdout
        assert result.stdout.count("<->") == 1

    def test_difference_and_padding(self, command: Command) -> None:
        """A differing record is no error of `show`. Its padding is drawn and counted."""
        result = command("show", "bindings::iovec")
        assert result.exit_code == 0
        assert "C and Rust differ." in result.stdout
        assert "|  12    4 /* padding */" in result.stdout
        assert (
            "Rust: size 16, alignment 8, members 2, holes 0 (0 bytes), padding 4" in result.stdout
        )

    def test_explained(self, command: Command) -> None:
        """The reason for each C member's offset is shown, and clang agrees."""
        result = command("show", "bindings::iovec", "--explain")
        assert result.exit_code == 0
        _, _, why = result.stdout.partition("\nWhy C lays struct iovec out so, ")
        lines = why.splitlines()
        assert "    8     8      8      8  size_t iov_len  its type" in lines
        assert "Size 16, alignment 8: the greatest that a member asks for (iov_base)." in lines
        assert "not what clang says" not in why
        assert max(map(len, result.stdout.splitlines())) <= 80

    def test_explained_without_c(self, command: Command) -> None:
        """A record that C lacks has no explanation."""
        result = command("show", "no_such_struct", "--explain")
        assert result.exit_code == 0
        assert "Why C" not in result.stdout

    def test_pattern(self, command: Command) -> None:
        """A pattern shows all records that it matches."""
        result = command("show", "*time*")
        assert "bindings::timeval" in result.stdout
        assert "Waived: only read through a pointer" in result.stdout
        assert "bindings::mtx" not in result.stdout

    def test_not_checked(self, command: Command) -> None:
        """An unchecked record shows its reason."""
        result = command("show", "no_such_struct")
        assert result.exit_code == 0
        assert "Could not be checked: the included headers do not define" in result.stdout

    def test_two_cells(self, command: Command) -> None:
        """A table that is equal in both cells is shown once, and the heading says so."""
        result = command("show", "mtx", "--kernel-conf", "GENERIC,MINIMAL")
        assert re.findall(r"^== (.+) ==+$", result.stdout, re.MULTILINE) == ["all 2 cells"]

    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("mtxx", "hint: did you mean mtx?"),
            ("thread", "hint: it is opaque: it has no layout to compare"),
            ("list_of", "hint: it is generic: it has no layout to compare"),
            ("zzzzzz", "hint: it has 6 others"),
        ],
    )
    def test_unknown(self, command: Command, name: str, hint: str) -> None:
        """A missing record is an error with the closest name, or with the reason for no layout."""
        result = command("show", name)
        assert result.exit_code == 2
        assert result.stdout == ""
        said = [f"layoutcheck: bindings has no record '{name}'", hint]
        assert result.stderr.splitlines() == said


class TestDoctor:
    """`layoutcheck doctor`."""

    pytestmark = needs_tools

    def test_all_there(self, command: Command) -> None:
        """Each tool has its version, and a check can run."""
        result = command("doctor")
        assert result.exit_code == 0
        assert re.search(r"^clang +yes ", result.stdout, re.MULTILINE)
        assert re.search(r"^core for amd64 +yes ", result.stdout, re.MULTILINE)
        assert result.stdout.rstrip().endswith("A check can run.")

    def test_missing(self, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        """A missing tool gives the toolchain's exit status."""
        monkeypatch.setenv("LAYOUTCHECK_CLANG", "/nonexistent")
        result = command("doctor")
        assert result.exit_code == 3
        assert re.search(r"^clang +MISSING", result.stdout, re.MULTILINE)
        assert "A check can run." not in result.stdout

    def test_unknown_architecture(self, command: Command) -> None:
        """An unknown architecture is wrong input."""
        result = command("doctor", "--kernel-arch", "vax")
        assert result.exit_code == 2
        assert "unknown architecture 'vax'" in result.stderr


def test_version(command: Command) -> None:
    """The installed version is printed."""
    assert command("--version").stdout == f"layoutcheck, version {__version__}\n"


@pytest.mark.parametrize(
    "args",
    [["--help"], ["-h"], ["check", "-h"], ["show", "-h"], ["kernconf", "-h"], ["doctor", "-h"]],
)
def test_help(command: Command, args: list[str]) -> None:
    """Every help text has examples, each on a line of its own, and fits 80 columns."""
    result = command(*args)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    examples = lines[lines.index("  Examples:") + 1 :]
    assert len([line for line in examples if line.startswith("    layoutcheck ")]) >= 2
    assert max(map(len, lines)) <= 80


def test_wrong_command(command: Command) -> None:
    """An unknown command or option is a usage error with the closest one."""
    for args, close in ((["chek"], "'check'"), (["check", "--kernel-cnf", "X"], "'--kernel-conf'")):
        result = command(*args)
        assert result.exit_code == 2
        _, _, suggested = result.stderr.partition("Did you mean ")
        assert close in suggested


def _is_gone(pid: int) -> bool:
    """Return whether a process ends soon. An orphan is a zombie until init reaps it."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def _environment(tmp: Path, **more: str) -> Mapping[str, str]:
    return {**os.environ, "TMPDIR": str(tmp), "COLUMNS": "80", **more}


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_terminal(command: Command, tmp_path: Path) -> None:
    """A terminal shows progress, removed at the end, and colour; a pipe has neither."""
    write_headers(tmp_path, point="struct point { int x; long y; };")
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "check"], cwd=tmp_path, stdout=terminal, stderr=terminal, stdin=terminal
    ) as process:
        os.close(terminal)
        shown = b""
        while True:
            try:
                piece = os.read(controller, 65536)
            except OSError:  # Linux reports EIO, other systems the end of the input
                break
            if not piece:
                break
            shown += piece
        os.close(controller)
    assert process.returncode == 1
    text = shown.decode()
    assert "\r\033[Kcompiling 1 header" in text
    assert "\033[31m" in text
    last_progress = text.rindex(" ...")
    assert text.index("\033[K", last_progress) < text.index("struct point")
    piped = command("check")
    assert "\033" not in piped.output
    assert "compiling" not in piped.output


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
@pytest.mark.parametrize("variable", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_color(tmp_path: Path, variable: Mapping[str, str]) -> None:
    """A terminal has no colour if the user or the terminal wants none."""
    write_headers(tmp_path, point="struct point { int x; long y; };")
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "check"],
        cwd=tmp_path,
        env={**os.environ, "TERM": "xterm", **variable},
        stdout=terminal,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(terminal)
        shown = b""
        with contextlib.suppress(OSError):
            while piece := os.read(controller, 65536):
                shown += piece
        os.close(controller)
    assert process.returncode == 1
    assert b"struct point" in shown
    assert b"\033" not in shown


@pytest.mark.parametrize("args", [["doctor"], ["doctor", "--kernel-arch", "arm64"]])
def test_nobody_reads(args: list[str]) -> None:
    """A pipe without a reader gives the status of SIGPIPE, and no message."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        finished = subprocess.run(
            [COMMAND, *args], stdout=writing, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writing)
    assert (finished.returncode, finished.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full")
def test_full_disk() -> None:
    """Output that cannot be written is an error."""
    with Path("/dev/full").open("wb") as full:
        finished = subprocess.run(
            [COMMAND, "doctor"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert finished.returncode == 2
    assert finished.stderr == (
        "layoutcheck: the output cannot be written: No space left on device\n"
    )


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_interrupted(tmp_path: Path) -> None:
    """Ctrl-C during a compile gives status 130 promptly, and no process or folder is left."""
    write_headers(tmp_path, point="struct point { int x; int y; };")
    argv = " ".join(find_clang().argv)
    started, clang = tmp_path / "pid", tmp_path / "slow-clang"
    lines = ["#!/bin/sh", f'case "$*" in *" -c "*) ;; *) exec {argv} "$@" ;; esac']
    lines += ["sleep 60 &", f"echo $! > {started}.new && mv {started}.new {started}", "wait"]
    clang.write_text("\n".join(lines) + "\n", encoding="utf-8")
    clang.chmod(0o755)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with subprocess.Popen(
        [COMMAND, "check"],
        cwd=tmp_path,
        env=_environment(temporary, LAYOUTCHECK_CLANG=str(clang)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 60
        while not started.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        interrupted = time.monotonic()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
    assert time.monotonic() - interrupted < 5
    assert (process.returncode, stdout, stderr) == (130, "", "layoutcheck: interrupted\n")
    assert _is_gone(int(started.read_text(encoding="utf-8")))
    assert list(temporary.iterdir()) == []
