"""`sys/conf/options*` -> the table of a kernel's options, and of the headers that define them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.source import SourceReader, SourceText
from layoutcheck.kernel.freebsd.config.statements import ascii_lower
from layoutcheck.kernel.freebsd.config.table_words import words
from layoutcheck.location import SourceLocation

__all__ = [
    "UNUSED_HEADER",
    "OptionEntry",
    "OptionTable",
    "parse_option_table",
    "read_option_table",
    "suggestion",
]

UNUSED_HEADER: Final = "opt_dontuse.h"
"""Where config(8) puts options that only choose files: no source includes it."""
_HEADER: Final = re.compile(r"[\w.-]+\.h")
# Name comparison is slow. FreeBSD 13.2 has 1,300 options; the longest name has 36 letters.
_MAX_COMPARED: Final = 4000
_MAX_COMPARED_LENGTH: Final = 40
_MAX_ENTRIES: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionEntry:
    """One option of a kernel, the header that defines it, and its place in the table."""

    name: str
    header: str
    location: SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionTable:
    """Every option of a kernel in the order of its files, and old names with their replacements."""

    entries: tuple[OptionEntry, ...]
    aliases: Mapping[str, str]

    @property
    def headers(self) -> tuple[str, ...]:
        """Return the names of all headers, sorted."""
        return tuple(sorted({entry.header for entry in self.entries}))

    @property
    def usable(self) -> tuple[OptionEntry, ...]:
        """The options that a header can ask for."""
        return tuple(entry for entry in self.entries if entry.header != UNUSED_HEADER)


def parse_option_table(sources: Sequence[SourceText], compat: SourceText | None) -> OptionTable:
    """Parse the texts of `options`, `options.<machine>`, ..., and `options-compat`.

    A line names an option and its header; the default header is `opt_<lower case>.h`. Raises
    `KernConfError` for an option that two lines declare, for a header that is not a plain name, and
    for far more options than any kernel has.
    """
    entries: dict[str, OptionEntry] = {}
    for source in sources:
        for name, header, line in _pairs(source):
            where = SourceLocation(path=source.path, line=line)
            if name in entries:
                raise KernConfError(
                    f"Duplicate option {name}.",
                    where=where,
                    hint=f"{entries[name].location} declares it too",
                )
            if len(entries) == _MAX_ENTRIES:
                raise KernConfError(
                    "too many options",
                    where=where,
                    hint=f"layoutcheck reads at most {_MAX_ENTRIES} in all",
                )
            entries[name] = OptionEntry(
                name=name, header=_header(name, header, where), location=where
            )
    aliases: dict[str, str] = {}
    for name, target, line in () if compat is None else _pairs(compat):
        if target is None:
            raise KernConfError(
                f"compat file requires two words per line at {name}",
                where=SourceLocation(path=compat.path if compat else "", line=line),
            )
        # A name that the table does not have may be another machine's.
        if entries.pop(name, None) is not None:
            aliases[name] = target
    return OptionTable(entries=tuple(entries.values()), aliases=MappingProxyType(aliases))


def _header(name: str, stated: str | None, where: SourceLocation) -> str:
    """Return the header of an option. A file of this name is written, so it must be no path."""
    header = f"opt_{ascii_lower(name)}.h" if stated is None else stated
    if _HEADER.fullmatch(header):
        return header
    raise KernConfError(
        f"option {name} goes into {header!r}, which is no name of a header",
        where=where,
        hint="a line reads OPTION opt_option.h, without a folder",
    )


def _pairs(source: SourceText) -> Iterator[tuple[str, str | None, int]]:
    """Yield the first two words of each line (None for a missing second one), and its number."""
    found = words(source.text)
    line, counted = 1, 0
    for word, offset in found:
        if word is None:
            continue
        if word.startswith("#"):
            _skip_line(found)
            continue
        line += source.text.count("\n", counted, offset)
        counted = offset
        second = next(found, None)
        if second is None:
            return
        yield word, second[0], line


def _skip_line(found: Iterator[tuple[str | None, int]]) -> None:
    for word, _ in found:
        if word is None:
            return


def read_option_table(
    read: SourceReader, machine: str, extra: Sequence[SourceText] = ()
) -> OptionTable:
    """Return the table of a kernel for `machine`, from the files that `read` finds by name.

    The files are `options`, `options.<machine>` and `options-compat`. `extra` are the files of the
    conf's `includeoptions`. Raises `KernConfError` if `options` is missing.
    """
    options = read("options")
    if options is None:
        raise KernConfError(
            "there is no sys/conf/options",
            hint="--kernel-src takes a whole FreeBSD source tree, or its sys folder",
        )
    machine_options = read(f"options.{machine}")
    sources = [options, *([] if machine_options is None else [machine_options]), *extra]
    return parse_option_table(sources, read("options-compat"))


def suggestion(name: str, known: Iterable[str]) -> str | None:
    """Return a hint with the names in `known` that are most like `name`, or None."""
    candidates = list(known)
    short = name[:_MAX_COMPARED_LENGTH]
    if short.upper() in candidates:
        return f"did you mean {short.upper()}?"
    close = difflib.get_close_matches(short, candidates[:_MAX_COMPARED], n=3, cutoff=0.75)
    return f"did you mean {', '.join(close)}?" if close else None
