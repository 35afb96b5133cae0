"""Texts of headers and a kernel's options -> the options that these headers can depend on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from layoutcheck.kernel.names.comments import strip_comments
from layoutcheck.kernel.system import KernelOption

__all__ = ["mentioned_options"]

_WORD: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def mentioned_options(
    texts: Iterable[str], options: Iterable[KernelOption]
) -> tuple[KernelOption, ...]:
    """The options whose names stand in one of the texts, outside of comments, sorted by name.

    A name is looked for everywhere, not in `#if` lines alone: an option's value may be an array's
    length. Which header declares an option does not matter either: a source includes `opt_inet.h`
    first, and then headers that ask for TCP_OFFLOAD without including anything. So there may be
    options here that change nothing, but none is left out that could.
    """
    entries = {option.name: option for option in options}
    found: set[str] = set()
    for text in texts:
        if entries.keys() & set(_WORD.findall(text)):
            found |= entries.keys() & set(_WORD.findall(strip_comments(text)))
    return tuple(entries[name] for name in sorted(found))
