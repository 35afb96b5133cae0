"""Untrusted text -> text that is safe for a terminal: names come from crates and headers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

__all__ = ["ascii_only", "chopped", "printable", "visible", "wrapped"]

_QUOTES: Final = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "...", "\t": " "}
)


def printable(text: str) -> str:
    """Return the text on one line, with control and invisible characters escaped."""
    if text.isascii() and text.isprintable():  # most are, and there may be many
        return " ".join(text.split())
    return visible(" ".join(text.translate(_QUOTES).split()), keep="")


def visible(text: str, *, keep: str = "\n\t") -> str:
    """Return the text with control and invisible characters escaped, except those of `keep`."""
    return "".join(
        char
        if char.isprintable() or char in keep
        else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def ascii_only(text: str) -> str:
    """Return `printable` text in ASCII, with other characters as Python escapes."""
    return printable(text).encode("ascii", "backslashreplace").decode("ascii")


def chopped(text: str, width: int) -> str:
    """Return the text if it fits the width, else its beginning and `..`."""
    return text if len(text) <= width else text[: max(0, width - 2)] + ".."


def wrapped(words: str, width: int, *, first: str = "", rest: str = "") -> Iterator[str]:
    """Yield words in lines of at most `width` characters, after `first` or `rest`.

    A word that is longer than a line (a path) has a line of its own, so that it can be copied.
    """
    line, empty = first, True
    for word in words.split():
        if not empty and len(line) + 1 + len(word) > width:
            yield line
            line, empty = rest, True
        line += word if empty else f" {word}"
        empty = False
    yield line
