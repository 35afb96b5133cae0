"""A header's text -> its include guard. Pure.

Of two headers with one guard, clang reads in a unit only the first: the other one is empty there.
"""

from __future__ import annotations

import re
from typing import Final

from layoutcheck.kernel.names.comments import strip_comments

__all__ = ["include_guard"]

_GUARD: Final = re.compile(
    r"\A(?:[ \t]*(?:#[ \t]*pragma\b[^\n]*)?\n)*"
    r"[ \t]*#[ \t]*if(?:ndef[ \t]+|[ \t]*![ \t]*defined[ \t]*\(?[ \t]*)(\w+)[^\n]*\n"
    r"\s*#[ \t]*define[ \t]+\1\b"
)
_BRANCH: Final = re.compile(r"^[ \t]*#[ \t]*(if|endif)", re.MULTILINE)


def include_guard(text: str) -> str:
    """The macro without which all of a header is read, and which it then defines; "" if none is."""
    text = strip_comments(text)
    found = _GUARD.match(text)
    if found is None:
        return ""
    depth = 0
    for branch in _BRANCH.finditer(text):
        depth += {"if": 1, "endif": -1}.get(branch[1], 0)
        if depth == 0:
            return "" if text[branch.end() :].partition("\n")[2].strip() else found[1]
    return ""
