"""The exception for what the machine does not know."""

from __future__ import annotations

__all__ = ["NotUnderstoodError"]


class NotUnderstoodError(Exception):
    """An instruction that is not known, or a function that has no value here; it says which."""
