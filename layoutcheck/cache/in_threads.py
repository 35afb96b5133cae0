"""Run a task for each of several arguments at the same time: programs do the work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

__all__ = ["in_threads"]

S = TypeVar("S")
T = TypeVar("T")

_MOST: Final = 4
"""So many texts of all headers are held at a time."""


def in_threads(task: Callable[[S], T], arguments: Iterable[S]) -> list[T]:
    """Run the task for each argument; the results and the first error are in their order."""
    with ThreadPoolExecutor(_MOST) as threads:
        return [*threads.map(task, arguments)]
