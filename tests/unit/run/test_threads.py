"""threads.py: tasks run at the same time, and their results are in order."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from layoutcheck.compilers.programs.run_program import Finished, run
from layoutcheck.compilers.programs.running_programs import available_cores, limit_programs
from layoutcheck.errors import ToolchainError
from layoutcheck.run.threads import Workers


@pytest.fixture(autouse=True)
def _all_cores() -> Iterator[None]:
    """Reset the limit of programs to the number of cores after each test."""
    yield
    limit_programs(available_cores())


def test_results_in_order() -> None:
    """Results are in order, whichever task ends first."""
    first_may_end = threading.Event()

    def task(number: int) -> int:
        if number:
            first_may_end.set()
        else:
            assert first_may_end.wait(10)
        return number * 10

    with Workers(2) as workers:
        assert list(workers.map(task, range(3))) == [0, 10, 20]


def test_no_more_tasks_than_are_allowed() -> None:
    """Two tasks run at a time, not three."""
    running, most, lock = 0, 0, threading.Lock()

    def task(_: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1

    with Workers(2) as workers:
        assert list(workers.map(task, range(8))) == [None] * 8
    assert most == 2


def test_parts_of_the_only_task() -> None:
    """A task may wait for its parts, though no other task could run."""
    with Workers(1) as workers:
        results = workers.map(lambda n: workers.start(lambda: n + 1).result(10), [1, 2])
        assert list(results) == [2, 3]


def test_the_first_error_in_order() -> None:
    """The first error in the order is raised, even if a later task failed before."""
    second_failed = threading.Event()

    def task(number: int) -> None:
        if number == 1:
            second_failed.set()
            raise ToolchainError("second")
        assert second_failed.wait(10)
        raise ToolchainError("first")

    with pytest.raises(ToolchainError, match="first"), Workers(2) as workers:
        list(workers.map(task, range(2)))


def test_an_error_ends_programs(tmp_path: Path) -> None:
    """An error ends the running programs."""
    runs = tmp_path / "runs"
    program = f"import pathlib, time; pathlib.Path({str(runs)!r}).touch(); time.sleep(60)"
    parts: list[Future[Finished]] = []

    def fail() -> None:
        with Workers(1) as workers:
            parts.append(workers.start(lambda: run([sys.executable, "-c", program])))
            while not runs.exists():
                time.sleep(0.01)
            raise ToolchainError("mine")

    begin = time.monotonic()
    with pytest.raises(ToolchainError, match="mine"):
        fail()
    assert time.monotonic() - begin < 30
    assert parts[0].result().returncode < 0
