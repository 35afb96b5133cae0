"""A source tree -> the include folders that its build has for some sources only.

`conf/kern.pre.mk` and the `compile-with` of `conf/files` name them: folders for ath's sources, or
for users of linuxkpi. They are searched last here, so that they hide no other header. A folder is
left out if another one has a header of the same name and no command has both: each source then
means its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Final

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.source import read_text

__all__ = ["find_include_folders"]

_FOLDER: Final = re.compile(r"-I[ ]?\$\{?S\}?/([\w./+-]+)")
_FILES: Final = ("kern.pre.mk", "files", "files.x86")
# Code that is not FreeBSD's own, and replacements of another system's `sys`.
_TOO_MUCH: Final = re.compile(r"contrib|cddl/.*|(?:contrib/openzfs|modules)/.*")


def find_include_folders(sys: Path, machine: str) -> tuple[Path, ...]:
    """Return the folders inside `sys`, in the order in which they are named."""
    inside = sys.resolve()
    commands = [
        tuple(sys / name.rstrip("/") for name in _FOLDER.findall(command))
        for file in (*_FILES, f"files.{machine}")
        for command in _read(sys / "conf" / file).replace("\\\n", " ").splitlines()
    ]
    named = dict.fromkeys(folder for command in commands for folder in command)
    folders = [one for one in named if not _TOO_MUCH.fullmatch(one.relative_to(sys).as_posix())]
    together = {pair for command in commands for pair in permutations(command, 2)}
    headers = {
        folder: frozenset(_headers(folder))
        for folder in folders
        if folder.is_dir() and folder.resolve().is_relative_to(inside)
    }

    def is_clear(one: Path, other: Path) -> bool:
        return (one, other) in together or headers[one].isdisjoint(headers[other])

    return tuple(
        one for one in headers if all(is_clear(one, other) for other in headers if other != one)
    )


def _headers(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*.h"))


def _read(path: Path) -> str:
    try:
        source = read_text(path)
    except KernConfError:
        return ""
    return "" if source is None else source.text
