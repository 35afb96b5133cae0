"""A TOML file -> its tables, read key by key. Errors name the line, which tomllib does not keep."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from layoutcheck.errors import ManifestError
from layoutcheck.location import SourceLocation

__all__ = ["Toml", "TomlReader", "load_toml"]

Toml = Mapping[str, object]
T = TypeVar("T")

_KIND_WORDS = {str: "a string", bool: "true or false", dict: "a table"}


def load_toml(path: Path) -> tuple[str, Toml]:
    """Return the text and the document of the TOML file `path`. Raises `ManifestError`."""
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except OSError as error:
        raise ManifestError(error.strerror or str(error), where=str(path)) from None
    except RecursionError:
        raise ManifestError("not a TOML file: it is nested too deep", where=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        said = re.search(r"\(at line (\d+), column \d+\)", str(error))
        where = SourceLocation(path=str(path), line=int(said[1]) if said else 0)
        raise ManifestError(f"not a TOML file: {error}", where=where) from None


class TomlReader:
    """One reading of one file, whose text is kept to find lines in it.

    `prefix` is prepended to the name of each table ("tool.layoutcheck."). In the methods, `name` is
    the table's name without it ("" for the top table). `start` is the line from which to search for
    a key if the name alone does not identify the table.
    """

    def __init__(self, path: Path, text: str, prefix: str) -> None:
        self.path = path
        self._lines = text.splitlines()
        self._prefix = prefix

    def table(self, document: Toml, key: str) -> Toml:
        """Return the table `key` of the top table; empty if it is missing."""
        table = document.get(key, {})
        if not isinstance(table, dict):
            raise self.error(f"{key} is not a table", key=key, hint=f"write [{self._prefix}{key}]")
        return table

    def get(self, table: Toml, name: str, key: str, kind: type[T], *, start: int = 0) -> T | None:
        """Return the value of a key, of one type; None if it is missing."""
        value = table.get(key)
        if value is None or isinstance(value, kind):
            return value
        what = f"{key} is not {_KIND_WORDS.get(kind, kind.__name__)}"
        raise self.error(what, name=name, key=key, start=start)

    def matching(
        self, table: Toml, name: str, key: str, pattern: re.Pattern[str], *, hint: str
    ) -> str | None:
        """Return a string that matches the whole pattern; None if it is missing."""
        value = self.get(table, name, key, str)
        if value is not None and not pattern.fullmatch(value):
            raise self.error(f"{key} is {value!r}", name=name, key=key, hint=hint)
        return value

    def path_in(self, table: Toml, name: str, key: str) -> Path | None:
        """Return a path, which is relative to the file's own folder; None if it is missing."""
        value = self.get(table, name, key, str)
        return None if value is None else self.path.parent / value

    def strings(self, table: Toml, name: str, key: str) -> tuple[str, ...]:
        """Return a list of strings, or one string as a list; empty if it is missing."""
        value = table.get(key, [])
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(f"{key} is not a list of strings", name=name, key=key)
        return tuple(value)

    def only_known(self, name: str, table: Toml, known: tuple[str, ...], *, start: int = 0) -> None:
        """Refuse a key that is not `known`, and suggest the closest one."""
        for key in table:
            if key not in known:
                close = difflib.get_close_matches(key, known, n=1)
                hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(known)}"
                raise self.error(f"unknown key {key!r}", name=name, key=key, start=start, hint=hint)

    def without_nul(self, value: object, name: str = "", key: str = "") -> None:
        """Refuse a string with the character NUL at any depth below a table.

        No path, variable or argument of a program can contain it.
        """
        if isinstance(value, str) and "\0" in value:
            raise self.error(f"{key} holds the character NUL", name=name, key=key)
        if isinstance(value, list):
            for item in value:
                self.without_nul(item, name, key)
        elif isinstance(value, dict):
            for inner, item in value.items():
                self.without_nul(inner, key or name, key)
                self.without_nul(item, key or name, inner)

    def headers_of(self, name: str) -> tuple[int, ...]:
        """Return the lines of the headers `[[name]]`."""
        header = re.compile(rf"\s*\[\[\s*{re.escape(self._prefix + name)}\s*\]\]")
        return tuple(n for n, line in enumerate(self._lines, 1) if header.match(line))

    def error(
        self, what: str, *, name: str = "", key: str = "", start: int = 0, hint: str | None = None
    ) -> ManifestError:
        """Return the error to raise, at the line of the key, or else of the table."""
        shown = f"[{self._prefix}{name}]: " if name else ""
        where = SourceLocation(path=str(self.path), line=self.line_of(name, key, start))
        return ManifestError(f"{shown}{what}", where=where, hint=hint)

    def line_of(self, name: str, key: str, start: int = 0) -> int:
        """Return the line that sets a key of a table, or the table's own; 0 if it is not found."""
        table = (self._prefix + name).rstrip(".")
        first = start
        if table and not start:
            header = re.compile(rf"\s*\[\[?\s*{re.escape(table)}\s*\]")
            first = next((n for n, line in enumerate(self._lines, 1) if header.match(line)), 0)
        if not key:
            return first
        quoted = re.escape(key)
        # First the key's own line or header, then a place within a line: an inline table, a dotted
        # key.
        settings = (
            rf"\s*[\"']?{quoted}[\"']?\s*[=.]|\s*\[+[^\]=]*(?<![\w-])[\"']?{quoted}[\"']?\s*\]",
            rf".*(?<![\w-])[\"']?{quoted}[\"']?\s*[=.]",
        )
        # Before the next table; else anywhere: a table may be in several places.
        for end in (self._end(table, first), len(self._lines)):
            for setting in settings:
                for number, line in enumerate(self._lines[first:end], first + 1):
                    if re.match(setting, line):
                        return number
        return first

    def _end(self, table: str, first: int) -> int:
        """The number of lines before the next header of a table that is not in this one."""
        if not table:
            return len(self._lines)
        other = re.compile(rf"\s*\[(?!\[?\s*{re.escape(table)}\s*\.)")
        after = enumerate(self._lines[first:], first)
        return next((n for n, line in after if other.match(line)), len(self._lines))
