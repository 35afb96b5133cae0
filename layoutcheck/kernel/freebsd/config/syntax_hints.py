"""What to do about a syntax error: config(8) itself says no more than that there is one."""

from __future__ import annotations

import difflib
from typing import Final

from layoutcheck.kernel.freebsd.config.lexer import KEYWORDS, Token, TokenKind

__all__ = ["advise"]

_MAX_COMPARED_LENGTH: Final = 40
_NEXT_LINE: Final = "a line that begins with a blank goes on with the statement before it"
_QUOTES: Final = 'a name that is a keyword or begins with a digit is written in quotes: "..."'


def advise(token: Token, *, begins: bool = False, ends: bool = False) -> str | None:
    """A hint for a token that cannot stand where it does, or None.

    A statement should begin (`begins`) or end (`ends`) there; else something else is missing.
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
            return "the last line has to end as well"
        case TokenKind.END_OF_STATEMENT:
            return _NEXT_LINE
        case _:
            return None
