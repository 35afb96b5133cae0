"""stopwatch.py: stages and their seconds."""

from __future__ import annotations

import time

import pytest

from layoutcheck.run.stopwatch import Stopwatch


def test_adds_up_in_order_of_first_use() -> None:
    """A stage measured twice is one line with the sum, at its first place."""
    watch = Stopwatch()
    for stage in ("rustdoc", "clang", "rustdoc"):
        with watch.measure(stage):
            time.sleep(0.01)
    (first, twice), (second, once) = watch.seconds()
    assert (first, second) == ("rustdoc", "clang")
    assert 0.02 <= twice < 1
    assert 0.01 <= once < 1


def test_counts_what_fails() -> None:
    """A stage that fails is measured, and its error is raised."""
    watch = Stopwatch()
    with pytest.raises(ValueError, match="broken"), watch.measure("link"):
        raise ValueError("broken")
    assert [stage for stage, _ in watch.seconds()] == ["link"]


def test_nothing_measured() -> None:
    """Without stages the list is empty."""
    assert Stopwatch().seconds() == ()
