"""Settings of a conf: each option with the statements that set it, the last one in effect.

`cpu`, `device`, `maxusers` and `machine` set options, too, as `options` does (mkoptions.c).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from layoutcheck.kernel.freebsd.config.render_conf import render_value
from layoutcheck.kernel.freebsd.config.statements import ascii_lower

if TYPE_CHECKING:
    from layoutcheck.kernel.freebsd.config.conf import KernConf
    from layoutcheck.kernel.freebsd.config.option_table import OptionTable
    from layoutcheck.location import SourceLocation

__all__ = ["Setting", "Settings", "find_settings"]

_FEWEST_MAXUSERS: Final = 2
_MOST_MAXUSERS: Final = 512


class Setting(NamedTuple):
    """The value that a statement gives to an option, and the statement's place.

    `location` is None if config(8) itself gives the value.
    """

    value: str
    statement: str
    location: SourceLocation | None


class Settings(NamedTuple):
    """The settings of each option, the one in effect last, and config(8)'s messages about them."""

    by_option: dict[str, list[Setting]]
    messages: tuple[str, ...]


def find_settings(conf: KernConf, table: OptionTable) -> Settings:
    """Return the settings by `conf` of the options in `table`, and of others."""
    messages: list[str] = []
    found: dict[str, list[Setting]] = {}
    architecture = ascii_lower(conf.machine_arch)
    for entry in reversed(table.entries):
        if ascii_lower(entry.name) == architecture:
            machine = f"machine {conf.machine} {conf.machine_arch}"
            found[entry.name] = [Setting("1", machine, conf.machine_location)]
            break
    found.setdefault("MAXUSERS", []).append(_maxusers(conf, messages))
    for cpu in conf.cpus:
        found.setdefault(cpu.name, []).append(Setting("1", f"cpu {cpu.name}", cpu.location))
    for device in conf.devices:
        if device.sets_option:
            setting = Setting("1", f"device {device.name}", device.location)
            found.setdefault(device.option, []).append(setting)
    for option in conf.options:
        name = table.aliases.get(option.name, option.name)
        if name != option.name:
            messages.append(f"Mapping option {option.name} to {name}.")
        given = "" if option.value is None else f"={render_value(option.value)}"
        value = "1" if option.value is None else option.value
        setting = Setting(value, f"options {option.name}{given}", option.location)
        found.setdefault(name, []).append(setting)
    return Settings(found, tuple(messages))


def _maxusers(conf: KernConf, messages: list[str]) -> Setting:
    maxusers = conf.maxusers
    if maxusers != 0 and maxusers < _FEWEST_MAXUSERS:
        messages.append(f"minimum of {_FEWEST_MAXUSERS} maxusers assumed")
        maxusers = _FEWEST_MAXUSERS
    elif maxusers > _MOST_MAXUSERS:
        messages.append(f"warning: maxusers > {_MOST_MAXUSERS} ({maxusers})")
    return Setting(str(maxusers), f"maxusers {conf.maxusers}", conf.maxusers_location)
