"""Changes of files: the time of the last one, a stamp, or a digest of the content.

No other module compares times of files.

As in git's index, a table holds for each file its file system, inode, size, and the times of its
last change in nanoseconds, from the moment when it was read. No program can set the time of the
inode's last change, so that equal facts mean equal content. A file may change twice within one step
of its file system's clock. A file that changed shortly before it was read is therefore read again.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeAlias

__all__ = ["DIGEST_SIZE", "FileDigests", "Table", "changed_at", "stamps"]

Table: TypeAlias = dict[str, tuple[tuple[int, ...], str]]
"""For each path the facts of its last stat, and its digest."""

DIGEST_SIZE: Final = 32
_SETTLED_NS: Final = 2_000_000_000  # the steps of FAT's clock, the longest of all file systems
_MOST: Final = 20_000


def changed_at(status: os.stat_result) -> int:
    """Return the time of the last change of content or inode, in nanoseconds.

    A program can set the content's time back, but not the inode's.
    """
    return max(status.st_mtime_ns, status.st_ctime_ns)


def stamps(paths: Iterable[Path]) -> Iterator[str]:
    """Yield a text for each file or folder that differs after a change; links are followed."""
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            yield f"{path}: none"
        else:
            times = f"{status.st_mtime_ns} {status.st_ctime_ns}"
            yield f"{path}: {status.st_ino} {status.st_size} {times}"


class FileDigests:
    """The digests of one process; `read_table` returns the table of an earlier process."""

    def __init__(self, read_table: Callable[[], Table]) -> None:
        self._read_table = read_table
        self._old: Table | None = None
        self._used: Table = {}
        self._passing: Table = {}
        self._is_changed = False

    def get(self, path: str) -> str:
        """Return a digest of a file's content; a constant for every file that cannot be read."""
        try:
            now, status = time.time_ns(), os.stat(path)  # noqa: PTH116 - for a thousand files
            like = (
                status.st_dev,
                status.st_ino,
                status.st_size,
                status.st_mtime_ns,
                status.st_ctime_ns,
            )
            is_settled = changed_at(status) < now - _SETTLED_NS
            found = self._known(path) if is_settled else self._passing.get(path)
            if found is None or found[0] != like:
                with open(path, "rb") as stream:  # noqa: PTH123 - for a thousand files
                    found = like, hashlib.file_digest(stream, _hash).hexdigest()
                self._is_changed |= is_settled
        except OSError:
            return "unreadable"
        (self._used if is_settled else self._passing)[path] = found
        return found[1]

    def table(self) -> Table | None:
        """Return the table for the next process; None if it is the table that was read."""
        if not self._is_changed:
            return None
        old = ((path, seen) for path, seen in (self._old or {}).items() if path not in self._used)
        return self._used | dict(islice(old, max(0, _MOST - len(self._used))))

    def _known(self, path: str) -> tuple[tuple[int, ...], str] | None:
        if self._old is None:
            self._old = self._read_table()
        return self._used.get(path) or self._old.get(path)


def _hash() -> Any:  # noqa: ANN401 - hashlib has no public type
    return hashlib.blake2b(digest_size=DIGEST_SIZE)
