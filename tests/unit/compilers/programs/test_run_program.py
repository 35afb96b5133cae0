"""process.run: output, environment, and that nothing survives a timeout or Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from layoutcheck.compilers.programs import run_program as process
from layoutcheck.compilers.programs.run_program import render_command, run
from layoutcheck.errors import ToolchainError

# A parent and a child that both ignore SIGTERM; the child's pid goes to the file argv[1].
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    with open(sys.argv[1] + ".new", "w") as pid_file:
        pid_file.write(str(os.getpid()))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(60)
"""


def lives(pid: int) -> bool:
    """Return whether a process runs. A zombie does not run."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def wait_until_dead(pid: int) -> bool:
    """Wait up to twenty seconds, for a busy machine, and return whether the process is gone."""
    deadline = time.monotonic() + 20
    while lives(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not lives(pid)


def test_output_and_status() -> None:
    """Both streams, the exit status, and bytes that are no UTF-8 come back."""
    code = "import os; os.write(1, b'a\\xffb'); os.write(2, b'err'); os._exit(7)"
    finished = run([sys.executable, "-c", code])
    assert (finished.returncode, finished.stdout, finished.stderr) == (7, "a\ufffdb", "err")
    assert not finished.succeeded
    assert finished.words == "err"
    assert finished.argv == (sys.executable, "-c", code)
    assert 0 < finished.seconds < 30


def test_much_output_does_not_block() -> None:
    """Output on both streams of more than a pipe holds does not block."""
    code = "import sys; sys.stdout.write('o' * 300000); sys.stderr.write('e' * 300000)"
    finished = run([sys.executable, "-c", code])
    assert (len(finished.stdout), len(finished.stderr)) == (300_000, 300_000)


def test_no_shell() -> None:
    """An argument with shell characters arrives as it is."""
    argument = "$HOME; echo `x` > y"
    finished = run([sys.executable, "-c", "import sys; print(sys.argv[1])", argument])
    assert finished.stdout == argument + "\n"


def test_environment_overlay(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value overrides, an empty one removes, the rest stays."""
    monkeypatch.setenv("LC_TEST_KEPT", "kept")
    monkeypatch.setenv("LC_TEST_GONE", "gone")
    code = "import os; print([os.environ.get('LC_TEST_' + n) for n in ('KEPT', 'GONE', 'NEW')])"
    finished = run([sys.executable, "-c", code], env={"LC_TEST_GONE": "", "LC_TEST_NEW": "new"})
    assert finished.stdout == "['kept', None, 'new']\n"


def test_working_directory(tmp_path: Path) -> None:
    """`cwd` is where the program runs; a missing one is named."""
    finished = run([sys.executable, "-c", "import os; print(os.getcwd())"], cwd=tmp_path)
    assert Path(finished.stdout.strip()) == tmp_path.resolve()
    with pytest.raises(ToolchainError, match="missing to run in does not exist"):
        run([sys.executable], cwd=tmp_path / "missing")


def test_stdin_is_empty() -> None:
    """A program that asks a question gets no answer and does not wait for one."""
    finished = run([sys.executable, "-c", "import sys; print(repr(sys.stdin.read()))"])
    assert finished.stdout == "''\n"


def test_missing_program() -> None:
    """A missing program is an error with a hint."""
    with pytest.raises(ToolchainError, match="layoutcheck-no-such was not found") as caught:
        run(["layoutcheck-no-such", "--version"])
    assert caught.value.where == "layoutcheck-no-such --version"
    assert caught.value.hint is not None


@pytest.mark.parametrize("content", [b"", b"\x7fELF junk"])
def test_program_that_cannot_run(tmp_path: Path, content: bytes) -> None:
    """A file that is not executable, or no program, is an error."""
    program = tmp_path / "program"
    program.write_bytes(content)
    if content:
        program.chmod(0o755)
    with pytest.raises(ToolchainError, match="cannot be run"):
        run([str(program)])


def test_timeout_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program and its child that ignore SIGTERM are both gone after the timeout."""
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.2)
    pid_file = tmp_path / "pid"
    with pytest.raises(ToolchainError, match=r"did not finish within 1\.5 seconds") as caught:
        run([sys.executable, "-c", STUBBORN, str(pid_file)], timeout=1.5)
    assert str(pid_file) in str(caught.value)
    assert wait_until_dead(int(pid_file.read_text()))


def test_interrupt_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the program and its child, and is still raised."""
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.2)
    pid_file = tmp_path / "pid"

    def interrupt() -> None:
        while not pid_file.exists():
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt, daemon=True)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        run([sys.executable, "-c", STUBBORN, str(pid_file)], timeout=30)
    thread.join()
    assert wait_until_dead(int(pid_file.read_text()))


def test_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long run is announced while it lasts, and loses no output."""
    monkeypatch.setattr(process, "HEARTBEAT_SECONDS", 0.1)
    beats: list[float] = []
    code = "import time; print('a', flush=True); time.sleep(0.5); print('b')"
    finished = run([sys.executable, "-c", code], heartbeat=beats.append)
    assert finished.stdout == "a\nb\n"
    assert len(beats) >= 2
    assert beats == sorted(beats)


def test_render_command() -> None:
    """A rendered command can be pasted into a shell."""
    assert render_command(["pip", "install", "ziglang>=0.15.2"]) == "pip install 'ziglang>=0.15.2'"
