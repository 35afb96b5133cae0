"""Hints for syntax errors, for which config(8) only says "syntax error"."""

from __future__ import annotations

import difflib
from typing import Final

from layoutcheck.kernel.freebsd.config.lexer import KEYWORDS, Token, TokenKind

__all__ = ["advise"]

_MAX_COMPARED_LENGTH: Final = 40
_NEXT_LINE: Final = "a line that begins with a blank continues the statement before it"
_QUOTES: Final = 'a name that is a keyword or begins with a digit is written in quotes: "..."'


def advise(token: Token, *, begins: bool = False, ends: bool = False) -> str | None:
    """Return a hint for a token at a wrong place, or None.

    A statement should begin (`begins`) or end (`ends`) at the token; otherwise something else is
    missing.
    """
    match token.kind:
        case TokenKind.NAME if begins:
            short = token.text.lower()[:_MAX_COMPARED_LENGTH]
            close = difflib.get_close_matches(short, KEYWORDS, n=1)
            return f"did you mean {close[0]}? keywords are in lower case" if close else None
        case TokenKind.KEYWORD if ends:
            return _NEXT_LINE
        case TokenKind.KEYWORD | TokenKind.NUMBER if not begins and not ends:
            return _QUOTES
        case TokenKind.END:
            return "the last line needs a newline"
        case TokenKind.END_OF_STATEMENT:
            return _NEXT_LINE
        case _:
            return None
