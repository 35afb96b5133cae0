"""A folder -> the headers, files or names below it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

from layoutcheck.cache.freshness import changed_at

__all__ = ["Listing", "list_files", "list_headers", "list_names"]

Listing: TypeAlias = tuple[tuple[str, int, int], ...]
"""Files: each one's name relative to a folder, its size, and the time of its change (ns)."""
# Excludes the end of an `#include <...>` or of its line, and bytes that are not UTF-8.
_INCLUDABLE: Final = re.compile(r"[^>\n\r\ud800-\udfff]+")


def list_headers(folder: Path) -> Listing:
    """Return the headers below a folder, sorted; a folder that cannot be read has none."""
    return tuple(sorted(_walk(folder, ".h")))


def list_files(folder: Path) -> Listing:
    """Return all files below a folder, sorted: a header may include a file of any name."""
    return tuple(sorted(_walk(folder, "")))


def list_names(folder: Path) -> tuple[str, ...]:
    """Return all paths below a folder that an `#include` could find, sorted.

    Links to folders are followed, each folder once, and have their target after the name. A link
    without a target is left out.
    """
    names, seen, ahead = [], set(), [(str(folder), os.path.realpath(folder))]
    while ahead:
        root, real = ahead.pop()
        names.append(f"{root}/\0{real}")
        if real in seen:
            continue
        seen.add(real)
        with suppress(OSError), os.scandir(root) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                with suppress(OSError):  # a link that leads in a circle
                    if entry.is_dir():
                        is_link = entry.is_symlink()
                        leads_to = (
                            os.path.realpath(entry.path) if is_link else f"{real}/{entry.name}"
                        )
                        ahead.append((entry.path, leads_to))
                    elif not entry.is_symlink() or entry.is_file():
                        names.append(entry.path)
    return tuple(sorted(names))


def _walk(folder: Path | str, ending: str, prefix: str = "") -> Iterator[tuple[str, int, int]]:
    """Yield each file below a folder: its name relative to it, its size, its change (ns).

    A name that no line of C can include is left out.
    """
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            # A link that leads in a circle is neither; only that link is skipped.
            with suppress(OSError):
                # Links to folders are followed at the top only, where a build has `machine` and
                # others.
                if entry.is_dir(follow_symlinks=not prefix):
                    yield from _walk(entry.path, ending, f"{name}/")
                elif name.endswith(ending) and _INCLUDABLE.fullmatch(name) and entry.is_file():
                    status = entry.stat()
                    yield name, status.st_size, changed_at(status)
