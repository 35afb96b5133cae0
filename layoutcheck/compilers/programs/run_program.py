"""Runs one program to its end: arguments in, what it printed out; the only user of subprocess."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from layoutcheck.compilers.programs.running_programs import marked, program_slot, registered
from layoutcheck.errors import ToolchainError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

__all__ = ["BRIEF", "Finished", "render_command", "run"]

# What a program gets that is not known to take long: clang takes seconds, in the worst case.
TIMEOUT_SECONDS: Final = 600.0
BRIEF: Final = 1000
"""How many characters of a program's words or command are enough for an error."""
# How often a caller that asked for it hears that a program still runs.
HEARTBEAT_SECONDS: Final = 5.0
# What a program gets to clean up (apt-get: to leave dpkg whole) before it is killed.
GRACE_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A program that ended: its arguments, exit status (-N: killed by signal N) and output.

    `seconds` is the wall-clock time that it took.
    """

    argv: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def succeeded(self) -> bool:
        """Return whether the exit status was 0."""
        return self.returncode == 0

    @property
    def words(self) -> str:
        """What the program had to say for itself: its stderr, or its stdout when that is empty."""
        return self.stderr.strip() or self.stdout.strip() or self._end

    @property
    def brief(self) -> str:
        """Its first words, for an error, and if it did not end by itself, how it did."""
        ended = "" if self.returncode >= 0 else f"{self._end}: "
        words = "" if ended and self.words == self._end else self.words
        more = "" if len(words) <= BRIEF else " ..."
        return f"{ended}{words[:BRIEF]}{more}".removesuffix(": ")

    @property
    def _end(self) -> str:
        if self.returncode >= 0:
            return f"exit status {self.returncode}"
        return f"it was ended by {signal.Signals(-self.returncode).name}"


def render_command(argv: Sequence[str], *, most: int | None = None) -> str:
    """The arguments as a line that a person can paste into a shell; cut after `most` characters."""
    line = shlex.join(argv)
    return line if most is None or len(line) <= most else f"{line[:most]} ..."


def run(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
    heartbeat: Callable[[float], None] | None = None,
) -> Finished:
    """Runs `argv` without a shell and waits: its exit status and decoded output come out.

    `env` is laid over this process's environment; an empty value removes the variable. The
    program gets a session of its own, with no terminal and an empty stdin, so that it can neither
    ask nor hang on a question, and so that on `timeout` (seconds), Ctrl-C or any other exception
    everything that it started is ended with it; so it is if this process is killed. How many run
    at a time `program_guard` says; the time until there is room does not count. `heartbeat` is
    called every few seconds with the seconds that have passed. Raises `ToolchainError` when the
    program cannot be started or does not end in time; an exit status other than 0 is the caller's
    to judge.
    """
    command = tuple(argv)
    with program_slot():
        return _run(command, cwd, _overlay(env), timeout or TIMEOUT_SECONDS, heartbeat)


def _run(
    command: tuple[str, ...],
    cwd: Path | None,
    env: dict[str, str],
    timeout: float,
    heartbeat: Callable[[float], None] | None,
) -> Finished:
    started = time.monotonic()
    process = _start(command, cwd, marked(env))
    try:
        with registered(process.pid):
            stdout, stderr = _communicate(process, started, timeout, heartbeat)
    except subprocess.TimeoutExpired:
        _end_group(process)
        raise ToolchainError(
            f"did not finish within {timeout:g} seconds and was ended",
            where=render_command(command),
            hint="run the command by hand to see what it waits for",
        ) from None
    except BaseException:
        _end_group(process)
        raise
    return Finished(
        argv=command,
        returncode=process.returncode,
        stdout=stdout.decode("utf-8", "replace"),
        stderr=stderr.decode("utf-8", "replace"),
        seconds=time.monotonic() - started,
    )


def _overlay(env: Mapping[str, str] | None) -> dict[str, str]:
    merged = dict(os.environ)
    for name, value in (env or {}).items():
        if value:
            merged[name] = value
        else:
            merged.pop(name, None)
    return merged


def _start(
    command: tuple[str, ...], cwd: Path | None, env: dict[str, str]
) -> subprocess.Popen[bytes]:
    where = render_command(command)
    # Popen reports a missing working directory as a missing file, too: tell the two apart.
    if cwd is not None and not cwd.is_dir():
        raise ToolchainError(f"the directory {cwd} to run in does not exist", where=where)
    try:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError:
        what = f"{command[0]} was not found" if command else "no command was given"
    except (OSError, ValueError) as error:  # ValueError: a NUL character in an argument
        what = f"cannot be run: {getattr(error, 'strerror', None) or error}"
    raise ToolchainError(
        what,
        where=where,
        hint="`layoutcheck doctor` shows which tools are found and what to install",
    )


def _communicate(
    process: subprocess.Popen[bytes],
    started: float,
    timeout: float,
    heartbeat: Callable[[float], None] | None,
) -> tuple[bytes, bytes]:
    """Both outputs at the end of the process; `subprocess.TimeoutExpired` when time is up."""
    while True:
        left = started + timeout - time.monotonic()
        try:
            # communicate() may be called again after a timeout: it keeps what it has read.
            return process.communicate(
                timeout=left if heartbeat is None else min(left, HEARTBEAT_SECONDS)
            )
        except subprocess.TimeoutExpired:
            passed = time.monotonic() - started
            if heartbeat is None or passed >= timeout:
                raise
            heartbeat(passed)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and all that it started: first politely, then for good."""
    _signal_group(process, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=GRACE_SECONDS)
    _signal_group(process, signal.SIGKILL)
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The session's leader is the group's leader. PermissionError: macOS says that of a zombie.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
