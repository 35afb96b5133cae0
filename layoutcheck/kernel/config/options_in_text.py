"""Texts of headers and the option table -> the options that these headers can depend on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from layoutcheck.kernel.config.option_table import OptionEntry, OptionTable
from layoutcheck.kernel.names.comments import strip_comments

__all__ = ["UNUSED_HEADER", "mentioned_options"]

UNUSED_HEADER: Final = "opt_dontuse.h"
"""Header for options that only select files; no source includes it."""
_WORD: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def mentioned_options(texts: Iterable[str], table: OptionTable) -> tuple[OptionEntry, ...]:
    """Return the options whose names occur in a text, outside of comments, sorted by name.

    The whole text is searched, not only `#if` lines: an option's value may be an array's length.
    The header that defines an option does not matter either: a source includes `opt_inet.h` first,
    and then headers that use TCP_OFFLOAD without including anything. The result may have options
    without effect, but none with an effect is missing.
    """
    entries = {entry.name: entry for entry in table.entries if entry.header != UNUSED_HEADER}
    found: set[str] = set()
    for text in texts:
        if entries.keys() & set(_WORD.findall(text)):
            found |= entries.keys() & set(_WORD.findall(strip_comments(text)))
    return tuple(entries[name] for name in sorted(found))
