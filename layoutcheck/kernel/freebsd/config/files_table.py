"""The `files*` tables: the devices of a kernel, and the warnings of its source files.

config(8) refuses a device that no line of `sys/conf/files`, `files.<machine>` or the conf's own
`files` uses, and prints the `warning` of each source file that is built (mkmakefile.c).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.conf import ConfName, KernConf
from layoutcheck.kernel.freebsd.config.option_table import suggestion
from layoutcheck.kernel.freebsd.config.source import SourceReader, SourceText, outside_warning
from layoutcheck.location import SourceLocation

__all__ = [
    "FileTable",
    "check_conf_files",
    "check_devices",
    "read_file_table",
    "read_option_files",
]

# The argument of a keyword is the next word, or the next quoted text.
_ARGUMENT: Final = re.compile(
    r"\b(?:dependency|clean|compile-with|warning|obj-prefix)[ \t]+"
    r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\S+)""",
    re.DOTALL,
)
_WARNING: Final = re.compile(r'\bwarning[ \t]+"((?:\\.|[^"\\])*)"')
_FLAGS: Final = frozenset(
    {
        "no-obj",
        "no-implicit-rule",
        "before-depend",
        "nowerror",
        "local",
        "no-depend",
        "no-ctfconvert",
        "profiling-routine",
    }
)
_MAX_NESTED: Final = 16
_MAX_OTHERS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTable:
    """Names that source files may depend on, and the conditions of the warnings.

    A condition is a list of alternatives, each a list of (name, is negated). `messages` are
    warnings about tables outside the tree.
    """

    names: frozenset[str]
    warnings: tuple[tuple[tuple[tuple[tuple[str, bool], ...], ...], str], ...]
    messages: tuple[str, ...]


def read_file_table(
    read: SourceReader, machine: str, extra: Sequence[SourceText] = ()
) -> FileTable | None:
    """Return the table for `machine`, from files that `read` finds by their path in `sys`.

    The files are `conf/files` and `conf/files.<machine>`, then `extra`. None if the tree has no
    `conf/files`: devices cannot be checked then.
    """
    messages: list[str] = []
    sources = [read("conf/files"), read(f"conf/files.{machine}"), *extra]
    if sources[0] is None:
        return None
    names: set[str] = set()
    warnings: list[tuple[tuple[tuple[tuple[str, bool], ...], ...], str]] = []
    for source in sources:
        if source is None:
            continue
        for words, warning in _lines(source, read, messages, 0):
            names.update(word for word in words if word not in ("|", "!"))
            if warning is not None:
                warnings.append((_alternatives(words), warning))
    return FileTable(names=frozenset(names), warnings=tuple(warnings), messages=tuple(messages))


def _lines(
    source: SourceText, read: SourceReader, messages: list[str], depth: int
) -> Iterator[tuple[list[str], str | None]]:
    """Yield the words that each optional source file depends on, and its warning."""
    text = source.text.replace("\\\n", " ")
    for line in text.split("\n"):
        if not line or line[0] == "#":
            continue
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "include" and len(words) > 1:
            included = read(words[1].strip("\"'")) if depth < _MAX_NESTED else None
            if included is not None:
                messages += outside_warning(included, SourceLocation(path=source.path))
                yield from _lines(included, read, messages, depth + 1)
            continue
        if len(words) < 2 or words[1] != "optional":  # noqa: PLR2004 - a file and its kind
            continue
        warning = None
        if '"' in line or "'" in line:
            found = _WARNING.search(line)
            warning = None if found is None else found.group(1)
            words = _ARGUMENT.sub(" ", line).split()
        if "!" in line:
            words = " ".join(words).replace("!", " ! ").split()
        yield [word for word in words[2:] if word not in _FLAGS], warning


def _alternatives(words: Sequence[str]) -> tuple[tuple[tuple[str, bool], ...], ...]:
    """Return `a b | !c` as ((a, b), (not c,))."""
    alternatives: list[list[tuple[str, bool]]] = [[]]
    negated = False
    for word in words:
        if word == "|":
            alternatives.append([])
        elif word == "!":
            negated = True
        else:
            alternatives[-1].append((word, negated))
            negated = False
    return tuple(tuple(alternative) for alternative in alternatives)


def check_devices(conf: KernConf, table: FileTable) -> tuple[str, ...]:
    """Return the warnings of the source files that `conf` builds.

    Raises `KernConfError` for a device of `conf` that no source file depends on.
    """
    unknown = [device for device in conf.devices if device.name not in table.names]
    if unknown:
        others = ", ".join(f'"{device.name}"' for device in unknown[1:_MAX_OTHERS])
        more = f" (and so are {others})" if others else ""
        raise KernConfError(
            f'device "{unknown[0].name}" is unknown{more}',
            where=unknown[0].location,
            hint=suggestion(unknown[0].name, table.names),
        )
    # Only options without a value count; cpus are such options.
    present = {device.name for device in conf.devices}
    options = {option.name.lower() for option in conf.options if option.value is None}
    options |= {cpu.name.lower() for cpu in conf.cpus} | {conf.machine_arch.lower()}
    return table.messages + tuple(
        f"WARNING: {warning}"
        for alternatives, warning in table.warnings
        if any(
            all(
                (name in present or name.lower() in options) is not negated
                for name, negated in alternative
            )
            for alternative in alternatives
        )
    )


def check_conf_files(
    conf: KernConf, read: SourceReader, messages: list[str]
) -> tuple[SourceText, ...]:
    """Return the texts that the `files` statements of `conf` name; check that the others exist.

    Each file outside the tree adds a warning to `messages`. Raises `KernConfError` for a missing
    `files`, `env` or `hints` file.
    """
    found: list[SourceText] = []
    for name in (*conf.files, *conf.env_files, *conf.hints):
        source = _read(name, read)
        if source is None:
            raise KernConfError(
                f"{name.name}: No such file or directory",
                where=name.location,
                hint="such files are looked for beside the conf",
            )
        messages += outside_warning(source, name.location)
        found.append(source)
    return tuple(found[: len(conf.files)])


def read_option_files(
    conf: KernConf, read: SourceReader, messages: list[str]
) -> tuple[SourceText, ...]:
    """Return the texts of the existing files that the `includeoptions` statements of `conf` name.

    Each file outside the tree adds a warning to `messages`.
    """
    found: list[SourceText] = []
    for name in conf.option_files:
        source = _read(name, read)
        if source is not None:
            messages += outside_warning(source, name.location)
            found.append(source)
    return tuple(found)


def _read(name: ConfName, read: SourceReader) -> SourceText | None:
    """Return the file that a statement names; an error names the statement."""
    try:
        return read(name.name)
    except KernConfError as error:
        raise KernConfError(
            f"{error.where}: {error.what}", where=name.location, hint=error.hint
        ) from error
