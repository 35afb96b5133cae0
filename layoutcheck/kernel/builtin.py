"""A kernel conf by name or path -> the resolved configuration and its `opt_*.h`.

With a source tree everything comes from there, and is checked as config(8) checks it. Without
one, this package has GENERIC, MINIMAL and their debugging variants for some releases and machines
(`confs/<major release>/<machine>/`), and those releases' table of options.
"""

from __future__ import annotations

import contextlib
import difflib
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from layoutcheck.errors import KernConfError, NoSuchConfError
from layoutcheck.kernel.conf import KernConf, parse_conf, read_conf
from layoutcheck.kernel.files import (
    check_conf_files,
    check_devices,
    read_file_table,
    read_option_files,
)
from layoutcheck.kernel.options import OptionTable, read_option_table, render_options
from layoutcheck.kernel.source import (
    SourceReader,
    SourceText,
    chain_readers,
    folder_reader,
    is_file,
    limited_reader,
)

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["ResolvedConf", "built_in_machines", "built_in_names", "resolve_conf"]

_FULL_TABLE_HINT: Final = "--kernel-src gives layoutcheck the whole table of a source tree"
# What lies beside the confs in sys/<machine>/conf and is none.
_NOT_CONFS: Final = frozenset({"DEFAULTS", "NOTES", "Makefile"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedConf:
    """A configuration and the text of every `opt_*.h` under it, empty for what defines nothing.

    `table` has the options that there are.
    """

    conf: KernConf
    headers: Mapping[str, str]
    table: OptionTable


def resolve_conf(
    name: str, *, machine: str, release: str, source_tree: Path | None
) -> ResolvedConf:
    """The configuration called `name` for `machine`, and its option headers.

    `name` is a path if it has a slash or such a file exists, else the name of a conf in
    `source_tree`, or without one of a built-in conf of `release` ("14.3" and "14" mean the same
    ones). Raises `KernConfError` where there is no such conf, for what config(8) refuses, and for
    a conf of another machine.
    """
    path = Path(name) if "/" in name or _is_file(name) else None
    if source_tree is not None:
        resolved = _from_tree(name, path, _sys_folder(source_tree), machine)
    else:
        resolved = _from_package(name, path, machine, release.partition(".")[0])
    if resolved.conf.machine != machine:
        raise KernConfError(
            f"a configuration for {resolved.conf.machine}, not for {machine}",
            where=resolved.conf.origin,
            hint="--kernel-arch chooses the machine",
        )
    return resolved


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False


def _from_tree(name: str, path: Path | None, sys: Path, machine: str) -> ResolvedConf:
    folder = sys / machine / "conf"
    beside = folder_reader([folder, sys / "conf"], roots=[sys])
    if path is None:
        path = folder / name
        if not is_file(path):
            raise _no_such_conf(name, str(folder), _names_in(folder))
    conf = read_conf(path, search=[beside], roots=[sys])
    said = list(conf.messages)
    with _after(said):
        own = folder_reader([path.parent], roots=[path.parent, sys])
        read = limited_reader(chain_readers([own, beside]))
        table = read_option_table(
            limited_reader(folder_reader([sys / "conf", folder], roots=[sys])),
            conf.machine,
            read_option_files(conf, read, said),
        )
        options = render_options(conf, table)
        said += options.messages
        file_table = read_file_table(
            limited_reader(folder_reader([sys], roots=[sys])),
            conf.machine,
            check_conf_files(conf, read, said),
        )
        if file_table is not None:
            said += check_devices(conf, file_table)
    return ResolvedConf(
        conf=replace(conf, messages=tuple(said)), headers=options.headers, table=table
    )


@contextlib.contextmanager
def _after(said: Sequence[str]) -> Iterator[None]:
    """Give an error the warnings that came before it."""
    try:
        yield
    except KernConfError as error:
        error.messages = tuple(said)
        raise


def _from_package(name: str, path: Path | None, machine: str, major: str) -> ResolvedConf:
    if (major, machine) not in built_in_machines():
        known = ", ".join(f"{one} {arch}" for one, arch in built_in_machines())
        raise KernConfError(
            f"no kernel confs of FreeBSD {major} for {machine} are built in",
            where=name,
            hint=f"built in are {known}; for any other give its source tree with --kernel-src",
        )
    read = _built_in_reader(major, machine)
    if path is None:
        source = read(name) if name in built_in_names(machine, major) else None
        if source is None:
            raise _no_such_conf(
                name, f"built in, FreeBSD {major} {machine}", built_in_names(machine, major)
            )
        conf = parse_conf(
            source,
            name=name,
            origin=f"built in, FreeBSD {major} {machine}",
            defaults=read("DEFAULTS"),
            read_include=read,
        )
    else:
        conf = read_conf(path, search=[read])
    messages = conf.messages
    table = _built_in_table(major, machine)
    try:
        options = render_options(conf, table)
    except KernConfError as error:
        error.hint = _FULL_TABLE_HINT if error.hint is None else f"{error.hint} {_FULL_TABLE_HINT}"
        error.messages = messages
        raise
    messages += options.messages
    if path is not None:
        messages += _unchecked(conf, machine, major)
    return ResolvedConf(conf=replace(conf, messages=messages), headers=options.headers, table=table)


def _unchecked(conf: KernConf, machine: str, major: str) -> tuple[str, ...]:
    """What cannot be checked of a conf of the user's own without a source tree."""
    known = _built_in_devices(major, machine)
    messages = [
        f"WARNING: {device.location}: whether there is a device {device.name} is not known "
        f"without a source tree (--kernel-src)"
        for device in conf.devices
        if device.name not in known
    ]
    messages += [
        f"WARNING: {file.location}: {file.name} is not read without a source tree (--kernel-src)"
        for file in conf.option_files
    ]
    return tuple(messages)


def _names_in(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except OSError:
        return []


def _no_such_conf(name: str, where: str, there: Iterable[str]) -> NoSuchConfError:
    confs = sorted(
        conf
        for conf in there
        if conf not in _NOT_CONFS and "." not in conf and not conf.startswith(".")
    )
    close = difflib.get_close_matches(name.upper(), confs, n=1)
    hint = f"there are {', '.join(confs)}" if confs else "there are none at all"
    if close:
        hint = f"did you mean {close[0]}? {hint}"
    return NoSuchConfError(f"no kernel conf {name!r}", where=where, hint=hint)


def _sys_folder(tree: Path) -> Path:
    """The `sys` folder of a source tree that is given by its root or by that folder itself."""
    for sys in (tree / "sys", tree):
        if is_file(sys / "conf" / "options"):
            return sys
    raise KernConfError(
        "no FreeBSD source tree: it has no sys/conf/options",
        where=str(tree),
        hint="--kernel-src takes the folder that has sys in it, such as /usr/src",
    )


# The built-in confs


def _confs() -> Traversable:
    return resources.files("layoutcheck.kernel") / "confs"


@functools.cache
def built_in_machines() -> tuple[tuple[str, str], ...]:
    """The (major release, machine) pairs that this package has confs of, sorted."""
    return tuple(
        sorted(
            (major.name, machine.name)
            for major in _confs().iterdir()
            if major.is_dir()
            for machine in major.iterdir()
            if machine.is_dir() and machine.name != "conf"
        )
    )


@functools.cache
def built_in_names(machine: str, major: str) -> tuple[str, ...]:
    """The built-in confs of a major release for `machine`, sorted; none where there are none."""
    if (major, machine) not in built_in_machines():
        return ()
    folder = _confs() / major / machine
    return tuple(sorted(conf.name for conf in folder.iterdir() if conf.name not in _NOT_CONFS))


def _built_in_reader(major: str, machine: str) -> SourceReader:
    """A reader of the package's files, by the names that an `include` there may use."""

    def read(name: str) -> SourceText | None:
        if "/" in name or name.startswith("."):
            return None
        for folder in (machine, "conf"):
            file = _confs() / major / folder / name
            if file.is_file():
                path = f"layoutcheck/kernel/confs/{major}/{folder}/{name}"
                return SourceText(path=path, text=file.read_text(encoding="utf-8"))
        return None

    return read


@functools.cache
def _built_in_table(major: str, machine: str) -> OptionTable:
    return read_option_table(_built_in_reader(major, machine), machine)


@functools.cache
def _built_in_devices(major: str, machine: str) -> frozenset[str]:
    read = _built_in_reader(major, machine)
    devices: set[str] = set()
    for name in built_in_names(machine, major):
        source = read(name)
        if source is not None:
            conf = parse_conf(source, defaults=read("DEFAULTS"), read_include=read)
            devices.update(device.name for device in conf.devices)
    return frozenset(devices)
