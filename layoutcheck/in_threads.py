"""A task for each of several arguments, at the same time: programs do the work, and are limited."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

__all__ = ["in_threads"]

S = TypeVar("S")
T = TypeVar("T")

_MOST: Final = 4
"""So many texts of all headers are held at a time."""


def in_threads(task: Callable[[S], T], arguments: Collection[S]) -> list[T]:
    """What the task makes of each argument, in their order; raises the first error in it."""
    if len(arguments) < 2:  # noqa: PLR2004 - one is done here
        return [*map(task, arguments)]
    with ThreadPoolExecutor(min(_MOST, len(arguments))) as threads:
        return [*threads.map(task, arguments)]
