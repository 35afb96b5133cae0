"""The sources of a tree -> those that read a header, as far as their text shows it.

Some headers go together with no others of their folder: they have the includes of a source before
them. Then the source itself is what they are read in.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from layoutcheck.kernel.inclusions import Inclusions
from layoutcheck.once import Once

__all__ = ["Sources"]

_MOST: Final = 6
"""How many sources of one header are tried."""
# How many folders lead to what belongs together: `net`, `dev/ath`, `contrib/dev/ath`.
_DEPTHS: Final = {"compat": 2, "contrib": 2, "dev": 2, "fs": 2, "contrib/dev": 3}


class Sources:
    """Finds the sources below the folder `sys` that read a header; `read` gives a header's text.

    None if there is no `sys`. Several threads may use it.
    """

    def __init__(self, sys: Path | None, read: Callable[[str], str]) -> None:
        self._sys, self._read_header = sys, read
        self._inclusions = Inclusions(self._read)
        self._found: Once[str, dict[str, frozenset[str]]] = Once()

    def of(self, header: str) -> tuple[str, ...]:
        """Those that include the header, directly or not, or one of that name.

        Where none does, a macro may name it: then the sources beside it.
        """
        folder, _, name = header.rpartition("/")
        if self._sys is None or not folder:
            return ()
        top = _top(folder)
        every = self._found.get(top, lambda: self._find(top))
        exact = [source for source, read in every.items() if header in read]
        named = [source for source, read in every.items() if name in read and source not in exact]
        beside = [source for source in every if source.rpartition("/")[0] == folder]
        return tuple((*exact, *named)[:_MOST] or beside[:_MOST])

    def _find(self, top: str) -> dict[str, frozenset[str]]:
        """The sources below a folder, each with what it reads."""
        if self._sys is None:
            return {}
        paths = sorted((self._sys / top).rglob("*.c"))
        names = [path.relative_to(self._sys).as_posix() for path in paths]
        return {name: self._inclusions.of(name) for name in names}

    def _read(self, name: str) -> str:
        if self._sys is None or not name.endswith(".c"):
            return self._read_header(name)
        with suppress(OSError):  # a link that leads nowhere
            return (self._sys / name).read_text(encoding="utf-8", errors="replace")
        return ""


def _top(folder: str) -> str:
    parts = folder.split("/")
    depth = _DEPTHS.get("/".join(parts[:2]), _DEPTHS.get(parts[0], 1))
    return "/".join(parts[:depth])
