"""Faults during a run: the next verdicts are right or the error is clear, and nothing is left."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from layoutcheck.compilers.find.programs import find_clang
from layoutcheck.compilers.programs import run_program as process
from layoutcheck.errors import ToolchainError
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.shell_project import make_cache, write_headers, write_project

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

PROGRAM = "from layoutcheck.cli import main; main()"
CHECK = ("-c", PROGRAM, "check", "--kernel-conf", "GENERIC", "--kernel-arch", "amd64")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small project with a cache of its own, which is the working folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    write_project(tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


def start(*more: str) -> subprocess.Popen[bytes]:
    """Start `layoutcheck check` of the project."""
    return subprocess.Popen(
        [sys.executable, *CHECK, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def check(*more: str) -> tuple[int, str]:
    """Return its exit status and its whole output."""
    running = start(*more)
    out, err = running.communicate(timeout=180)
    return running.returncode, out.decode() + err.decode()


def found(*more: str) -> dict[str, Any]:
    """Return its JSON report without times."""
    status, said = check("--report", "json=run.json", *more)
    assert status == 1, said
    report: dict[str, Any] = json.loads(Path("run.json").read_text(encoding="utf-8"))
    del report["timings"]
    return report


def wrap_clang(path: Path, script: str) -> str:
    """Write a clang that runs a shell script when it compiles; `"$@"` is the real command.

    Without a file `fault` in its folder, it is clang itself.
    """
    real = " ".join(find_clang().argv)
    here = path.parent
    lines = (
        "#!/bin/sh",
        f'set -- {real} "$@"',
        f'case "$*" in *" -c "*) if [ -e "{here}/fault" ]; then',
        script,
        "fi ;; esac",
        'exec "$@"',
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(0o755)
    (here / "fault").touch()
    return str(path)


Wrap = Callable[[str], None]


@pytest.fixture
def clang_that(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Wrap:
    """Return a function that puts a clang with a fault in front of the real one."""
    wrapper = folder.parent / "clang-with-fault"
    return lambda script: monkeypatch.setenv("LAYOUTCHECK_CLANG", wrap_clang(wrapper, script))


def mend(folder: Path) -> None:
    """Remove the fault."""
    (folder.parent / "fault").unlink()


def wait_for(path: Path) -> None:
    """Wait until the file exists."""
    until = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < until, f"no {path}"
        time.sleep(0.02)


def stray(mark: str) -> list[str]:
    """Return the command lines of processes that contain the mark."""
    listed = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            listed += [command] if mark in command else []
    return listed


def assert_nothing_left(mark: str) -> None:
    """Assert that no process with the mark is left after five seconds."""
    time.sleep(0.5)  # a newly started process begins
    until = time.monotonic() + 5
    while stray(mark) and time.monotonic() < until:
        time.sleep(0.05)
    assert stray(mark) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_ended_in_the_middle_of_a_compile(
    folder: Path, clang_that: Wrap, number: signal.Signals
) -> None:
    """If a run is ended, its compilers end, too, and the next run has the right results."""
    sleeps = f"sleep 4321.{os.getpid()}{number:d}"
    clang_that(f'{sleeps} & touch "{folder}/compiling"; {sleeps}')
    running = start()
    wait_for(folder / "compiling")
    running.send_signal(number)
    _, said = running.communicate(timeout=30)
    assert running.returncode == (130 if number == signal.SIGINT else -number)
    assert b"Traceback" not in said
    assert_nothing_left(sleeps)
    mend(folder)
    after = found()
    shutil.rmtree(folder.parent / "cache" / "layoutcheck" / "layouts")
    assert after == found("--no-cache")


def test_pytest_interrupted_under_xdist(folder: Path, clang_that: Wrap) -> None:
    """An interrupt under xdist is an interrupt, not a usage error, and compilers end."""
    sleeps = f"sleep 4323.{os.getpid()}"
    clang_that(f'touch "{folder}/compiling"; {sleeps}')
    arguments = ("-n", "2", "-p", "no:cacheprovider", *CHECK[3:], "layoutcheck.toml")
    running = subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    wait_for(folder / "compiling")
    os.killpg(running.pid, signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    assert b"KeyboardInterrupt" in said
    assert b"no layoutcheck.toml was collected" not in said
    assert running.returncode == pytest.ExitCode.INTERRUPTED
    assert_nothing_left(sleeps)


@pytest.mark.parametrize("count", [2, 8])
def test_processes_on_one_cold_cache(folder: Path, count: int) -> None:
    """Each process has the same results, and no partial entry is left."""
    all_running = [start("--report", f"json={number}.json") for number in range(count)]
    for running in all_running:
        _, said = running.communicate(timeout=180)
        assert running.returncode == 1, said.decode()
    reports = []
    for number in range(count):
        report = json.loads(Path(f"{number}.json").read_text(encoding="utf-8"))
        del report["timings"]
        reports.append(report)
    assert reports == [reports[0]] * count
    assert reports[0] == found("--no-cache")
    assert not list(
        (folder.parent / "cache" / "layoutcheck" / "layouts").rglob("layoutcheck-part-*")
    )


def test_damaged_entries(folder: Path) -> None:
    """Truncated, changed and foreign entries are made anew."""
    first = found()
    layouts = folder.parent / "cache" / "layoutcheck" / "layouts"
    paths = sorted(path for path in layouts.rglob("*") if path.is_file())
    assert len(paths) > 4
    for number, path in enumerate(paths):
        content = path.read_bytes()
        path.write_bytes(
            (content[: len(content) // 2], content[:-1] + b"\0", b"", os.urandom(99))[number % 4]
        )
    assert found() == first
    assert found() == first


@pytest.mark.parametrize("warm", [False, True])
def test_a_cache_that_cannot_be_written(folder: Path, *, warm: bool) -> None:
    """A cache that cannot be written gives one note, and the same results."""
    first = found("--no-cache")
    place = folder.parent / "place"
    if warm:
        place.touch()  # not even a folder; root writes into those without the permission
    after = found("--cache", str(place / "layouts"))
    notes = [note for note in after["notes"] if "results cannot be cached" in note]
    assert len(notes) == (1 if warm else 0)
    after["notes"] = [note for note in after["notes"] if note not in notes]
    assert after == first


def test_a_full_disk(folder: Path) -> None:
    """A full disk gives one note, and the verdicts are the same."""
    first = found("--no-cache")
    place = folder.parent / "small"
    place.mkdir()
    command = shlex.join(
        (sys.executable, *CHECK, "--report", "json=run.json", "--cache", f"{place}/c")
    )
    script = f"mount -t tmpfs -o size=16k none {place} || exit 99; {command}"
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no unshare(1)")
    ended = subprocess.run(
        [unshare, "-rm", "sh", "-c", script], capture_output=True, timeout=180, check=False
    )
    if ended.returncode == 99 or b"unshare" in ended.stderr:
        pytest.skip(f"no file system of our own: {ended.stderr.decode().strip()}")
    after = json.loads(Path("run.json").read_text(encoding="utf-8"))
    del after["timings"]
    notes = [note for note in after["notes"] if "results cannot be cached" in note]
    assert len(notes) == 1
    assert "No space left on device" in notes[0]
    after["notes"] = [note for note in after["notes"] if note not in notes]
    assert after == first


def test_a_compiler_that_hangs(
    folder: Path, clang_that: Wrap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hanging compiler is ended with its children, and the error says that it did not finish."""
    sleeps = f"sleep 4322.{os.getpid()}"
    clang_that(f"{sleeps} & {sleeps}")
    monkeypatch.setattr(process, "TIMEOUT_SECONDS", 3.0)
    pipeline = Pipeline(
        read_manifest(folder / "layoutcheck.toml"), Options(kernel_conf=("GENERIC",))
    )
    with pytest.raises(ToolchainError, match="did not finish within 3 seconds"):
        pipeline.verify()
    assert_nothing_left(sleeps)


@pytest.mark.parametrize(
    ("script", "status", "words"),
    [
        ("kill -s SEGV $$", 3, "clang failed: it was ended by SIGSEGV"),
        ('yes "x.c:1:1: error: no" | head -c 1000000 >&2; exit 1', 2, "clang failed"),
        ('"$@"; truncate -s 300 probe-c.o; exit 0', 3, "probe-c"),
        ('"$@"; : > probe-c.o; exit 0', 3, "probe-c"),
        ("exit 0", 3, "probe-c"),
    ],
    ids=["crash", "a megabyte of errors", "truncated object", "empty object", "no object"],
)
def test_a_compiler_that_fails(
    folder: Path, clang_that: Wrap, script: str, status: int, words: str
) -> None:
    """A failing compiler gives one short error. Without the fault, the results are right."""
    clang_that(script)
    ended, said = check()
    assert ended == status, said
    assert words in said
    assert "Traceback" not in said
    assert len(said) < 10_000
    mend(folder)
    assert found() == found("--no-cache")


@pytest.mark.parametrize(
    ("text", "appears"),
    [
        ('#include "fields.def"', "inc/sys/fields.def"),
        ("#if __has_include(<new/x.inc>)\n#define LARGE\n#endif", "inc/new/x.inc"),
        ('#if __has_include("../../other/x.h")\n#define LARGE\n#endif', "other/x.h"),
    ],
    ids=["hides another", "in a new folder", "outside"],
)
def test_a_file_that_appears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, appears: str
) -> None:
    """A new file that no header has read may change the next run's result."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    body = "struct point { long x, y; };\n#else\nstruct point { int x, y; };"
    header = f"{text}\n#ifdef LARGE\n{body}\n#endif"
    manifest = write_headers(tmp_path, **{"sys/point": header})
    (tmp_path / "inc" / "fields.def").write_text("", encoding="utf-8")
    arguments = [sys.executable, *CHECK, str(manifest)]

    def status() -> int:
        return subprocess.run(arguments, capture_output=True, timeout=180, check=False).returncode

    assert [status(), status()] == [0, 0]
    (tmp_path / appears).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / appears).write_text("#define LARGE\n", encoding="utf-8")
    assert status() == 1


def test_a_header_that_changes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a header changes during a run, the next run sees the header as it is then."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    small, large = "struct point { int x, y; };", "struct point { long x, y; };"
    manifest = write_headers(tmp_path, point=small)
    header = tmp_path / "inc" / "point.h"
    monkeypatch.setenv(
        "LAYOUTCHECK_CLANG",
        wrap_clang(
            tmp_path / "clang", f"\"$@\"; status=$?; echo '{large}' > {header}; exit $status"
        ),
    )
    arguments = [sys.executable, *CHECK, str(manifest)]

    def status() -> int:
        ended = subprocess.run(arguments, capture_output=True, timeout=180, check=False)
        return ended.returncode

    assert status() in {0, 1}  # the former or the later one, which clang compiled last
    (tmp_path / "fault").unlink()
    assert status() == 1
    header.write_text(small + "\n", encoding="utf-8")
    assert status() == 0
