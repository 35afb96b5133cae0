"""Run one program to its end: arguments in, its output out; the only user of subprocess."""

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

# Time limit of a program without its own limit. clang takes seconds in the worst case.
TIMEOUT_SECONDS: Final = 600.0
BRIEF: Final = 1000
"""Maximum length of a program's output or command in an error, in characters."""
# Seconds between two calls of `heartbeat`.
HEARTBEAT_SECONDS: Final = 5.0
# Seconds to clean up (apt-get: to leave dpkg consistent) before the program is killed.
GRACE_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A program that ended: its arguments, exit status (-N: killed by signal N) and output.

    `seconds` is its wall-clock time.
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
        """Return the program's message: its stderr, else its stdout, else its exit status."""
        return self.stderr.strip() or self.stdout.strip() or self._end

    @property
    def brief(self) -> str:
        """Return the signal that ended the program, if any, and the start of its message."""
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
    """Return the arguments as a shell command line; cut after `most` characters."""
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
    """Run `argv` without a shell to its end; return its exit status and decoded output.

    `env` is merged into this process's environment; an empty value removes the variable. The
    program has a session of its own, no terminal and an empty stdin, and so cannot wait for an
    answer. On `timeout` (seconds), Ctrl-C or any other exception the program and everything that it
    started are ended; so they are if this process is killed. `limit_programs` sets how many
    programs run at a time; the wait for a free slot does not count towards `timeout`. `heartbeat`
    is called every few seconds with the seconds that have passed. Raises `ToolchainError` if the
    program cannot be started or does not end in time. The caller judges an exit status other than
    0.
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
    """Return both outputs at the end of the process.

    Raises `subprocess.TimeoutExpired` after `timeout` seconds.
    """
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
    """End the process and everything that it started: SIGTERM, then SIGKILL."""
    _signal_group(process, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=GRACE_SECONDS)
    _signal_group(process, signal.SIGKILL)
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The session's leader is the group's leader. macOS raises PermissionError for a zombie.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
