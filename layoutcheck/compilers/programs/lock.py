"""A lock file between processes; a process that waits reports it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["lock_file"]

QUIET_SECONDS = 0.5
_OURS: Final[set[Path]] = set()
"""Locks of this process. Its threads run steps at the same time."""


@contextmanager
def lock_file(
    path: Path, what: str, progress: Callable[[str], None], *, timeout: float = -1
) -> Iterator[None]:
    """Hold the lock at `path`; call `progress` while another process holds it.

    `what` is the thing that is built under the lock. A thread that waits for another thread of this
    process reports nothing, since the other thread reports the build. The system drops the lock
    when its holder dies. Raises `filelock.Timeout` after `timeout` seconds (-1: never).
    """
    lock = FileLock(path)
    try:
        lock.acquire(timeout=QUIET_SECONDS)
    except Timeout:
        if path not in _OURS:
            progress(f"waiting for another process that builds {what}")
        lock.acquire(timeout=timeout)
    _OURS.add(path)
    try:
        yield
    finally:
        _OURS.discard(path)
        lock.release()
