"""The effect of a conf's statements, while they are read one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from layoutcheck.location import SourceLocation

__all__ = ["Named", "Numbered", "Statements", "ascii_lower", "device_option", "in_order"]

Named = tuple[str, SourceLocation]
Numbered = tuple[int, str | None, SourceLocation]

_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
_UPPER: Final = str.maketrans(ascii_lowercase, ascii_uppercase)


@dataclass(slots=True)
class Statements:
    """The statements in effect so far: of each name the last, or the first if that counts."""

    machine: tuple[str, str] | None = None
    machine_location: SourceLocation | None = None
    ident: str | None = None
    maxusers: int = 0
    maxusers_location: SourceLocation | None = None
    # Each statement's value and place; the number is its position among all of them.
    cpus: dict[str, list[Numbered]] = field(default_factory=dict)
    options: dict[str, list[Numbered]] = field(default_factory=dict)
    devices: dict[str, SourceLocation] = field(default_factory=dict)
    # DEV_<NAME> -> the device statement that set it.
    device_options: dict[str, Named] = field(default_factory=dict)
    makeoptions: dict[str, tuple[list[str], SourceLocation]] = field(default_factory=dict)
    files: list[Named] = field(default_factory=list)
    option_files: list[Named] = field(default_factory=list)
    hints: list[Named] = field(default_factory=list)
    env_files: list[Named] = field(default_factory=list)
    env_lines: list[Named] = field(default_factory=list)
    # An option -> the statement that last removed it, such as `nodevice bpf` for DEV_BPF.
    removals: dict[str, Named] = field(default_factory=dict)
    # The path of an included file -> the statement that included it last.
    includes: dict[str, SourceLocation] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    ignores_includes: bool = False


def in_order(
    statements: Mapping[str, Sequence[Numbered]],
) -> list[tuple[str, str | None, SourceLocation]]:
    """Return name, value and place of `statements`, in the order in which they were read."""
    numbered = sorted(
        (number, name, value, location)
        for name, entries in statements.items()
        for number, value, location in entries
    )
    return [(name, value, location) for _, name, value, location in numbered]


def device_option(device: str) -> str:
    """Return the option that `device <name>` sets: `DEV_` and the name in (ASCII) upper case."""
    return "DEV_" + device.translate(_UPPER)


def ascii_lower(text: str) -> str:
    """Return `text` with its ASCII letters, and no others, in lower case."""
    return text.translate(_LOWER)
