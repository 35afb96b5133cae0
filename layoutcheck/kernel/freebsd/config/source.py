"""Readers of conf text: a name as a statement writes it -> a `SourceText`, or None.

A conf is untrusted. Only regular files of limited size and number are read. Bytes that are not
UTF-8 are replaced. A file outside the roots that the user named is marked.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layoutcheck.errors import KernConfError
from layoutcheck.location import SourceLocation

__all__ = [
    "MAX_FILES",
    "MAX_FILE_BYTES",
    "SourceReader",
    "SourceText",
    "chain_readers",
    "folder_reader",
    "is_file",
    "limited_reader",
    "outside_warning",
    "read_nothing",
    "read_text",
    "require_text",
]

# The largest file of a FreeBSD 13.2 tree that config(8) reads, sys/conf/files, has 247,432 bytes.
MAX_FILE_BYTES: Final = 1024 * 1024
# A conf of FreeBSD 13.2 needs at most 20 files besides its includes (GENERIC of arm).
MAX_FILES: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """A file's text, its path for reports, and whether it lies outside the roots."""

    path: str
    text: str
    outside: bool = False


SourceReader = Callable[[str], SourceText | None]


def read_text(path: Path, *, shown: str | None = None) -> SourceText | None:
    """Return the text of the file at `path`, or None if there is no such file.

    `shown` is the path for reports (by default `path` itself). Raises `KernConfError` for a file
    that cannot be read, is not a regular file, or has more than `MAX_FILE_BYTES`.
    """
    name = str(path) if shown is None else shown
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise KernConfError("not a regular file", where=name)
        raw = _read_some(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise KernConfError(f"cannot be read: {why}", where=name) from error
    if len(raw) > MAX_FILE_BYTES:
        raise KernConfError(
            "too many bytes",
            where=name,
            hint=f"layoutcheck reads at most {MAX_FILE_BYTES} bytes a file",
        )
    zero = raw.find(b"\0")
    if zero >= 0:
        raise KernConfError(
            "a zero byte: this is no text",
            where=SourceLocation(path=name, line=raw.count(b"\n", 0, zero) + 1),
        )
    return SourceText(path=name, text=raw.decode("utf-8", errors="replace"))


def _read_some(path: Path) -> bytes:
    """Return the bytes of a file; of a file that is too large, a little more than the limit.

    Some files of /proc have no size and no end, or block.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor has no path
        found = bytearray()
        while len(found) <= MAX_FILE_BYTES and (piece := file.read(MAX_FILE_BYTES + 1)):
            found += piece
    return bytes(found)


def is_file(path: Path) -> bool:
    """Return whether `path` is a regular file. Raises `KernConfError` if the system cannot tell."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise KernConfError(f"cannot be read: {why}", where=str(path)) from error


def outside_warning(source: SourceText, statement: SourceLocation) -> tuple[str, ...]:
    """Return the warning about a statement that had a file read from outside the tree, if any."""
    if not source.outside:
        return ()
    return (f"WARNING: {statement}: {source.path} is outside the source tree",)


def require_text(path: Path) -> SourceText:
    """Return the text of the file at `path`. Raises `KernConfError` if there is none."""
    source = read_text(path)
    if source is None:
        raise KernConfError("No such file or directory", where=str(path))
    return source


def read_nothing(_name: str) -> SourceText | None:
    """Find no file: the reader of a conf without includes."""
    return None


def chain_readers(readers: Sequence[SourceReader]) -> SourceReader:
    """Return a reader that tries each of `readers` in turn."""

    def read(name: str) -> SourceText | None:
        for reader in readers:
            source = reader(name)
            if source is not None:
                return source
        return None

    return read


def limited_reader(read: SourceReader) -> SourceReader:
    """Return `read`, limited to `MAX_FILES` files with `MAX_FILE_BYTES` characters in all.

    A file that is read again counts again. Raises `KernConfError` above the limit.
    """
    files, characters = 0, 0

    def limited(name: str) -> SourceText | None:
        nonlocal files, characters
        source = read(name)
        if source is not None:
            files += 1
            characters += len(source.text)
            if files > MAX_FILES or characters > MAX_FILE_BYTES:
                raise KernConfError(
                    "too many files for a configuration",
                    where=source.path,
                    hint=f"layoutcheck reads at most {MAX_FILES} files with {MAX_FILE_BYTES} "
                    f"characters in all",
                )
        return source

    return limited


def folder_reader(folders: Sequence[Path], *, roots: Sequence[Path]) -> SourceReader:
    """Return a reader that looks in each of `folders` in turn (config(8), lang.l).

    An absolute name, or one that starts with a dot, is looked for in the first folder only. A file
    that lies outside of all `roots`, symbolic links followed, is read but marked.
    """
    real_roots = [root.resolve() for root in roots]

    def read(name: str) -> SourceText | None:
        for folder in folders[:1] if name.startswith((".", "/")) else folders:
            path = folder / name
            source = read_text(path)
            if source is not None:
                real = path.resolve()
                outside = not any(real.is_relative_to(root) for root in real_roots)
                return SourceText(path=source.path, text=source.text, outside=outside)
        return None

    return read
