"""running_programs.py: the programs that run now, how many, and that none outlives us.

Programs are small shell scripts and Python: it does not matter what they do.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from layoutcheck.compilers.programs.run_program import run
from layoutcheck.compilers.programs.running_programs import (
    available_cores,
    limit_programs,
    marked,
    program_slot,
    registered,
    stop_programs,
)

MANY = 1024
"""The default of programs that run at a time."""


def lives(pid: int) -> bool:
    """Return whether a process runs. A zombie does not run."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition: Callable[[], bool]) -> bool:
    """Wait up to twenty seconds, for a busy machine, and return whether the condition is true."""
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


@pytest.fixture
def limited() -> Iterator[Callable[[int], None]]:
    """Return a function that sets how many programs run at a time, until the test ends."""
    yield limit_programs
    limit_programs(MANY)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no system call for that")
def test_cores_are_those_that_this_process_may_use() -> None:
    """A container or `taskset` may leave fewer than the machine has."""
    assert 1 <= available_cores() <= (os.cpu_count() or 1)
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, allowed[:1])
    try:
        assert available_cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)


@pytest.mark.parametrize("limit", [1, 2])
def test_no_more_programs_than_the_limit_run_at_a_time(
    limit: int, limited: Callable[[int], None], tmp_path: Path
) -> None:
    """The programs that run at the same time are counted by each: the most is the limit."""
    limited(limit)
    script = (
        f'touch {tmp_path}/on.$$; ls {tmp_path} | grep -c "^on"; sleep 0.05; rm {tmp_path}/on.$$'
    )
    with ThreadPoolExecutor(6) as threads:
        counts = list(threads.map(lambda _: int(run(["sh", "-c", script]).stdout), range(6)))
    assert max(counts) == limit


def test_a_slot_is_free_again_after_an_error(limited: Callable[[int], None]) -> None:
    """A slot is free again after an error, so that the next program can start."""
    limited(1)
    for _ in range(2):
        with pytest.raises(ValueError, match="no"), program_slot():
            raise ValueError("no")


def test_programs_that_run_are_ended_by_a_stop() -> None:
    """A stop sends SIGTERM to the whole group of each running program."""
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(run, ["sh", "-c", "sleep 60 & echo $!; wait"])
        time.sleep(0.2)
        began = time.monotonic()
        while not running.done() and time.monotonic() - began < 20:
            with stop_programs():
                time.sleep(0.05)
        finished = running.result(1)
    assert finished.returncode == -signal.SIGTERM
    assert wait_for(lambda: not lives(int(finished.stdout)))


def test_no_program_starts_during_a_stop() -> None:
    """During a stop, a new program is a KeyboardInterrupt. After the stop, programs run again."""
    with stop_programs(), pytest.raises(KeyboardInterrupt), program_slot():
        pytest.fail("a program would have started")
    assert run(["true"]).succeeded


def test_a_program_that_starts_while_the_others_are_ended() -> None:
    """A program that is registered during a stop is ended at once."""
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    with stop_programs(), registered(process.pid):
        assert process.wait(20) == -signal.SIGTERM


def test_a_group_that_has_ended_is_no_error() -> None:
    """A program may end between two steps of ours."""
    process = subprocess.Popen(["true"], start_new_session=True)
    process.wait(20)
    with registered(process.pid), stop_programs():
        pass
    assert run(["true"]).succeeded


def test_a_program_has_a_mark_in_its_environment() -> None:
    """A program's environment has the mark that the guard looks for, and is otherwise unchanged."""
    before = {"A": "1"}
    after = marked(before)
    assert before == {"A": "1"}
    assert after["A"] == "1"
    assert after["LAYOUTCHECK_RUN"].startswith(f"{os.getpid()}-")
    assert marked({})["LAYOUTCHECK_RUN"] == after["LAYOUTCHECK_RUN"]


PARENT = """
import os, signal, sys
from concurrent.futures import ThreadPoolExecutor
from layoutcheck.compilers.programs.run_program import run
run(["true"])
with ThreadPoolExecutor(1) as threads:
    threads.submit(run, ["sh", "-c", sys.argv[1]])
    threads.shutdown()
"""


def _start(script: str, folder: Path) -> tuple[subprocess.Popen[bytes], list[int]]:
    """A process of ours that runs a script, and the ids that the script wrote."""
    pids = folder / "pids"
    parent = subprocess.Popen([sys.executable, "-c", PARENT, script.replace("PIDS", str(pids))])
    assert wait_for(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    return parent, list(map(int, pids.read_text().split()))


def test_no_program_outlives_us(tmp_path: Path) -> None:
    """Killed, we cannot end anything: the guard does, by the group or the mark.

    One program here has left the group, the other one has no mark in its environment.
    """
    script = "setsid sleep 60 & echo $$ $! > PIDS; exec env -i sleep 60"
    parent, pids = _start(script, tmp_path)
    assert all(map(lives, pids))
    parent.kill()
    parent.wait(20)
    assert wait_for(lambda: not any(map(lives, pids)))


def test_a_program_of_a_process_that_ends_well_is_left_alone(tmp_path: Path) -> None:
    """A server of a compiler cache, left running on purpose, goes on."""
    script = "setsid sleep 60 > /dev/null 2>&1 & echo $! $! > PIDS"
    parent, (server, _) = _start(script, tmp_path)
    try:
        assert parent.wait(20) == 0
        time.sleep(0.3)  # the guard would need less
        assert lives(server)
    finally:
        os.kill(server, signal.SIGKILL)
