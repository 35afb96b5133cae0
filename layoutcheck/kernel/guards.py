"""A header's text -> its include guard. Pure.

Of two headers with one guard, clang reads in a unit only the first: the other one is empty there.
"""

from __future__ import annotations

import re
from typing import Final

from layoutcheck.kernel.comments import strip_comments

__all__ = ["include_guard"]

_GUARD: Final = re.compile(
    r"\A(?:[ \t]*(?:#[ \t]*pragma\b[^\n]*)?\n)*"
    r"[ \t]*#[ \t]*if(?:ndef[ \t]+|[ \t]*![ \t]*defined[ \t]*\(?[ \t]*)(\w+)[^\n]*\n"
    r"\s*#[ \t]*define[ \t]+\1\b"
)


def include_guard(text: str) -> str:
    """The macro without which a header is read, and which it then defines; "" if there is none."""
    found = _GUARD.match(strip_comments(text))
    return found[1] if found else ""
