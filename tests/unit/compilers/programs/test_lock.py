"""A lock that two want: another process is announced, and a thread of this run does not wait."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from filelock import Timeout

from layoutcheck.compilers.programs.lock import lock_file

HOLD = """
import sys, time
from pathlib import Path
from layoutcheck.compilers.programs.lock import lock_file
with lock_file(Path(sys.argv[1]), "it", print):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def test_another_process(tmp_path: Path) -> None:
    """Waiting for another process is announced, and a timeout is an error."""
    argv = [sys.executable, "-c", HOLD, str(tmp_path / "lock"), "60"]
    heard: list[str] = []
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(Timeout),
            lock_file(tmp_path / "lock", "it", heard.append, timeout=0.1),
        ):
            pytest.fail("it was held")
        holder.kill()
        with lock_file(tmp_path / "lock", "it", heard.append):
            pass
    assert heard[0] == "waiting for another process that builds it"


def test_another_thread_of_this_run(tmp_path: Path) -> None:
    """One run describes and compiles a crate side by side: it does not wait for itself."""
    heard: list[str] = []
    order: list[str] = []
    held = threading.Event()

    def hold() -> None:
        with lock_file(tmp_path / "lock", "it", heard.append):
            held.set()
            time.sleep(1)
            order.append("first")

    first = threading.Thread(target=hold)
    first.start()
    held.wait()
    with lock_file(tmp_path / "lock", "it", heard.append):
        order.append("second")
    first.join()
    assert order == ["first", "second"]
    assert heard == []
