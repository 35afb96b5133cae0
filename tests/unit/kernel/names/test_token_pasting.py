"""token_pasting.py: words that macros paste, and the parts of a name."""

from __future__ import annotations

import pytest

from layoutcheck.kernel.names.token_pasting import (
    Way,
    affixes,
    callees,
    halves,
    handed_words,
    splits,
    takers,
)


def test_handed_words() -> None:
    """Words beside a `##` and arguments are passed words."""
    text = "#define MAKE(p, n) int p##_## n(int, long x);\nMAKE(a1, 2)\n"
    assert handed_words(text) == {"p", "_", "n", "int", "a1", "2"}
    assert handed_words("MAKE(a1, 2) int x(int);") == {"a1", "2", "int"}


def test_affixes() -> None:
    """Affixes exclude parameters, and words outside of macros."""
    text = "#define A(n) PRE_##n##_t B(n, _s)\n#define B(a, b) a##b\nB(x, y)\n"
    assert affixes(text) == {"A": {"PRE_", "_t", "_s"}}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a_b", {"a", "_b"}),
        ("s_b", {"s"}),
        ("b", set()),
        ("a2", {"2"}),
        ("a_c_b", {"_c_b", "_c", "a_c"}),
        ("x_b_b", {"x", "x_b"}),
        ("", set()),
    ],
)
def test_what_a_name_may_be_made_of(name: str, words: set[str]) -> None:
    """A name is a word with one or two joined words before or behind it."""
    ways = list(splits(name, {"a", "_b"}, _parts(name), {"_b"}))
    assert {word for way in ways for word in way.handed} == words
    for way in ways:
        assert {*way.handed, *way.affixes} <= _parts(name)


def test_both_words_may_be_handed() -> None:
    """A name is cut in two in all ways, also with a word between, but not into two short ones."""
    parts = _parts("abcd")
    assert [way.handed for way in halves("abcd", (), parts)] == [("a", "bcd"), ("abc", "d")]
    assert not list(halves("abcd", (), parts - {"a", "d"}))
    assert Way(("abc", "def"), frozenset("_")) in halves("abc_def", {"_"}, {"abc", "def"})


def _parts(name: str) -> frozenset[str]:
    """Return all words that a name contains."""
    ends = range(len(name) + 1)
    return frozenset(name[start:end] for start in ends for end in ends if start < end)


def test_what_is_called_with_a_word() -> None:
    """Callees of a word are found for any other arguments and brackets."""
    text = "A(a, F(x)); B(F(x), a) int f(a); ((a)) g(a + 1, *a) a ## b D(b)) E(a)"
    assert callees(text, {"a"}) == {"A", "B", "f", "##", "(", "E"}
    assert callees(text, {"nowhere"}) == frozenset()


def test_what_takes_words() -> None:
    """Macros with parameters, and their parameters, take words."""
    text = "#define L(X) X(a)\n#define N 1\nint f(int);\n"
    assert takers(text) == {"L", "X"}
