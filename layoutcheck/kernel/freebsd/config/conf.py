"""config(5) text -> `KernConf`, as FreeBSD's config(8) understands it (13.2; config.y, main.c).

Statements take effect in order: `nooptions` removes earlier options, `DEFAULTS` comes first. Errors
have the file and line that config(8) names. The meaning of a name (its header, whether the device
exists) is not known here: see `option_table` and `files_table`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.parser import parse_statements
from layoutcheck.kernel.freebsd.config.source import (
    SourceReader,
    SourceText,
    chain_readers,
    folder_reader,
    read_nothing,
    require_text,
)
from layoutcheck.kernel.freebsd.config.statements import Statements, device_option, in_order
from layoutcheck.location import SourceLocation

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ConfDevice",
    "ConfName",
    "ConfOption",
    "ConfRemoval",
    "KernConf",
    "MakeOption",
    "parse_conf",
    "read_conf",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfName:
    """A name and its place in the conf: a CPU, a `files`, `hints` or `env` file, an `envvar`."""

    name: str
    location: SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfOption:
    """An `options` statement in effect; `value` is None if the statement gives none."""

    name: str
    value: str | None
    location: SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfDevice:
    """A `device` in effect, and whether it sets the option `DEV_<NAME>` to 1.

    It does not set the option if an earlier statement did, or if `nooptions` removed the option
    later.
    """

    name: str
    sets_option: bool
    location: SourceLocation

    @property
    def option(self) -> str:
        """Return the option of the device."""
        return device_option(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeOption:
    """A `makeoptions` variable: its value, then the values that `+=` added."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfRemoval:
    """An option that a statement removed, such as DEV_BPF by `nodevice bpf`."""

    option: str
    statement: str
    location: SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class KernConf:
    """A kernel configuration with everything it includes, in the order of its statements.

    - `name`: the user's name for it.
    - `origin`: source of the text, for reports.
    - `options`: may hold one name several times; the last one counts.
    - `removals`: options with the last statement that removed them, whether they are set again or
      not.
    - `includes`: paths of included files, with the last statement that included them.
    - `messages`: warnings of config(8), and ours about files outside the tree.
    """

    name: str
    origin: str
    ident: str
    machine: str
    machine_arch: str
    machine_location: SourceLocation | None
    maxusers: int
    maxusers_location: SourceLocation | None
    cpus: tuple[ConfName, ...]
    options: tuple[ConfOption, ...]
    devices: tuple[ConfDevice, ...]
    makeoptions: tuple[MakeOption, ...]
    files: tuple[ConfName, ...]
    option_files: tuple[ConfName, ...]
    hints: tuple[ConfName, ...]
    env_files: tuple[ConfName, ...]
    env_lines: tuple[ConfName, ...]
    removals: tuple[ConfRemoval, ...]
    includes: tuple[ConfName, ...]
    messages: tuple[str, ...]

    def value(self, option: str) -> str | None:
        """Return the conf's value of `option` ("1" if it gives none), None if the option is off."""
        found = None
        for device in self.devices:
            if device.sets_option and device.option == option:
                found = "1"
        for candidate in self.options:
            if candidate.name == option:
                found = "1" if candidate.value is None else candidate.value
        return found


def parse_conf(
    source: SourceText,
    *,
    name: str | None = None,
    origin: str | None = None,
    defaults: SourceText | None = None,
    read_include: SourceReader = read_nothing,
) -> KernConf:
    """Parse `source`, after `defaults` if there are any; no file is read here.

    `read_include` answers `include` statements. Raises `KernConfError` for text that config(8)
    refuses: wrong syntax, two machines, no machine, `ident` or `cpu`, a missing file to include;
    and for includes in a circle.
    """
    sources = [source] if defaults is None else [defaults, source]
    found = parse_statements(sources, read_include)
    whole = SourceLocation(path=source.path)
    if found.machine is None:
        raise KernConfError(
            "Specify machine type, e.g. ``machine i386''",
            where=whole,
            hint="a conf in sys/<machine>/conf takes it from the DEFAULTS there",
        )
    if found.ident is None:
        raise KernConfError("no ident line specified", where=whole, hint="add `ident <NAME>`")
    if not found.cpus:
        raise KernConfError(
            "cpu type must be specified", where=whole, hint="amd64 has `cpu HAMMER`"
        )
    return _conf_of(
        found,
        name=Path(source.path).name if name is None else name,
        origin=source.path if origin is None else origin,
        ident=found.ident,
        machine=found.machine,
    )


def _conf_of(
    found: Statements, *, name: str, origin: str, ident: str, machine: tuple[str, str]
) -> KernConf:
    return KernConf(
        name=name,
        origin=origin,
        ident=ident,
        machine=machine[0],
        machine_arch=machine[1],
        machine_location=found.machine_location,
        maxusers=found.maxusers,
        maxusers_location=found.maxusers_location,
        cpus=_names([(cpu, location) for cpu, _, location in in_order(found.cpus)]),
        options=tuple(
            ConfOption(name=option, value=value, location=location)
            for option, value, location in in_order(found.options)
        ),
        devices=tuple(
            ConfDevice(
                name=device,
                sets_option=found.device_options.get(device_option(device), ("",))[0] == device,
                location=location,
            )
            for device, location in found.devices.items()
        ),
        makeoptions=tuple(
            MakeOption(name=variable, values=tuple(values))
            for variable, (values, _) in found.makeoptions.items()
        ),
        files=_names(found.files),
        option_files=_names(found.option_files),
        hints=_names(found.hints),
        env_files=_names(found.env_files),
        env_lines=_names(found.env_lines),
        removals=tuple(
            ConfRemoval(option=option, statement=statement, location=location)
            for option, (statement, location) in found.removals.items()
        ),
        includes=_names(list(found.includes.items())),
        messages=tuple(found.messages),
    )


def _names(names: Sequence[tuple[str, SourceLocation]]) -> tuple[ConfName, ...]:
    return tuple(ConfName(name=name, location=location) for name, location in names)


def read_conf(
    path: Path,
    *,
    name: str | None = None,
    search: Sequence[SourceReader] = (),
    roots: Sequence[Path] = (),
) -> KernConf:
    """Return the configuration in the file `path`, with the `DEFAULTS` beside it and its includes.

    Like config(8) in the conf's folder, `include` looks there, then in `../../conf` (for
    sys/arch/<machine>/conf in `../../../conf`), and then asks the readers in `search`. A warning is
    given for a file that is outside of its folder, its tree and `roots`. Raises `KernConfError`.
    """
    folder = path.parent
    text = require_text(path)
    known = [*_roots(folder), *roots]
    beside = folder_reader([folder, _tree_of(folder) / "conf"], roots=known)
    read_include = chain_readers([beside, *search])
    defaults = chain_readers([folder_reader([folder], roots=known), *search])("DEFAULTS")
    return parse_conf(
        text,
        name=name,
        defaults=None if path.name == "DEFAULTS" else defaults,
        read_include=read_include,
    )


def _roots(folder: Path) -> list[Path]:
    """Return the folders from which a conf in `folder` may have files read without a warning.

    They are the folder itself and its tree. The tree is two folders above `sys/<machine>/conf`, or
    three above `sys/arch/<machine>/conf`, and has another `conf` in it. A conf elsewhere, such as
    in a home, is in no tree.
    """
    real = folder.resolve()
    sys = _tree_of(folder).resolve()
    return [real, sys] if real.name == "conf" and (sys / "conf").is_dir() else [real]


def _tree_of(folder: Path) -> Path:
    """Return the folder that is `sys`, if a conf in `folder` is in a tree."""
    above = folder / "../.."
    return above / ".." if above.resolve().name == "arch" else above
