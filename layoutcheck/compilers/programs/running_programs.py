"""The programs that run now: how many at a time, and that none outlives us.

A program has a session, and so a process group, of its own. `stop` ends all groups, for Ctrl-C,
which reaches only the thread that waits for the others. If this process is killed, a shell that
waits for that ends the groups that were left, and (where there is /proc) whatever has our mark in
its environment: it may have been started a moment before.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = [
    "available_cores",
    "limit_programs",
    "marked",
    "program_slot",
    "registered",
    "stop_programs",
]

# Lines of "+ GROUP" and "- GROUP" come in, and "done" if all is well. At the end of the input we
# are gone, however we went.
_GUARD: Final = """
trap '' HUP INT TERM
live=' '
while read -r sign group; do
  case $sign in
  +) live="$live$group " ;;
  -) live="${live%% $group *} ${live#* $group }" ;;
  *) exit ;;
  esac
done
for group in $live; do kill -s KILL -- "-$group"; done
for found in $(grep -lszxF "$0" /proc/[0-9]*/environ); do
  found=${found#/proc/}
  kill -s KILL "${found%/environ}"
done
"""
_VARIABLE: Final = "LAYOUTCHECK_RUN"
_STARTED: Final = time.time_ns()

_lock: Final = threading.Lock()
_groups: Final[set[int]] = set()
_stopping: Final = threading.Event()
_guards: Final[dict[int, int]] = {}
"""By process id, since a fork has none: where to tell the guard."""
_slots = threading.BoundedSemaphore(1024)


def available_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def limit_programs(count: int) -> None:
    """From now on at most `count` programs run at a time."""
    global _slots  # noqa: PLW0603 - there is one machine
    _slots = threading.BoundedSemaphore(count)


@contextmanager
def program_slot() -> Iterator[None]:
    """Wait until one more program may run."""
    with _slots:
        if _stopping.is_set():
            raise KeyboardInterrupt
        yield


def marked(environment: dict[str, str]) -> dict[str, str]:
    """The environment of a program that the guard, which is started, is to know."""
    with _lock:
        _tell("")
    return {**environment, _VARIABLE: _mark()}


@contextmanager
def registered(group: int) -> Iterator[None]:
    """While a program runs: `stop_programs` and the guard know its group."""
    with _lock:
        _groups.add(group)
        _tell(f"+ {group}\n")
        if _stopping.is_set():  # it was being started while the others were ended
            _end(group)
    try:
        yield
    finally:
        with _lock:
            _groups.discard(group)
            _tell(f"- {group}\n")


@contextmanager
def stop_programs() -> Iterator[None]:
    """End every program, and let none start within the `with` block.

    Whoever waits for one, or for a slot, gets `KeyboardInterrupt` or the program's sad end.
    """
    _stopping.set()
    try:
        with _lock:
            for group in _groups:
                _end(group)
        yield
    finally:
        _stopping.clear()


def _end(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGTERM)


def _tell(line: str) -> None:
    """Tell the guard; without one (no shell, no more processes) nothing is lost but its service."""
    with contextlib.suppress(OSError, NotImplementedError):
        here = os.getpid()
        if here not in _guards:
            _guards[here] = _start_guard()
            atexit.register(_dismiss, here)
        os.write(_guards[here], line.encode())


def _dismiss(process: int) -> None:
    """All is well: nothing is left of this process."""
    if process == os.getpid():
        with _lock:
            _tell("done\n")


def _mark() -> str:
    return f"{os.getpid()}-{_STARTED}"


def _start_guard() -> int:
    """A shell that reads what the returned end of a pipe is told."""
    reading, writing = os.pipe()
    try:
        os.posix_spawn(
            "/bin/sh",
            ["sh", "-c", _GUARD, f"{_VARIABLE}={_mark()}"],
            {"PATH": os.defpath},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, reading, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
    finally:
        os.close(reading)
    return writing
