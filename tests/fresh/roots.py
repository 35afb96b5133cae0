"""Debian systems in folders: made by debootstrap, entered by chroot, removed as a whole.

Mounts and processes are in namespaces of the program that needs them: the kernel ends both with it,
however it ends.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.fresh.machine import Mirrors

__all__ = ["PACKAGES", "MachineError", "disk_of", "make_base", "remove", "run_in"]

PACKAGES: Final = ("python3", "python3-venv", "git", "ca-certificates")
_ALONE: Final = (
    *("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child=KILL"),
    *("sh", "-euc"),
)
_ENTER: Final = """
root=$1; shift
mkdir -p "$root/dev/pts" "$root/dev/shm"
mount -t proc proc "$root/proc"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
chroot "$@"
"""
_REMOVING_SECONDS: Final = 30


class MachineError(Exception):
    """Error of a root that could not be made, with the log."""


def make_base(suite: str, root: Path, mirrors: Mirrors, log: Path) -> None:
    """Make a Debian of a suite with `PACKAGES` and its usual files; apt makes its own lists."""
    options = ("--variant=minbase", f"--include={','.join(PACKAGES)}")
    script = 'debootstrap "$@"'
    mirror = () if mirrors.debian is None else (mirrors.debian,)
    status = _run((*_ALONE, script, "sh", *options, suite, str(root), *mirror), log=log)
    if status:
        raise MachineError(f"debootstrap ended with {status}: {log}")
    sources = root / "etc" / "apt" / "sources.list"
    debian = sources.read_text(encoding="utf-8").split()[1].rstrip("/")
    security = mirrors.security or f"{debian}-security"
    sources.write_text(
        f"deb {debian} {suite} main\n"
        f"deb {debian} {suite}-updates main\n"
        f"deb {security} {suite}-security main\n",
        encoding="utf-8",
    )
    # A newly installed machine has no lists except those that it gets itself.
    for entry in (root / "var" / "lib" / "apt" / "lists").iterdir():
        entry.unlink() if entry.is_file() else shutil.rmtree(entry)


def run_in(
    root: Path,
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    log: Path,
    user: str = "root",
    folder: str = "/",
) -> int:
    """Run a command in a root as a user would, and return its exit status.

    `env` is its whole environment. Its output goes to `log`.
    """
    variables = [f"{name}={value}" for name, value in env.items()]
    there = ("sh", "-c", 'cd "$0" && exec "$@"', folder)
    entering = (f"--userspec={user}:{user}", str(root), "env", "-i", *variables, *there, *command)
    return _run((*_ALONE, _ENTER, "sh", str(root), *entering), log=log)


def disk_of(root: Path) -> int:
    """Return the kilobytes of a root."""
    counted = subprocess.run(
        ("du", "-sk", "--one-file-system", str(root)), capture_output=True, text=True, check=True
    )
    return int(counted.stdout.split()[0])


def remove(folder: Path) -> None:
    """Remove a folder with roots; ending processes may still write there."""
    until = time.monotonic() + _REMOVING_SECONDS
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=time.monotonic() < until)
        time.sleep(0.1)


def _run(argv: Sequence[str], *, log: Path) -> int:
    """Run a program that ends with us if we are interrupted."""
    with log.open("ab") as told:
        running = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return running.wait()
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()
