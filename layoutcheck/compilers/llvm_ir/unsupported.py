"""The exception for IR that the machine does not know."""

from __future__ import annotations

__all__ = ["NotUnderstoodError"]


class NotUnderstoodError(Exception):
    """An unknown instruction, or a function without a value here; the message names it."""
