"""The `opt_*.h` of a conf -> those of the same conf with one option turned over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from layoutcheck.kernel.system import KernelOption

__all__ = ["Turn", "turn_over"]

_OPERAND: Final = re.compile(r"\w+|\([^()]*\)", re.ASCII)
_INTEGER: Final = re.compile(r"0[xX][0-9a-fA-F]+|[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One option turned over: the new `text` of its header.

    `value` is what the option is where it is on: the conf's own value, or else what was tried.
    `default` is what the headers themselves define it as where the conf leaves it off.
    """

    option: KernelOption
    is_set: bool
    value: str
    default: str | None
    text: str


def turn_over(option: KernelOption, headers: Mapping[str, str], macros: Mapping[str, str]) -> Turn:
    """The option taken out of the conf's `headers` if it is there, else defined in them.

    `macros` is what is defined at the end of a unit under this conf. An option in it that the conf
    does not set has a default in the headers, and may be a number for which 1 makes no sense: it
    is tried with twice its default. Any other option is tried with 1.
    """
    text = headers.get(option.header, "")
    line = re.compile(rf"^#define {re.escape(option.name)}(?: (.*))?\n", re.MULTILINE)
    given = line.search(text)
    if given is not None:
        return Turn(
            option=option,
            is_set=True,
            value=given[1] or "",
            default=None,
            text=line.sub("", text),
        )
    default = macros.get(option.name)
    value = _another(default)
    return Turn(
        option=option,
        is_set=False,
        value=value,
        default=default,
        text=f"{text}#define {option.name} {value}\n",
    )


def _another(default: str | None) -> str:
    if not default or default.startswith('"'):
        return "1"
    if _INTEGER.fullmatch(default):
        number = int(default, 16 if default[:2] in {"0x", "0X"} else 10)
        return str(2 * number or 1)
    return f"(2 * {default})" if _OPERAND.fullmatch(default) else f"(2 * ({default}))"
