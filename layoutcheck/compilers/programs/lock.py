"""A lock file that two want: who has to wait says for whom."""

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
"""The locks that threads of this process have: a run does side by side what it can."""


@contextmanager
def lock_file(
    path: Path, what: str, progress: Callable[[str], None], *, timeout: float = -1
) -> Iterator[None]:
    """Hold the lock at `path`; `progress` hears of it when another process that builds has it.

    `what` is what is built. A thread that waits for another one of this run says nothing: what is
    built is told by the other. The system drops the lock when its holder dies. Raises
    `filelock.Timeout` after `timeout` seconds (-1: never).
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
