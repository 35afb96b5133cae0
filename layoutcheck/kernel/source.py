"""Where a conf's text comes from: a name as a statement writes it -> a `SourceText`, or none.

A conf is untrusted: only regular files of a sane size are read, bytes that are not UTF-8 are
replaced, and a file outside the roots that the user named is marked as such.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layoutcheck.errors import KernConfError
from layoutcheck.location import SourceLocation

__all__ = [
    "MAX_FILE_BYTES",
    "SourceReader",
    "SourceText",
    "chain_readers",
    "folder_reader",
    "read_nothing",
    "read_text",
    "require_text",
]

# The largest file of a FreeBSD 13.2 tree that config(8) reads, sys/conf/files, has 247,432 bytes.
MAX_FILE_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """One file's text, its path as a report shows it, and whether it lies outside the roots."""

    path: str
    text: str
    outside: bool = False


SourceReader = Callable[[str], SourceText | None]


def read_text(path: Path, *, shown: str | None = None) -> SourceText | None:
    """The text of the file at `path`, or None where there is no such file.

    `shown` is the path that reports show (by default `path` itself). Raises `KernConfError` for a
    file that is there but cannot be read, is no regular file, or has over `MAX_FILE_BYTES`.
    """
    name = str(path) if shown is None else shown
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise KernConfError("not a regular file", where=name)
        if status.st_size > MAX_FILE_BYTES:
            raise KernConfError(
                f"{status.st_size} bytes are too many for a configuration",
                where=name,
                hint=f"layoutcheck reads at most {MAX_FILE_BYTES} bytes a file",
            )
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise KernConfError(f"cannot be read: {why}", where=name) from error
    zero = raw.find(b"\0")
    if zero >= 0:
        raise KernConfError(
            "a zero byte: this is no text",
            where=SourceLocation(path=name, line=raw.count(b"\n", 0, zero) + 1),
        )
    return SourceText(path=name, text=raw.decode("utf-8", errors="replace"))


def require_text(path: Path) -> SourceText:
    """The text of the file at `path`; raises `KernConfError` where there is none."""
    source = read_text(path)
    if source is None:
        raise KernConfError("No such file or directory", where=str(path))
    return source


def read_nothing(_name: str) -> SourceText | None:
    """No file at all: the reader of a conf that stands alone."""
    return None


def chain_readers(readers: Sequence[SourceReader]) -> SourceReader:
    """A reader that answers with what the first of `readers` finds."""

    def read(name: str) -> SourceText | None:
        for reader in readers:
            source = reader(name)
            if source is not None:
                return source
        return None

    return read


def folder_reader(folders: Sequence[Path], *, roots: Sequence[Path]) -> SourceReader:
    """A reader that looks in the first of `folders`, then in the others (config(8), lang.l).

    An absolute name, or one that starts with a dot, is looked for in the first folder only. What
    lies outside every one of `roots`, symbolic links followed, is read but marked.
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
