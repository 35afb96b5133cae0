"""A kernel conf by name or path -> the resolved configuration and its `opt_*.h`.

With a source tree, all texts come from there, and are checked as config(8) checks them. Without
one, this package has GENERIC, MINIMAL and their debugging variants for some releases and machines
(`confs/<major release>/<machine>/`), and the option tables of those releases. Parts that several
confs share are in `confs/common/`, which they include.
"""

from __future__ import annotations

import contextlib
import difflib
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from layoutcheck.errors import KernConfError, NoSuchConfError
from layoutcheck.kernel.freebsd.config.conf import KernConf, parse_conf, read_conf
from layoutcheck.kernel.freebsd.config.files_table import (
    check_conf_files,
    check_devices,
    read_file_table,
    read_option_files,
)
from layoutcheck.kernel.freebsd.config.module_options import render_module_options
from layoutcheck.kernel.freebsd.config.opt_headers import render_options
from layoutcheck.kernel.freebsd.config.option_table import (
    UNUSED_HEADER,
    OptionEntry,
    OptionTable,
    read_option_table,
)
from layoutcheck.kernel.freebsd.config.render_conf import render_conf
from layoutcheck.kernel.freebsd.config.source import (
    SourceReader,
    SourceText,
    chain_readers,
    folder_reader,
    is_file,
    limited_reader,
)
from layoutcheck.kernel.freebsd.headers.source_tree import machine_folder
from layoutcheck.kernel.freebsd.machines import find_machine
from layoutcheck.manifest.kernel import View

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["ResolvedConf", "built_in_machines", "built_in_names", "resolve_conf"]

_FULL_TABLE_HINT: Final = "--kernel-src gives layoutcheck the whole table of a source tree"
# Files beside the confs in sys/<machine>/conf that are not confs.
_NOT_CONFS: Final = frozenset({"DEFAULTS", "NOTES", "Makefile"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedConf:
    """A configuration and the text of every `opt_*.h` under it, empty for one that defines nothing.

    `table` has all options that the kernel knows.
    """

    conf: KernConf
    headers: Mapping[str, str]
    table: OptionTable

    @property
    def origin(self) -> str:
        """The file that it comes from, as a reader is told."""
        return self.conf.origin

    @property
    def messages(self) -> tuple[str, ...]:
        """Warnings about the conf, for the report."""
        return self.conf.messages

    @property
    def global_header(self) -> str:
        """The option header that the build includes in every source (kern.pre.mk)."""
        return "opt_global.h"

    @property
    def included_headers(self) -> tuple[str, ...]:
        """The other option headers that a source may include, sorted."""
        return tuple(sorted(self.headers.keys() - {self.global_header, UNUSED_HEADER}))

    @property
    def options(self) -> tuple[OptionEntry, ...]:
        """The options that a header can ask for."""
        return self.table.usable

    def render(self) -> str:
        """Return the conf as text that needs no other file."""
        return render_conf(self.conf)

    def headers_for(self, view: View, release: str) -> Mapping[str, str]:
        """Return the option headers that a source of the view includes; none for userland's.

        Raises `KernConfError` for the module view before FreeBSD 13.
        """
        if view == "userland":
            return MappingProxyType({})
        if view == "module":
            return render_module_options(self.conf, self.headers, release=release)
        return self.headers


def resolve_conf(
    name: str, *, machine: str, machine_arch: str | None, release: str, source_tree: Path | None
) -> ResolvedConf:
    """Return the configuration called `name` for `machine`, and its option headers.

    `name` is a path if it has a slash or such a file exists. Otherwise it is the name of a conf in
    `source_tree`, or without a tree of a built-in conf of `release` ("14.3" and "14" are the same).
    GENERIC means the conf that FreeBSD builds for the `machine_arch`, whatever its file is called;
    None stands for any `machine_arch` of the machine. Raises `KernConfError` if there is no such
    conf, for a conf that config(8) refuses, and for a conf of another machine or machine_arch.
    """
    path = Path(name) if "/" in name or _is_file(name) else None
    names = _file_names(name, find_machine(machine).generic.get(machine_arch or "", "GENERIC"))
    if source_tree is not None:
        return _from_tree(names, path, _sys_folder(source_tree), machine, machine_arch)
    return _from_package(names, path, machine, machine_arch, release.partition(".")[0])


def _check_machine(conf: KernConf, machine: str, machine_arch: str | None) -> None:
    if conf.machine != machine:
        found, wanted = conf.machine, machine
    elif machine_arch is not None and conf.machine_arch != machine_arch:
        found, wanted = conf.machine_arch, machine_arch
    else:
        return
    raise KernConfError(
        f"a configuration for {found}, not for {wanted}",
        where=conf.origin,
        hint="--kernel-arch chooses the machine",
    )


def _file_names(name: str, generic: str) -> tuple[str, ...]:
    """Return the possible file names of a conf, likeliest first; GENERIC's is `generic`."""
    stem, dash, variant = name.partition("-")
    is_another = stem == "GENERIC" and generic != stem
    return (f"{generic}{dash}{variant}", name) if is_another else (name,)


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False


def _from_tree(
    names: Sequence[str], path: Path | None, sys: Path, machine: str, machine_arch: str | None
) -> ResolvedConf:
    folder = machine_folder(sys, machine, "conf")
    beside = folder_reader([folder, sys / "conf"], roots=[sys])
    if path is None:
        path = next((folder / name for name in names if is_file(folder / name)), None)
    if path is None:
        raise _no_such_conf(names, str(folder), _names_in(folder))
    conf = read_conf(path, search=[beside], roots=[sys])
    _check_machine(conf, machine, machine_arch)
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
            limited_reader(folder_reader([sys, folder.parent], roots=[sys])),
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


def _from_package(
    names: Sequence[str], path: Path | None, machine: str, machine_arch: str | None, major: str
) -> ResolvedConf:
    if (major, machine) not in built_in_machines():
        raise KernConfError(
            f"no kernel confs of FreeBSD {major} for {machine} are built in",
            where=names[-1],
            hint=f"built in are {_known()}; for any other give its source tree with --kernel-src",
        )
    read = _built_in_reader(major, machine)
    if path is None:
        there = built_in_names(machine, major)
        name = next((name for name in names if name in there), None)
        source = None if name is None else read(name)
        if source is None:
            raise _no_such_conf(names, f"built in, FreeBSD {major} {machine}", there)
        conf = parse_conf(
            source,
            name=name,
            origin=f"built in, FreeBSD {major} {machine}",
            defaults=read("DEFAULTS"),
            read_include=read,
        )
    else:
        conf = read_conf(path, search=[read])
    _check_machine(conf, machine, machine_arch)
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
    """Return warnings about the parts of a user's conf that cannot be checked without a tree."""
    known = _built_in_devices(major, machine)
    messages = [
        f"WARNING: {device.location}: the device {device.name} cannot be checked "
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


def _no_such_conf(names: Sequence[str], where: str, there: Iterable[str]) -> NoSuchConfError:
    name = names[-1]
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
    """Return the `sys` folder of a source tree, which is given by its root or by `sys` itself."""
    for sys in (tree / "sys", tree):
        if is_file(sys / "conf" / "options"):
            return sys
    raise KernConfError(
        "no FreeBSD source tree: it has no sys/conf/options",
        where=str(tree),
        hint="--kernel-src takes the folder that has sys in it, such as /usr/src",
    )


# Built-in confs


_COMMON: Final = "common"


def _confs() -> Traversable:
    return resources.files("layoutcheck.kernel.freebsd") / "confs"


def _known() -> str:
    """Return the built-in releases, each with its machines."""
    machines: dict[str, list[str]] = {}
    for major, machine in built_in_machines():
        machines.setdefault(major, []).append(machine)
    return "; ".join(f"FreeBSD {major} for {', '.join(those)}" for major, those in machines.items())


@functools.cache
def built_in_machines() -> tuple[tuple[str, str], ...]:
    """Return the (major release, machine) pairs with built-in confs, sorted."""
    return tuple(
        sorted(
            (major.name, machine.name)
            for major in _confs().iterdir()
            if major.is_dir() and major.name != _COMMON
            for machine in major.iterdir()
            if machine.is_dir() and machine.name != "conf"
        )
    )


@functools.cache
def built_in_names(machine: str, major: str) -> tuple[str, ...]:
    """Return the names of a major release's built-in confs for `machine`, sorted."""
    if (major, machine) not in built_in_machines():
        return ()
    folder = _confs() / major / machine
    return tuple(sorted(conf.name for conf in folder.iterdir() if conf.name not in _NOT_CONFS))


def _built_in_reader(major: str, machine: str) -> SourceReader:
    """Return a reader of the package's files, by the names that an `include` there may use."""

    def read(name: str) -> SourceText | None:
        if "/" in name or name.startswith("."):
            return None
        for folder in (f"{major}/{machine}", f"{major}/conf", _COMMON):
            file = _confs() / folder / name
            if file.is_file():
                path = f"layoutcheck/kernel/freebsd/confs/{folder}/{name}"
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
