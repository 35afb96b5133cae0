"""words.py: counted nouns."""

from __future__ import annotations

import pytest

from layoutcheck.model.words import counted


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 bytes"), (1, "1 byte"), (2, "2 bytes"), (None, "an unknown number of bytes")],
)
def test_counted(number: int | None, words: str) -> None:
    """Only 1 is singular."""
    assert counted(number, "byte") == words
