"""macro_words.py: the words on which parts of a header's text depend."""

from __future__ import annotations

import pytest

from layoutcheck.kernel.names.macro_words import Dependence


@pytest.mark.parametrize(
    ("text", "words", "asked"),
    [
        ("#define N M\n", {"N", "M"}, set()),
        ("#define N (K + 1)\n#define K M\n", {"N", "K", "M"}, set()),
        ("#if M > 3\ntypedef long N;\n#else\ntypedef int N;\n#endif\n", {"N", "M"}, {"M"}),
        ("typedef int N[M];\n", {"N", "M"}, set()),
        ("enum { A, N = M };\n", {"N", "A", "M"}, set()),
        ("#ifdef M\n#if X\n#define N 1\n#elif Y\n#define N 2\n#endif\n#endif\n", "MNXY", "MXY"),
        ("#ifdef M\n#endif\n#define N 1\n", {"N"}, set()),
        ("#ifdef M\n#define N 1\n#endif\n", {"N"}, set()),
        ("#ifdef M\n#define A\n#endif\n#define N A\n", {"N", "A"}, set()),
        ("#endif\n#else\n#define O M\n", {"N"}, set()),
    ],
)
def test_a_word_depends_on_what_defines_it_here(
    text: str, words: set[str], asked: set[str]
) -> None:
    """A word depends on its definitions here, and on their conditions if there are several."""
    found, asks = Dependence(text).follow(["N"], ())
    assert found >= {*words} - {"int", "long", "typedef"}
    assert "O" not in found
    assert asks == {*asked}


def test_what_is_asked_depends_on_the_conditions_of_its_only_definition() -> None:
    """A word that is asked depends on the conditions of its only definition, at any distance."""
    text = "#ifdef M\n#define N\n#endif\n#ifdef K\n#define M\n#endif\n"
    found, asks = Dependence(text).follow([], ["N"])
    assert asks == found == {"N", "M", "K"}


def test_conditions_of_a_place() -> None:
    """Conditions of a place are all that are open there."""
    text = "#if A\nx\n#ifndef B\ny\n#endif\nz\n#elif C\nu\n#endif\nv\n"
    dependence = Dependence(text)
    under = {word: dependence.conditions(text.index(f"\n{word}\n") + 1) for word in "xyzuv"}
    assert under == {"x": {"A"}, "y": {"A", "B"}, "z": {"A"}, "u": {"A", "C"}, "v": set()}


def test_what_is_declared() -> None:
    """Declared names are those of typedefs and enumerators, without macros."""
    text = "typedef unsigned a_t;\nenum e { E1, E2 = 3 };\n#define M 1\n"
    assert Dependence(text).declared == {"a_t", "E1", "E2"}
