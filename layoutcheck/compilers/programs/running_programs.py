"""The programs that run now: limit their number, and end them if this process ends.

Each program has a session, and so a process group, of its own. `stop_programs` ends all groups
after Ctrl-C, which reaches only the thread that waits for the others. A shell, the guard, waits for
the end of this process. If this process is killed, the guard ends the groups that still run. Where
there is /proc, it also ends every process with our mark in its environment, because a program may
have started just before the kill.
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

# Input lines are "+ GROUP", "- GROUP", and "done" if all programs have ended. The input also ends
# when this process has died.
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
"""Pipe to the guard, by process id: a fork has no guard of its own."""
_slots = threading.BoundedSemaphore(1024)


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def limit_programs(count: int) -> None:
    """Let at most `count` programs run at a time from now on."""
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
    """Start the guard, and return the environment with the mark that the guard looks for."""
    with _lock:
        _tell("")
    return {**environment, _VARIABLE: _mark()}


@contextmanager
def registered(group: int) -> Iterator[None]:
    """Let `stop_programs` and the guard know a program's group while it runs."""
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

    A thread that waits for a slot gets `KeyboardInterrupt`. A thread that waits for a program gets
    the negative exit status of the killed program.
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
    """Write a line to the guard.

    Without a guard (no shell, or too many processes), orphans are not ended; nothing else changes.
    """
    with contextlib.suppress(OSError, NotImplementedError):
        here = os.getpid()
        if here not in _guards:
            _guards[here] = _start_guard()
            atexit.register(_dismiss, here)
        os.write(_guards[here], line.encode())


def _dismiss(process: int) -> None:
    """Tell the guard that nothing of this process is left."""
    if process == os.getpid():
        with _lock:
            _tell("done\n")


def _mark() -> str:
    return f"{os.getpid()}-{_STARTED}"


def _start_guard() -> int:
    """Start the guard, a shell that reads from a pipe; return the pipe's other end."""
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
