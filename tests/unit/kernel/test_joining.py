"""joining.py: the words that macros join, and what a name may be made of."""

from __future__ import annotations

import pytest

from layoutcheck.kernel.joining import affixes, handed_words, made_of


def test_handed_words() -> None:
    """Beside a `##`, or as an argument; comments never count."""
    text = "#define MAKE(p, n) int p##_## n(int, long x);\nMAKE(a1, 2) // no(B)\n"
    assert handed_words(text) == {"p", "_", "n", "int", "a1", "2"}


def test_affixes() -> None:
    """No parameters, and nothing of what is outside of macros."""
    text = "#define A(n) PRE_##n##_t B(n, _s)\n#define B(a, b) a##b\nB(x, y)\n"
    assert affixes(text) == {"PRE_", "_t", "_s"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a_b", {"a", "_b"}),
        ("s_b", {"s"}),
        ("b", set()),
        ("a_2", {"_2"}),
        ("a2", set()),
        ("a_c_b", {"_c_b", "_c", "a_c"}),
        ("", set()),
    ],
)
def test_what_a_name_may_be_made_of(name: str, words: set[str]) -> None:
    """A word with a joined one before or behind it, or both; no number."""
    assert made_of(name, {"a", "_b"}) == words
