"""Quoting of source text in errors."""

from __future__ import annotations

from typing import Final

__all__ = ["quote"]

_BRIEF: Final = 60


def quote(text: str) -> str:
    """Return the start of the text in quotes, on one line."""
    line = " ".join(text[: 2 * _BRIEF].split())
    return repr(line if len(line) <= _BRIEF else f"{line[:_BRIEF]}...")
