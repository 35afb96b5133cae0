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
    """Return the options whose names occur in a text, outside of comments, sorted by name.

    The whole text is searched, not only `#if` lines: an option's value may be an array's length.
    The header that defines an option does not matter either: a source includes `opt_inet.h` first,
    and then headers that use TCP_OFFLOAD without including anything. The result may have options
    without effect, but none with an effect is missing.
    """
    entries = {option.name: option for option in options}
    found: set[str] = set()
    for text in texts:
        if entries.keys() & set(_WORD.findall(text)):
            found |= entries.keys() & set(_WORD.findall(strip_comments(text)))
    return tuple(entries[name] for name in sorted(found))
