"""joining.py: the words that macros join, and what a name may be made of."""

from __future__ import annotations

import pytest

from layoutcheck.kernel.joining import affixes, callees, handed_words, made_of, takers


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


def test_what_is_called_with_a_word() -> None:
    """Whatever else it is called with, and in brackets of its own."""
    text = "A(a, F(x)); B(F(x), a) int f(a); ((a)) g(a + 1, *a) a ## b /* C(a) */ D(b)) E(a)"
    assert callees(text, {"a"}) == {"A", "B", "f", "##", "(", "E"}
    assert callees(text, {"nowhere"}) == frozenset()


def test_what_takes_words() -> None:
    """Macros with parameters, and their parameters."""
    text = "#define L(X) X(a)\n#define N 1\n/* #define C(c) */\nint f(int);\n"
    assert takers(text) == {"L", "X"}
