"""A folder -> the headers, files or names below it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

__all__ = ["Listing", "list_files", "list_headers", "list_names"]

Listing: TypeAlias = tuple[tuple[str, int, int], ...]
"""Files: each one's name from a folder, its size, and when it was changed (ns)."""
# Not the end of an `#include <...>` or of its line, and no bytes that are not UTF-8.
_INCLUDABLE: Final = re.compile(r"[^>\n\r\ud800-\udfff]+")


def list_headers(folder: Path) -> Listing:
    """The headers below a folder, sorted; what cannot be looked into has none."""
    return tuple(sorted(_walk(folder, ".h")))


def list_files(folder: Path) -> Listing:
    """Likewise all files below a folder, as a header may include one of any name."""
    return tuple(sorted(_walk(folder, "")))


def list_names(folder: Path) -> tuple[str, ...]:
    """All that an `#include` could find below a folder, whatever it is called, sorted.

    Links to folders are followed, each folder once, and named with what they lead to. A link that
    leads to nothing is no name.
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
                with suppress(OSError):  # of a link that leads in a circle
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
    """Each file below a folder: its name from there, its size, and when it was changed (ns).

    A name that no line of C can include is none.
    """
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            # A link that leads in a circle can be neither: it costs only itself.
            with suppress(OSError):
                # Links to folders are followed where a build has them: `machine` and its like.
                if entry.is_dir(follow_symlinks=not prefix):
                    yield from _walk(entry.path, ending, f"{name}/")
                elif name.endswith(ending) and _INCLUDABLE.fullmatch(name) and entry.is_file():
                    status = entry.stat()
                    # The second time cannot be set back.
                    changed = max(status.st_mtime_ns, status.st_ctime_ns)
                    yield name, status.st_size, changed
