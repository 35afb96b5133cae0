"""Threads that wait for the programs that do the work. The number of programs is limited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Final, Self, TypeVar

from layoutcheck.compilers.programs.running_programs import (
    available_cores,
    limit_programs,
    stop_programs,
)

__all__ = ["Workers"]

S = TypeVar("S")
T = TypeVar("T")

_MANY: Final = 1000
_LOOK_UP: Final = 0.5
"""Seconds of one wait. A Ctrl-C just before a thread begins to wait does not wake it."""


class Workers:
    """Pool of at most `jobs` tasks, and programs, at a time; None means one per core.

    The end of a `with` block waits for them. If an exception ends the block, also Ctrl-C, programs
    that still run are ended.
    """

    def __init__(self, jobs: int | None) -> None:
        jobs = jobs or available_cores()
        limit_programs(jobs)
        self._tasks = ThreadPoolExecutor(jobs, thread_name_prefix="layoutcheck")
        self._parts = ThreadPoolExecutor(_MANY, thread_name_prefix="layoutcheck-part")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self._shutdown()
        else:
            with stop_programs():
                self._shutdown()

    def _shutdown(self) -> None:
        for pool in (self._tasks, self._parts):
            pool.shutdown(cancel_futures=True)

    def map(self, task: Callable[[S], T], arguments: Iterable[S]) -> Iterator[T]:
        """Yield the task's result for each argument, in order. Raise the first error in order."""
        futures = [self._tasks.submit(task, argument) for argument in arguments]
        return map(_result, futures)

    def start(self, part: Callable[[], T]) -> Future[T]:
        """Start a part of a task. The task has to wait for it."""
        return self._parts.submit(part)


def _result(future: Future[T]) -> T:
    while not wait([future], timeout=_LOOK_UP).done:
        pass
    return future.result()
