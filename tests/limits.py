"""Seconds in which something has to be done."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["TooLongError", "limited"]


class TooLongError(BaseException):
    """No `Exception`, so that nothing takes it for that of a corrupt input."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raises `TooLongError` within when they are over.

    They are seconds of this process, not of the clock: others share the machine.
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
