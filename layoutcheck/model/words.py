"""Numbers and nouns -> words for a reader. Pure."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: int | None, noun: str) -> str:
    """Return a number of things, such as "1 byte", "4 bytes" or "2 mismatches"."""
    several = f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    if number is None:
        return f"an unknown number of {several}"
    return f"{number} {noun}" if number == 1 else f"{number} {several}"
