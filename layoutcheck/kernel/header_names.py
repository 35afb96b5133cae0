"""The headers of a folder, and the names that each defines: of a type, or of something else.

A folder is read once; what was found is kept in the user's cache folder until a header of it
changes. Headers that include other files are few, and are read every time: such a file may change
while the header does not. Without a cache it is only slower.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from layoutcheck.errors import ToolchainError
from layoutcheck.folders import cache_folder
from layoutcheck.kernel.header_text import read_header

__all__ = ["Listing", "NameKind", "list_files", "list_headers", "list_names", "names_in"]

Listing: TypeAlias = tuple[tuple[str, int, int], ...]
"""Files: each one's name from a folder, its size, and when it was changed (ns)."""
_Names: TypeAlias = Mapping[str, Sequence[str]]
_VERSION: Final = 3
"""Counts up with what `defined_names` or `item_names` find."""
_WORTH_KEEPING: Final = 500
"""A folder of fewer headers is read in the time that its entry in the cache takes."""
# Not the end of an `#include <...>` or of its line, and no bytes that are not UTF-8.
_INCLUDABLE: Final = re.compile(r"[^>\n\r\ud800-\udfff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameKind:
    """What headers are looked through for: how to find all, and which words one needs."""

    name: str
    parse: Callable[[str], frozenset[str]]
    words_of: Callable[[str], Sequence[str]]


def names_in(folder: Path, kind: NameKind, folders: Sequence[Path]) -> _Names:
    """The headers in a folder, and the names that each defines; `folders` are all of the tree."""
    found = list_headers(folder)
    signature = hashlib.sha256(repr((_VERSION, [*found])).encode()).hexdigest()
    entry = _entry(folder, kind.name) if len(found) >= _WORTH_KEEPING else None
    kept = _kept(entry, signature)
    names, own = dict(kept), dict(kept)
    for header in (header for header, _, _ in found if header not in kept):
        read = read_header(folder / header, folders)
        names[header] = sorted(kind.parse(read.text))
        if read.is_own:
            own[header] = names[header]
    if len(own) > len(kept):
        _keep(entry, signature, own)
    return names


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


# The cache


def _entry(folder: Path, what: str) -> Path | None:
    with suppress(ToolchainError):  # a user without a home
        name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:32]
        return cache_folder() / "index" / f"{name}-{what}.json"
    return None


def _kept(entry: Path | None, signature: str) -> _Names:
    if entry is None:
        return {}
    try:
        kept = json.loads(entry.read_bytes())
        if kept["signature"] != signature:
            return {}
        # A foreign entry may hold anything.
        return {header: [name + "" for name in names] for header, names in kept["headers"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _keep(entry: Path | None, signature: str, names: _Names) -> None:
    """Whole or not at all; in vain where nothing can be written."""
    if entry is None:
        return
    with suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        number, part = tempfile.mkstemp(dir=entry.parent, prefix=entry.name)
        try:
            with os.fdopen(number, "w", encoding="utf-8") as stream:
                json.dump({"signature": signature, "headers": names}, stream)
            Path(part).replace(entry)
        finally:
            Path(part).unlink(missing_ok=True)
