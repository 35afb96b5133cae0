"""Digests of files' content, and which of them need not be read again.

As git's index does, a table holds what each file was like when it was read: file system, inode,
size, and the times of its last change in nanoseconds. One of these is the time of the inode's last
change, which nobody can set: so no other content is like it. A file that had changed so shortly
before it was read that its file system's clock may not have moved since, is read again.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from itertools import islice
from typing import Any, Final, TypeAlias

__all__ = ["DIGEST_SIZE", "FileDigests", "Table"]

Table: TypeAlias = dict[str, tuple[tuple[int, ...], str]]
"""For each path what the file was like, and its digest."""

DIGEST_SIZE: Final = 32
_SETTLED_NS: Final = 2_000_000_000  # the steps of FAT's clock, the longest that there are
_MOST: Final = 20_000


class FileDigests:
    """The digests of one process; `read_table` says what an earlier one knew."""

    def __init__(self, read_table: Callable[[], Table]) -> None:
        self._read_table = read_table
        self._old: Table | None = None
        self._used: Table = {}
        self._passing: Table = {}
        self._is_changed = False

    def get(self, path: str) -> str:
        """A digest of a file's content; of one that cannot be read, the same for all."""
        try:
            now, status = time.time_ns(), os.stat(path)  # noqa: PTH116 - for a thousand files
            changed = max(status.st_mtime_ns, status.st_ctime_ns)
            like = (
                status.st_dev,
                status.st_ino,
                status.st_size,
                status.st_mtime_ns,
                status.st_ctime_ns,
            )
            is_settled = changed < now - _SETTLED_NS
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
        """Return what the next process may know; None if it is what this one knew."""
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
