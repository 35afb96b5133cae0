"""Cache key of a clang answer: the facts that the answer depends on, apart from the question.

Files that are generated for this invocation lie in new folders each time. Their content is a fact.
For headers in other folders, the names are facts, since a new header could hide another one. The
cache is told which of those headers clang reads.
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

# Variables that clang's driver reads: further folders, and changes to the command.
_FOLDERS: Final = ("CPATH", "C_INCLUDE_PATH")
_VARIABLES: Final = (*_FOLDERS, "CCC_OVERRIDE_OPTIONS", "COMPILER_PATH")

# `__has_include` of a path that leads out of the folders, or of a macro, which may be any name.
_ELSEWHERE: Final = re.compile(
    rb"__has_include(?:_next)?\s*\(\s*[<\"](?:/|[^>\"\n]*\.\./)"
    rb"|#\s*(?:el)?if\b[^#]*?__has_include(?:_next)?\s*\(\s*[A-Za-z_]"
)
_NO_FILE: Final = "/dev/null/looked for outside of the headers' folders"


class CFacts:
    """Facts of one `command` of clang. `generated` are the folders of this invocation.

    `names` is a digest of the names of all headers in the command's other folders.
    """

    def __init__(
        self, command: Sequence[str], generated: Iterable[Path], names: str, cache: Cache
    ) -> None:
        # The names of the folders in the command, and those that clang's notes may use.
        both = ((str(folder), str(folder.resolve())) for folder in generated)
        self._generated = tuple(dict.fromkeys(name for names_ in both for name in names_))
        made = [self._shown(part) for part in command]
        made += [f"{name}={os.environ.get(name)}" for name in _VARIABLES]
        self._elsewhere: dict[str, bool] = {}
        """For each file that was read, whether it looks for a file outside of the folders."""
        self._links: dict[str, str] = {}
        """Symbolic links in generated folders, such as `machine`, and the target of each."""
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
        """Return the files that clang has read and whose content is not a fact.

        One of them may look for a file outside of the command's folders. If that file is missing,
        or clang would not report it, the result also has a name that no file has. The answer is
        then not cached.
        """
        paths = [self._led(str(path)) for path in read]
        found = frozenset(p for p in paths if p.startswith("/") and not self._is_generated(p))
        # A missing file has the name by which it is included.
        missing = any(not p.startswith("/") and ".." in Path(p).parts for p in paths)
        unknown = found.difference(self._elsewhere)
        self._elsewhere |= {path: _looks_elsewhere(path) for path in unknown}
        elsewhere = missing or any(self._elsewhere[path] for path in found)
        return found | {_NO_FILE} if elsewhere else found

    def _led(self, path: str) -> str:
        """Return a path, with a link in a generated folder replaced by the link's target."""
        for link, to in self._links.items():
            if path.startswith(f"{link}/"):
                return to + path.removeprefix(link)
        return path

    def _is_generated(self, path: str) -> bool:
        return any(path.startswith(f"{folder}/") for folder in self._generated)

    def _shown(self, part: str) -> str:
        """Return a part of the command, with a number for each folder whose name changes."""
        for number, folder in enumerate(self._generated):
            part = part.replace(folder, f"<{number}>")
        return part


def _names_in_variables() -> Iterable[str]:
    """Yield the names that can be included from the folders that variables name."""
    for variable in _FOLDERS:
        for folder in os.environ.get(variable, "").split(os.pathsep):
            if folder.startswith("/"):  # clang runs in a folder of ours
                yield from list_names(Path(folder))


def _looks_elsewhere(path: str) -> bool:
    try:
        return _ELSEWHERE.search(Path(path).read_bytes()) is not None
    except OSError:
        return False
