"""The `opt_*.h` of a conf -> those of the same conf with one option toggled."""

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
    """One toggled option: the new `text` of its header.

    `value` is the option's value where it is set: the conf's own value, or the value that was
    tried. `default` is the headers' own definition if the conf does not set the option.
    """

    option: KernelOption
    is_set: bool
    value: str
    default: str | None
    text: str


def turn_over(option: KernelOption, headers: Mapping[str, str], macros: Mapping[str, str]) -> Turn:
    """Remove the option from the conf's `headers` if it is there; otherwise define it.

    `macros` are the definitions at the end of a unit under this conf. An option in `macros` that
    the conf does not set has a default in the headers. It may be a number for which 1 makes no
    sense, so it is tried with twice its default. Any other option is tried with 1.
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
