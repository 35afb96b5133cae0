"""`KernConf` -> config(5) text that needs no other file, for a crate's build script.

Parsing the text gives the same configuration again, except for the places of the statements.
"""

from __future__ import annotations

import re
from typing import Final

from layoutcheck.kernel.freebsd.config.conf import ConfDevice, KernConf
from layoutcheck.kernel.freebsd.config.lexer import KEYWORDS

__all__ = ["render_conf", "render_value"]

_BARE_NAME: Final = re.compile(r"[A-Za-z_][-A-Za-z_0-9]*")
_BARE_VALUE: Final = re.compile(r"[-A-Za-z0-9_.()*+/]+")
_C_STRING: Final = re.compile(r'"[^"]*"')


def render_conf(conf: KernConf) -> str:
    """Return `conf` as config(5) text, with everything that it includes, a statement a line.

    Every statement starts in the first column, with its keyword and a tab.
    """
    title = " ".join(f"{conf.name}, from {conf.origin}".split())
    lines = [
        f"# {title}",
        f"machine\t{_name(conf.machine)} {_name(conf.machine_arch)}",
        f"ident\t{_name(conf.ident)}",
    ]
    lines += [f"cpu\t{_name(cpu.name)}" for cpu in conf.cpus]
    if conf.maxusers:
        lines.append(f"maxusers\t{conf.maxusers}")
    for variable in conf.makeoptions:
        for number, value in enumerate(variable.values):
            sign = "+=" if number else "="
            lines.append(f"makeoptions\t{_name(variable.name)}{sign}{render_value(value)}")
    lines += _devices(conf.devices)
    for option in conf.options:
        given = "" if option.value is None else f"={render_value(option.value)}"
        lines.append(f"options\t{_name(option.name)}{given}")
    lines += [f"includeoptions\t{_name(name.name)}" for name in conf.option_files]
    lines += [f"files\t{_name(name.name)}" for name in conf.files]
    lines += [f"hints\t{_name(name.name)}" for name in conf.hints]
    lines += [f"env\t{_name(name.name)}" for name in conf.env_files]
    lines += [f"envvar\t{name.name}" for name in conf.env_lines]
    return "\n".join(lines) + "\n"


def _devices(devices: tuple[ConfDevice, ...]) -> list[str]:
    """Return a line for each device, and one for each device option that must not stay set."""
    lines: list[str] = []
    options_set: set[str] = set()
    for device in devices:
        lines.append(f"device\t{_name(device.name)}")
        if device.option not in options_set and not device.sets_option:
            lines.append(f"nooptions\t{_name(device.option)}")
        elif device.sets_option:
            options_set.add(device.option)
    return lines


def _name(name: str) -> str:
    """Return a name as config(5) text, in quotes if it would not be read as a name."""
    if _BARE_NAME.fullmatch(name) and name not in KEYWORDS:
        return name
    return _quoted(name)


def render_value(value: str) -> str:
    """Return a value as it is written after `=`."""
    if not value or (_BARE_VALUE.fullmatch(value) and value not in KEYWORDS):
        return value
    # A value with quotes inside, but not around it, was written unchanged.
    return _quoted(value) if '"' not in value or _C_STRING.fullmatch(value) else value


def _quoted(text: str) -> str:
    return f'\\{text[:-1]}\\"' if _C_STRING.fullmatch(text) else f'"{text}"'
