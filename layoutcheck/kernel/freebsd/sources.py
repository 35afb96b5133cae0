"""The sources of a tree -> those that read a header, as far as their text shows it.

Some headers compile with no other headers of their folder, since they need a source's includes
before them. The source itself is then their unit. A source may also define a macro that a header
tests, before it includes the header.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from layoutcheck.cache.memo import Memo
from layoutcheck.kernel.names.comments import strip_comments
from layoutcheck.kernel.names.macro_words import DEFINE
from layoutcheck.kernel.system import Before
from layoutcheck.kernel.units.inclusions import Inclusions
from layoutcheck.kernel.units.record_text import open_pack

__all__ = ["TreeSources"]

_MOST: Final = 6
"""Number of sources that are tried for one header."""
# Number of path segments of a folder whose sources belong together: `net`, `dev/ath`,
# `contrib/dev/ath`.
_DEPTHS: Final = {"compat": 2, "contrib": 2, "dev": 2, "fs": 2, "contrib/dev": 3}


# A row of the table of files: a source, and the macros with which it is compiled.
_FLAGS: Final = re.compile(r'^(\S+\.c)\b.*\bcompile-with\s+"([^"]*)"', re.MULTILINE)
_FLAG: Final = re.compile(r"(?<!\S)-D(\w+)(?:=(\S*))?")
_TABLES: Final = "files*"


class TreeSources:
    """Finder of sources below the folder `sys` that read a header; `read` returns a header's text.

    Without `sys` (None) there are no sources. Several threads may use it.
    """

    def __init__(self, sys: Path | None, read: Callable[[str], str]) -> None:
        self._sys, self._read_header = sys, read
        self._inclusions = Inclusions(self._read)
        self._found: Memo[str, dict[str, frozenset[str]]] = Memo()
        self._before: Memo[str, tuple[Before, ...]] = Memo()
        self._flags: Memo[None, Mapping[str, Mapping[str, str]]] = Memo()

    def of(self, header: str) -> tuple[str, ...]:
        """Return the sources that include the header, directly or not, or one of that name.

        If none does, a macro may name it: then the sources in its folder are returned.
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

    def before(self, header: str) -> tuple[Before, ...]:
        """Return the context of each source that includes the header, at its include."""
        return self._before.get(header, lambda: tuple(self._find_before(header)))

    def _find_before(self, header: str) -> Iterator[Before]:
        folder = header.rpartition("/")[0]
        if self._sys is None or not folder:
            return
        top = _top(folder)
        for source, read in self._found.get(top, lambda: self._find(top)).items():
            if header not in read:
                continue
            text = strip_comments(self._read(source))
            headers, end = frozenset[str](), len(text)
            for at, included in self._inclusions.within(source, text):
                drawn_in = self._inclusions.of(included)
                if header in drawn_in:
                    end = at
                    break
                headers |= drawn_in
            macros = {f[1] + (f[2] or "")[:1]: f[3].strip() for f in DEFINE.finditer(text, 0, end)}
            yield Before(source, macros, headers, open_pack(text, end))
            flags = self._flags_of(source)
            if flags:
                words = " ".join(f"-D{name}" for name in flags)
                yield Before(f"{source} {words}", flags, frozenset())

    def _flags_of(self, source: str) -> Mapping[str, str]:
        """Return the macros with which the build compiles a source."""
        return self._flags.get(None, lambda: dict(self._find_flags())).get(source, {})

    def _find_flags(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        for table in sorted((self._sys or Path()).joinpath("conf").glob(_TABLES)):
            text = table.read_text(encoding="utf-8", errors="replace").replace("\\\n", " ")
            for source, flags in _FLAGS.findall(text):
                yield source, {name: words or "1" for name, words in _FLAG.findall(flags)}

    def _find(self, top: str) -> dict[str, frozenset[str]]:
        """Return the sources below a folder, each with the files that it reads."""
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
