"""Numbers and nouns -> words for a reader. Pure."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: int | None, noun: str) -> str:
    """Return a number of things, such as "1 byte" or "4 bytes"."""
    if number is None:
        return f"an unknown number of {noun}s"
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
