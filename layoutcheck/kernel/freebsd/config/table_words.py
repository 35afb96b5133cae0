"""The words of config(8)'s own tables and headers, as its `get_word` reads them (main.c)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["words"]

# Blanks and backslashes before a word are skipped; `!` is a word.
_WORD: Final = re.compile(r"[ \t\\]*(\n|!|[^ \t\n\\!]\S*)", re.ASCII)


def words(text: str) -> Iterator[tuple[str | None, int]]:
    """Yield the words of a table with their offsets, and None at each end of a line.

    A last word that no white space follows is lost, as in config(8).
    """
    position = 0
    while match := _WORD.match(text, position):
        word, position = match.group(1), match.end()
        if word == "\n":
            # After a backslash the line continues.
            if "\\" not in match.group():
                yield None, match.start()
        elif word == "!" or match.end() < len(text):
            yield word, match.start(1)
