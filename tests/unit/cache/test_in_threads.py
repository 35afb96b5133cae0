"""in_threads.py: a task for each of several arguments at the same time."""

from __future__ import annotations

import threading

import pytest

from layoutcheck.cache.in_threads import in_threads


@pytest.mark.parametrize("count", [0, 1, 9])
def test_the_order_is_that_of_the_arguments(count: int) -> None:
    """Results are in the order of the arguments, for any number of them."""
    assert in_threads(lambda number: number * 2, range(count)) == [*range(0, count * 2, 2)]


def test_several_run_at_a_time() -> None:
    """Each of these two waits for the other."""
    both = threading.Barrier(2)
    assert in_threads(lambda number: (number, both.wait(timeout=10) < 2), [1, 2]) == [
        (1, True),
        (2, True),
    ]


def test_an_error_is_raised() -> None:
    """The first error in the order is raised."""
    with pytest.raises(ValueError, match=r"^x$"):
        in_threads(int_of, ["1", "x", "y"])


def int_of(text: str) -> int:
    """Return the number that a text contains."""
    if not text.isdigit():
        raise ValueError(text)
    return int(text)
