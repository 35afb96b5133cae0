"""What clang's word on a kernel depends on, besides what it is asked: the facts of a cached value.

Files made for this invocation lie in other folders each time: of them the content is a fact. Of the
headers that lie elsewhere the names are: one more could hide another. What clang reads of them the
cache is told.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from layoutcheck.cache.store import Cache, digest_of
from layoutcheck.kernel.names.listing import list_names

__all__ = ["CFacts"]

# What else clang's driver looks at: further folders, and changes to the command.
_FOLDERS: Final = ("CPATH", "C_INCLUDE_PATH")
_VARIABLES: Final = (*_FOLDERS, "CCC_OVERRIDE_OPTIONS", "COMPILER_PATH")

# By a name, or by a macro, which may be any.
_ELSEWHERE: Final = re.compile(
    rb"__has_include(?:_next)?\s*\(\s*[<\"](?:/|[^>\"\n]*\.\./)"
    rb"|#\s*(?:el)?if\b[^#]*?__has_include(?:_next)?\s*\(\s*[A-Za-z_]"
)
_NO_FILE: Final = "/dev/null/looked for outside of the headers' folders"


class CFacts:
    """The facts of one `command` of clang; `generated` are the folders of this invocation.

    `names` stands for the names of all headers in the command's other folders.
    """

    def __init__(
        self, command: Sequence[str], generated: Iterable[Path], names: str, cache: Cache
    ) -> None:
        # As they are named in the command, and as clang's notes may name them.
        both = ((str(folder), str(folder.resolve())) for folder in generated)
        self._generated = tuple(dict.fromkeys(name for names_ in both for name in names_))
        made = [self._shown(part) for part in command]
        made += [f"{name}={os.environ.get(name)}" for name in _VARIABLES]
        self._elsewhere: dict[str, bool] = {}
        """By file that was read, whether it looks for one outside of the folders."""
        self._links: dict[str, str] = {}
        """The links in generated folders, such as `machine`, and where each leads."""
        if cache.folder is not None:
            paths = [
                path
                for flag, folder in pairwise(command)
                if flag in {"-I", "-isystem"} and self._is_generated(folder)
                for path in sorted(Path(folder).rglob("*"))
            ]
            files = [str(path) for path in paths if path.is_file()]
            made += [f"{self._shown(path)} {cache.digest_file(path)}" for path in files]
            self._links = {str(p): os.path.realpath(p) for p in paths if p.is_symlink()}
            made += [f"{self._shown(link)} {to}" for link, to in self._links.items()]
            made += _names_in_variables()
        self.digest: Final = digest_of(names, *made)

    def files(self, read: Iterable[Path]) -> frozenset[str]:
        """Of the files that clang has read those whose content is no fact.

        And where one of them looks for a file outside of the command's folders, and it is not there
        or clang would not tell, a name that no file has: then nothing is kept.
        """
        paths = [self._led(str(path)) for path in read]
        found = frozenset(p for p in paths if p.startswith("/") and not self._is_generated(p))
        # What is missing is called as it is included.
        missing = any(not p.startswith("/") and ".." in Path(p).parts for p in paths)
        unknown = found.difference(self._elsewhere)
        self._elsewhere |= {path: _looks_elsewhere(path) for path in unknown}
        elsewhere = missing or any(self._elsewhere[path] for path in found)
        return found | {_NO_FILE} if elsewhere else found

    def _led(self, path: str) -> str:
        """A path, behind a link in a generated folder that of the file itself."""
        for link, to in self._links.items():
            if path.startswith(f"{link}/"):
                return to + path.removeprefix(link)
        return path

    def _is_generated(self, path: str) -> bool:
        return any(path.startswith(f"{folder}/") for folder in self._generated)

    def _shown(self, part: str) -> str:
        """A part of the command without the folders that have another name each time."""
        for number, folder in enumerate(self._generated):
            part = part.replace(folder, f"<{number}>")
        return part


def _names_in_variables() -> Iterable[str]:
    """Yield what could be included from the folders that variables name."""
    for variable in _FOLDERS:
        for folder in os.environ.get(variable, "").split(os.pathsep):
            if folder.startswith("/"):  # clang runs in a folder of ours
                yield from list_names(Path(folder))


def _looks_elsewhere(path: str) -> bool:
    try:
        return _ELSEWHERE.search(Path(path).read_bytes()) is not None
    except OSError:
        return False
