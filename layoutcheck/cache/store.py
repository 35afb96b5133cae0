"""Cache of computed values, which the next run finds by their inputs.

A value is found in two steps, as in ccache's depend mode. The `facts`, which are known beforehand
(compiler, flags, probe), lead to the list of the files that were read the last time. The facts and
the content of these files lead to the value. The time of a change therefore does not matter, nor
does the order in which a user goes between two states of a file.

An entry is one file, written completely or not at all, with a digest of itself. An entry that is
damaged, of another version or not layoutcheck's is computed again and overwritten. Any number of
processes can share a folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import layoutcheck
from layoutcheck.cache.freshness import DIGEST_SIZE, FileDigests, Table, changed_at
from layoutcheck.cache.pickles import dump, load

__all__ = ["LIMIT", "Cache", "Entries", "digest_of"]

T = TypeVar("T")

LIMIT: Final = 500_000_000
"""Upper limit of a folder's entries, in bytes."""
KEPT: Final = 0.8
"""Part of the limit to which a folder is trimmed."""
_MAGIC: Final = b"layoutcheck-cache-1\n"
# A file that changed this shortly before it was read may have changed again since: the clock of a
# file system advances in steps (of at most 10 ms under Linux).
_FRESH_NS: Final = 50_000_000
_TABLE: Final = hashlib.blake2b(b"digests of files, 1", digest_size=DIGEST_SIZE).hexdigest()
_PART: Final = "layoutcheck-part-"
# A user may name a folder by mistake: no other file in it is removed.
_OURS: Final = re.compile(rf"[0-9a-f]{{2}}/([0-9a-f]{{62}}|{_PART}.*)")


class Entries(NamedTuple):
    """The number of `files` in a folder, and their size in bytes."""

    files: int
    byte_size: int


class Cache:
    """The values in one folder, which may not exist yet; None as the folder caches nothing.

    `warn` is called once with the reason if nothing can be cached.
    """

    def __init__(self, folder: Path | None, *, warn: Callable[[str], None]) -> None:
        self._folder, self._warn, self._stored = folder, warn, False
        self._lock = threading.Lock()
        self._digests = FileDigests(self._read_table)
        self._code = ""

    @property
    def folder(self) -> Path | None:
        """Return the folder of the entries."""
        return self._folder

    def get(
        self,
        facts: Sequence[str],
        make: Callable[[], tuple[T, Collection[str]]],
        *,
        inputs: Sequence[str] = (),
        valid: Callable[[T], bool] = lambda _: True,
    ) -> tuple[T, Collection[str]]:
        """Return the cached value of these facts and the same files, or a new one, and its files.

        `make` computes the value and names the files that it read. These files are returned with a
        new value and with a cached one. `inputs` are files that are known beforehand. `valid` may
        refuse a cached value. The value must consist of dataclasses and enumerations of this
        package and of built-in types. It must not be None, and callers must not change it.
        """
        if self._folder is None:
            return make()
        key = self._made_of(digest_of(*facts, self._of_this_code()), inputs)
        listed = self._load(key)
        if isinstance(listed, tuple):
            held: T | None = self._load(self._made_of(key, listed))
            if held is not None and valid(held):
                return held, listed
        since = time.time_ns() - _FRESH_NS
        value, read = make()
        files = tuple(sorted(read))
        same = key == self._made_of(digest_of(*facts, self._of_this_code()), inputs)
        if same and all(_changed(file) < since for file in files):
            self._store(self._made_of(key, files), value)
            self._store(key, files)
        return value, files

    def digest_file(self, path: str) -> str:
        """Return a digest of a file's content; a constant for every file that cannot be read."""
        return self._digests.get(path)

    def count(self) -> Entries:
        """Return the number and the size of the entries."""
        sizes = [size for _, size, _ in self._list()]
        return Entries(len(sizes), sum(sizes))

    def trim(self, limit: int = LIMIT) -> Entries:
        """Remove the least recently used entries, if all exceed the limit; return the rest."""
        listed = sorted(self._list())
        total, count = sum(size for _, size, _ in listed), len(listed)
        goal = limit * KEPT if total > limit else total
        for _, size, path in listed:
            if total <= goal:
                break
            with contextlib.suppress(OSError):
                Path(path).unlink()
                total, count = total - size, count - 1
        return Entries(count, total)

    def clear(self) -> Entries:
        """Remove all entries; return their number and size."""
        listed = list(self._list())
        for _, _, path in listed:
            with contextlib.suppress(OSError):
                Path(path).unlink()
        return Entries(len(listed), sum(size for _, size, _ in listed))

    def close(self) -> None:
        """Store the table of files, and trim the folder if something was stored."""
        table = self._digests.table()
        if table is not None and self._folder is not None:
            with contextlib.suppress(OSError):  # the table only saves time
                self._write(_TABLE, table)
        if self._stored:
            self.trim()

    def _list(self) -> Iterator[tuple[float, int, str]]:
        """Yield for each entry its last use, size and path; also for partly written ones."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            for part in os.scandir(self._folder):
                if part.is_dir(follow_symlinks=False):
                    with contextlib.suppress(OSError):
                        for entry in os.scandir(part.path):
                            if not _OURS.fullmatch(f"{part.name}/{entry.name}"):
                                continue
                            with contextlib.suppress(OSError):
                                status = entry.stat(follow_symlinks=False)
                                yield status.st_mtime, status.st_size, entry.path

    def _path(self, key: str) -> Path:
        return (self._folder or Path(os.devnull)) / key[:2] / key[2:]

    def _made_of(self, key: str, files: Sequence[str]) -> str:
        return digest_of(key, *(f"{file}\0{self.digest_file(file)}" for file in files))

    def _load(self, key: str) -> Any:  # noqa: ANN401 - the key says what it is
        """Return the entry's value; None if it is missing, damaged or not layoutcheck's."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        head, packed = content[: len(_MAGIC) + DIGEST_SIZE], content[len(_MAGIC) + DIGEST_SIZE :]
        if head != _head(key, packed):
            return None
        try:
            value = load(packed)
        except Exception:  # noqa: BLE001 - any exception means that it is no value of ours
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return value

    def _store(self, key: str, value: object) -> None:
        """Write an entry. If that fails, warn once, and cache nothing from then on."""
        if self._folder is None:
            return
        try:
            self._write(key, value)
        except FileNotFoundError:  # another process empties the folder
            return
        except OSError as error:
            with self._lock:  # only one thread warns
                folder, self._folder, self._stored = self._folder, None, False
            if folder is not None:
                why = error.strerror or error
                self._warn(f"results cannot be cached: {folder}: {why}")
        else:
            self._stored = True

    def _write(self, key: str, value: object) -> None:
        """Write an entry, completely or not at all."""
        packed, path = dump(value), self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        number, part = tempfile.mkstemp(dir=path.parent, prefix=_PART)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(_head(key, packed) + packed)
            Path(part).replace(path)
        finally:
            Path(part).unlink(missing_ok=True)

    def _read_table(self) -> Table:
        table = self._load(_TABLE) if self._folder is not None else None
        return table if isinstance(table, dict) else {}

    def _of_this_code(self) -> str:
        """Return a digest of this code and its pyelftools and Python: a part of every key."""
        if not self._code:
            (folder,) = layoutcheck.__path__  # all rooms: a verdict is made in many of them
            modules = sorted(
                f"{parent}/{name}"
                for parent, _, names in os.walk(folder)
                for name in names
                if name.endswith(".py")
            )
            digests = map(self.digest_file, modules)
            self._code = digest_of(*digests, metadata.version("pyelftools"), sys.version)
        return self._code


def digest_of(*facts: str) -> str:
    """Return one digest of several texts; the boundaries between the texts count."""
    digest = hashlib.blake2b(digest_size=DIGEST_SIZE)
    for fact in facts:
        content = fact.encode("utf-8", "surrogateescape")
        digest.update(b"%d:" % len(content))
        digest.update(content)
    return digest.hexdigest()


def _head(key: str, packed: bytes) -> bytes:
    digest = hashlib.blake2b(packed, digest_size=DIGEST_SIZE, key=key.encode()[:64])
    return _MAGIC + digest.digest()


def _changed(path: str) -> int:
    """Return the time of a file's last change, of content or inode, in nanoseconds."""
    try:
        status = os.stat(path)  # noqa: PTH116 - for a thousand files
    except OSError:
        return sys.maxsize
    return changed_at(status)
