"""What was computed, kept for the next run by what it was computed from.

A value is found in two steps, as ccache does in its depend mode. What is known beforehand (the
`facts`: compiler, flags, probe) leads to the list of the files that were read the last time; the
facts and the content of these files lead to the value. So it does not matter when a file was
changed, nor in which order a user goes between two states of it.

An entry is a file of its own, written whole or not at all, with a digest of itself. One that is
damaged, of another version or of somebody else is computed again and written over. Any number of
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
from layoutcheck.cache.freshness import DIGEST_SIZE, FileDigests, Table
from layoutcheck.cache.pickles import dump, load

__all__ = ["LIMIT", "Cache", "Entries", "digest_of"]

T = TypeVar("T")

LIMIT: Final = 500_000_000
"""How many bytes the entries of a folder may have together."""
KEPT: Final = 0.8
"""To which part of the limit the folder is brought back."""
_MAGIC: Final = b"layoutcheck-cache-1\n"
# A file that was changed so shortly before it was read may have been changed again since: the
# clock of a file system goes in steps (of at most 10 ms under Linux).
_FRESH_NS: Final = 50_000_000
_TABLE: Final = hashlib.blake2b(b"digests of files, 1", digest_size=DIGEST_SIZE).hexdigest()
_PART: Final = "layoutcheck-part-"
# What else is in a folder that somebody named by mistake is not ours to remove.
_OURS: Final = re.compile(rf"[0-9a-f]{{2}}/([0-9a-f]{{62}}|{_PART}.*)")


class Entries(NamedTuple):
    """How many `files` a folder has, and their bytes together."""

    files: int
    byte_size: int


class Cache:
    """The values in one folder, which need not exist; with None as the folder nothing is kept.

    `warn` hears, once, why nothing can be kept.
    """

    def __init__(self, folder: Path | None, *, warn: Callable[[str], None]) -> None:
        self._folder, self._warn, self._stored = folder, warn, False
        self._lock = threading.Lock()
        self._digests = FileDigests(self._read_table)
        self._code = ""

    @property
    def folder(self) -> Path | None:
        """Where the entries are."""
        return self._folder

    def get(
        self,
        facts: Sequence[str],
        make: Callable[[], tuple[T, Collection[str]]],
        *,
        inputs: Sequence[str] = (),
        valid: Callable[[T], bool] = lambda _: True,
    ) -> tuple[T, Collection[str]]:
        """The value that was computed from these facts and the same files, or else a new one.

        `make` computes it and says which files it read; these come with the value, then as now.
        `inputs` are files that are known before; `valid` may refuse what was kept. The value must
        be of dataclasses and enumerations of this package and of built-in types, but not None, and
        is not to be changed.
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
        """A digest of a file's content; of one that cannot be read, the same for all."""
        return self._digests.get(path)

    def count(self) -> Entries:
        """How much is kept."""
        sizes = [size for _, size, _ in self._list()]
        return Entries(len(sizes), sum(sizes))

    def trim(self, limit: int = LIMIT) -> Entries:
        """Remove what was not used for longest, if the entries exceed the limit; what is left."""
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
        """Remove all entries, and say how many there were."""
        listed = list(self._list())
        for _, _, path in listed:
            with contextlib.suppress(OSError):
                Path(path).unlink()
        return Entries(len(listed), sum(size for _, size, _ in listed))

    def close(self) -> None:
        """Keep what is known of files, and the folder within its limit if something was stored."""
        table = self._digests.table()
        if table is not None and self._folder is not None:
            with contextlib.suppress(OSError):  # it was only for speed
                self._write(_TABLE, table)
        if self._stored:
            self.trim()

    def _list(self) -> Iterator[tuple[float, int, str]]:
        """Each entry: when it was last used, its size, its path; also what was left half done."""
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
        """The entry's value; None if there is none, or none that is whole and ours."""
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
        except Exception:  # noqa: BLE001 - whatever it is, it is no value of ours
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return value

    def _store(self, key: str, value: object) -> None:
        """Write an entry; in vain, with one warning, where it cannot be."""
        if self._folder is None:
            return
        try:
            self._write(key, value)
        except FileNotFoundError:  # somebody empties the folder meanwhile
            return
        except OSError as error:
            with self._lock:  # of several threads one says so
                folder, self._folder, self._stored = self._folder, None, False
            if folder is not None:
                why = error.strerror or error
                self._warn(f"nothing is kept for the next run: {folder}: {why}")
        else:
            self._stored = True

    def _write(self, key: str, value: object) -> None:
        """Write an entry, whole or not at all."""
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
        """What values depend on besides: this package and what reads ELF. Another, other values."""
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
    """One digest of several texts, in which it matters where one ends."""
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
    """When a file or what is known of it was last changed, in nanoseconds."""
    try:
        status = os.stat(path)  # noqa: PTH116 - for a thousand files
    except OSError:
        return sys.maxsize
    return max(status.st_mtime_ns, status.st_ctime_ns)
