"""A lock file that two processes want: who has to wait says for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from filelock import BaseFileLock

__all__ = ["lock_file"]

QUIET_SECONDS = 0.5


def lock_file(
    path: Path, what: str, progress: Callable[[str], None], *, timeout: float = -1
) -> AbstractContextManager[BaseFileLock]:
    """The lock at `path`, taken; `progress` hears of it when another process that builds has it.

    `what` is what is built. The system drops the lock when its holder dies. Raises
    `filelock.Timeout` after `timeout` seconds (-1: never).
    """
    lock = FileLock(path)
    try:
        return lock.acquire(timeout=QUIET_SECONDS)
    except Timeout:
        progress(f"waiting for another process that builds {what}")
        return lock.acquire(timeout=timeout)
