"""Values that several threads need: the first thread makes one, the others wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

__all__ = ["Memo"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memo(Generic[K, V]):
    """Values by key, each made once.

    If `make` raises, every caller of that key gets the exception.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._futures: dict[K, Future[V]] = {}

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of the key; call `make` if it is the first request for it."""
        with self._lock:
            future = self._futures.get(key)
            is_first = future is None
            if future is None:
                future = self._futures[key] = Future()
        if is_first:
            try:
                future.set_result(make())
            except BaseException as error:
                future.set_exception(error)
                raise
        return future.result()

    def is_made(self, key: K) -> bool:
        """Return whether a value of the key was requested before."""
        with self._lock:
            return key in self._futures

    def put(self, key: K, value: V) -> None:
        """Replace the value of the key."""
        future: Future[V] = Future()
        future.set_result(value)
        with self._lock:
            self._futures[key] = future
