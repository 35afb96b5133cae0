"""A piece of a source file, as an error quotes it."""

from __future__ import annotations

from typing import Final

__all__ = ["quote"]

_BRIEF: Final = 60


def quote(text: str) -> str:
    """The text in quotes, on one line, and no more than its first characters."""
    line = " ".join(text[: 2 * _BRIEF].split())
    return repr(line if len(line) <= _BRIEF else f"{line[:_BRIEF]}...")
