"""A limit of seconds for a block of code."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["TooLongError", "limited"]


class TooLongError(BaseException):
    """Error of an exceeded limit: no `Exception`, so that no handler of corrupt input takes it."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise `TooLongError` in the block once the seconds are over.

    They are seconds of this process, not of the clock, because others share the machine.
    """
    before = signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _stop(_signal: int, _frame: object) -> None:
    raise TooLongError
