"""Options -> headers: `sys/conf/options*` and a `KernConf` -> the `opt_*.h` config(8) writes.

The order of the lines is config(8)'s too (mkoptions.c): it rewrites a header for every option that
goes into it, and each time the lines turn round.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.conf import ConfOption, KernConf
from layoutcheck.kernel.header_lines import HeaderLines
from layoutcheck.kernel.settings import find_settings
from layoutcheck.kernel.source import SourceReader, SourceText
from layoutcheck.kernel.statements import ascii_lower
from layoutcheck.kernel.words import words
from layoutcheck.location import SourceLocation

__all__ = [
    "OptionEntry",
    "OptionHeaders",
    "OptionTable",
    "parse_option_table",
    "read_option_table",
    "render_options",
    "suggestion",
]

_HEADER: Final = re.compile(r"[\w.-]+\.h")
# Comparing names takes time. FreeBSD 13.2 has 1,300 options; the longest name has 36 letters.
_MAX_COMPARED: Final = 4000
_MAX_COMPARED_LENGTH: Final = 40
_MAX_OTHERS: Final = 5
_MAX_ENTRIES: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionEntry:
    """One option that a kernel knows, the header that defines it, and where the table says so."""

    name: str
    header: str
    location: SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionTable:
    """Every option of a kernel in the order of its files, and old names with what replaces them."""

    entries: tuple[OptionEntry, ...]
    aliases: Mapping[str, str]

    @property
    def headers(self) -> tuple[str, ...]:
        """The names of all headers, sorted."""
        return tuple(sorted({entry.header for entry in self.entries}))


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionHeaders:
    """The text of every `opt_*.h` (empty for those that define nothing), and config(8)'s words."""

    headers: Mapping[str, str]
    messages: tuple[str, ...]


def parse_option_table(sources: Sequence[SourceText], compat: SourceText | None) -> OptionTable:
    """The texts of `options`, `options.<machine>`, ..., and `options-compat` -> the table.

    A line names an option and its header; by default that is `opt_<lower case>.h`. Raises
    `KernConfError` for an option that two lines declare, for a header that is no plain name, and
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
    """The header of an option; a file of this name is written, so that it must not be a path."""
    header = f"opt_{ascii_lower(name)}.h" if stated is None else stated
    if _HEADER.fullmatch(header):
        return header
    raise KernConfError(
        f"option {name} goes into {header!r}, which is no name of a header",
        where=where,
        hint="a line reads OPTION opt_option.h, without a folder",
    )


def _pairs(source: SourceText) -> Iterator[tuple[str, str | None, int]]:
    """The first two words of each line (None for a missing second one), and the line's number."""
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
    """The table of a kernel for `machine`, from the files that `read` finds by name.

    Those are `options`, `options.<machine>` and `options-compat`; `extra` are the files that the
    conf's `includeoptions` name. Raises `KernConfError` where `options` is missing.
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


def render_options(conf: KernConf, table: OptionTable) -> OptionHeaders:
    """The text of every `opt_*.h` of `table` under `conf`, and what config(8) says on the way.

    It is empty for those that define nothing. Raises `KernConfError` for an option that the table
    does not have.
    """
    settings = find_settings(conf, table)
    messages = list(settings.messages)
    _check_known(conf, table, settings.by_option)
    headers = {entry.header: HeaderLines() for entry in table.entries}
    # The table is a list that grows at its head, so the last entry comes first.
    for entry in reversed(table.entries):
        given = settings.by_option.get(entry.name)
        if not given:
            continue
        messages += [
            f'{conf.name}: option "{entry.name}" redefined from {old.value} to {new.value}'
            for old, new in pairwise(given)
            if old.value != new.value
        ]
        if headers[entry.header].add(entry.name, given[-1].value):
            messages.append(
                f"WARNING: {entry.header} holds a value with blanks, and config(8) loses what "
                f"follows its first word; write it without blanks"
            )
    texts = {header: lines.text for header, lines in headers.items()}
    return OptionHeaders(headers=MappingProxyType(texts), messages=tuple(messages))


def _check_known(conf: KernConf, table: OptionTable, given: Iterable[str]) -> None:
    """Refuse options that the table does not have, except `DEV_*` (mkoptions.c)."""
    known = {entry.name for entry in table.entries}
    unknown = {name for name in given if name not in known and not name.startswith("DEV_")}
    if not unknown:
        return
    # config(8) names one of them: a cpu, else the last option in the conf.
    first_copies: dict[str, ConfOption] = {}
    for option in conf.options:
        first_copies.setdefault(option.name, option)
    order = [("MAXUSERS", SourceLocation(path=conf.name))]
    order += [(cpu.name, cpu.location) for cpu in conf.cpus]
    order += [(option.name, option.location) for option in reversed(first_copies.values())]
    name, location = next(
        (name, location) for name, location in order if table.aliases.get(name, name) in unknown
    )
    others = sorted(unknown - {name})
    shown = ", ".join(others[:_MAX_OTHERS]) + (", ..." if len(others) > _MAX_OTHERS else "")
    more = f" (and unknown too: {shown})" if others else ""
    raise KernConfError(
        f'unknown option "{name}"{more}', where=location, hint=suggestion(name, known)
    )


def suggestion(name: str, known: Iterable[str]) -> str | None:
    """A hint that names what of `known` is most like `name`, or None."""
    candidates = list(known)
    short = name[:_MAX_COMPARED_LENGTH]
    if short.upper() in candidates:
        return f"did you mean {short.upper()}?"
    close = difflib.get_close_matches(short, candidates[:_MAX_COMPARED], n=3, cutoff=0.75)
    return f"did you mean {', '.join(close)}?" if close else None
