"""Run one task for several arguments at the same time, where programs do the work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

__all__ = ["in_threads"]

S = TypeVar("S")
T = TypeVar("T")

_MOST: Final = 4
"""Upper limit of threads. Each may hold the text of all headers."""


def in_threads(task: Callable[[S], T], arguments: Iterable[S]) -> list[T]:
    """Run the task for each argument; return the results in the order of the arguments.

    Raises the first error in that order.
    """
    with ThreadPoolExecutor(_MOST) as threads:
        return [*threads.map(task, arguments)]
