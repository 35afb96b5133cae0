"""Removal of comments and quoted text from C's text. Pure."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["plain_code", "strip_comments", "strip_quotes"]

# The first alternative is a string or character, in which no comment begins.
_COMMENT: Final = re.compile(
    r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|/\*.*?\*/|//[^\n]*""", re.DOTALL
)
_QUOTED: Final = re.compile(r""""(?:\\.|[^"\\\n])*+"|'(?:\\.|[^'\\\n])*+'""")


def strip_quotes(text: str) -> str:
    """Return the text, which has no comments, with the content of all quotes removed."""
    return _QUOTED.sub('""', text)


def strip_comments(text: str, *, keep_lines: bool = False) -> str:
    """Return the text with a space for each comment, and its line ends if `keep_lines`."""
    if not keep_lines:
        return _COMMENT.sub(r"\1 ", text)
    return _COMMENT.sub(lambda found: found[1] or " " + "\n" * found[0].count("\n"), text)


def plain_code(text: str) -> str:
    """Join lines that end with a backslash, then strip the comments, as C does (C17 5.1.1.2)."""
    return strip_comments(text.replace("\\\n", ""))
