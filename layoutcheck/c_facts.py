"""What clang's word on a kernel depends on, besides what it is asked: the facts of a cached value.

Files made for this invocation lie in other folders each time: of them the content is a fact. Of the
headers that lie elsewhere the names are: one more could hide another. What clang reads of them the
cache is told.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from layoutcheck.cache import Cache, digest_of

__all__ = ["CFacts"]

# What else clang's driver looks at: further folders, and changes to the command.
_VARIABLES: Final = ("CPATH", "C_INCLUDE_PATH", "CCC_OVERRIDE_OPTIONS", "COMPILER_PATH")


class CFacts:
    """The facts of one `command` of clang; `generated` are the folders of this invocation.

    `names` stands for the names of all headers in the command's other folders.
    """

    def __init__(
        self, command: Sequence[str], generated: Iterable[Path], names: str, cache: Cache
    ) -> None:
        self._generated = tuple(dict.fromkeys(str(folder.resolve()) for folder in generated))
        made = [self._shown(part) for part in command]
        made += [f"{name}={os.environ.get(name)}" for name in _VARIABLES]
        if cache.folder is not None:
            files = (
                path
                for flag, folder in pairwise(command)
                if flag in {"-I", "-isystem"} and self._is_generated(folder)
                for path in sorted(Path(folder).rglob("*"))
                if path.is_file()
            )
            made += [f"{self._shown(str(path))} {cache.digest_file(str(path))}" for path in files]
        self.digest: Final = digest_of(names, *made)

    def files(self, read: Iterable[Path]) -> frozenset[str]:
        """Of the files that clang has read those whose content is no fact."""
        paths = (str(path) for path in read)
        return frozenset(p for p in paths if p.startswith("/") and not self._is_generated(p))

    def _is_generated(self, path: str) -> bool:
        return any(path.startswith(f"{folder}/") for folder in self._generated)

    def _shown(self, part: str) -> str:
        """A part of the command without the folders that have another name each time."""
        for number, folder in enumerate(self._generated):
            part = part.replace(folder, f"<{number}>")
        return part
