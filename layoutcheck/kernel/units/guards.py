"""A header's text -> its include guard. Pure.

If two headers have the same guard, clang reads only the first in a unit: the second is empty there.
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
    """Return the header's include guard, which must enclose all of it; "" if there is none."""
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
