"""item_words.py: headers that disagree about an item."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.model.verdict import Kind, Mismatch, SetAside, Status, Verdict
from layoutcheck.run.search.item_words import (
    REFUSED,
    UNKNOWN,
    HeaderWords,
    is_nowhere,
    listed,
    rank,
    unchecked,
)

AGREES = Verdict(
    cells=("amd64",),
    kind="constant",
    c_name="K",
    rust_path="k::K",
    status=Status.AGREES,
    c_says="1 (int)",
    rust_says="1 (u32)",
)
DIFFERS = replace(
    AGREES,
    status=Status.DIFFERS,
    c_says="2 (int)",
    mismatches=(Mismatch(check_id="constant-value", member_path=None, c="2", rust="1"),),
)
LOST = replace(AGREES, status=Status.INDETERMINATE, c_says=None, rust_says=None, reason="clang: x")
ASIDE = SetAside(rust_path="k::K", why="not in C", kind="constant")


def of_kind(verdict: Verdict, kind: Kind) -> Verdict:
    """Return the verdict for another kind of item."""
    return replace(verdict, kind=kind)


@pytest.mark.parametrize(
    ("said", "number", "lost"),
    [
        (AGREES, 0, False),
        (DIFFERS, 1, False),
        (LOST, REFUSED, False),
        (replace(LOST, c_name=None), UNKNOWN, True),
        (ASIDE, UNKNOWN, True),
        (replace(ASIDE, why="opaque"), UNKNOWN, False),
        (replace(ASIDE, why="foreign"), UNKNOWN, False),
    ],
)
def test_ranks(said: Verdict | SetAside, number: int, *, lost: bool) -> None:
    """A rank says how little is known. Only an item that no header has is searched further."""
    assert rank(said) == number
    assert is_nowhere(said) is lost


def test_headers_that_agree() -> None:
    """Headers that agree change nothing."""
    words = HeaderWords()
    words.hear(0, ["a.h"], AGREES)
    words.hear(0, ["b.h"], AGREES)
    assert words.with_others(0, AGREES) is AGREES
    assert words.with_others(1, AGREES) is AGREES


def test_another_value_of_a_constant() -> None:
    """A constant agrees with one header, and the reason names the others."""
    words = HeaderWords()
    words.hear(0, ["a.h"], AGREES)
    words.hear(0, ["b.h", "c.h"], DIFFERS)
    found = words.with_others(0, AGREES)
    assert isinstance(found, Verdict)
    assert (found.status, found.reason) == (Status.AGREES, "but <c.h> says 2 (int)")
    noted = words.with_others(0, replace(AGREES, reason="no variant for C's X"))
    assert isinstance(noted, Verdict)
    assert noted.reason == "no variant for C's X; but <c.h> says 2 (int)"


@pytest.mark.parametrize("kind", ["function", "static", "definition"])
def test_another_type_of_a_symbol(kind: Kind) -> None:
    """A symbol with two types is unchecked, because its header is unknown."""
    words = HeaderWords()
    words.hear(0, ["a.h"], of_kind(AGREES, kind))
    words.hear(0, ["b.h"], of_kind(DIFFERS, kind))
    found = words.with_others(0, of_kind(AGREES, kind))
    assert isinstance(found, Verdict)
    assert found.status is Status.INDETERMINATE
    assert found.reason == "<a.h> says 1 (int), <b.h> says 2 (int): a symbol has one type"
    assert (found.c_says, found.rust_says, found.mismatches) == (None, None, ())


def test_a_name_without_a_symbol_there() -> None:
    """A header in which the name is a macro does not count against a function."""
    symbol = Mismatch(check_id="function-symbol", member_path=None, c="a macro for g", rust="f")
    words = HeaderWords()
    words.hear(0, ["a.h"], of_kind(AGREES, "function"))
    words.hear(0, ["b.h"], replace(of_kind(DIFFERS, "function"), mismatches=(symbol,)))
    said = of_kind(AGREES, "function")
    assert words.with_others(0, said) is said


def test_words_that_do_not_count() -> None:
    """Unchecked and skipped verdicts, and those without a header, do not count."""
    words = HeaderWords()
    words.hear(0, ["a.h"], AGREES)
    words.hear(0, ["b.h"], LOST)
    words.hear(0, ["c.h"], ASIDE)
    words.hear(0, [], DIFFERS)
    assert words.with_others(0, AGREES) is AGREES
    words.hear(0, ["d.h"], DIFFERS)
    for said in (DIFFERS, LOST, ASIDE):
        assert words.with_others(0, said) is said


def test_the_first_word_of_a_header() -> None:
    """Only the verdict of a header's first unit counts."""
    words = HeaderWords()
    words.hear(0, ["a.h"], AGREES)
    words.hear(0, ["a.h"], DIFFERS)
    assert words.with_others(0, AGREES) is AGREES


def test_texts_of_a_macro() -> None:
    """Two headers with different words for a macro are named, even if only one was read."""
    words = HeaderWords()
    words.define("K", {"a.h": "1", "b.h": "2"})
    words.define("K", {"c.h": "1"})
    words.hear(0, ["a.h"], AGREES)
    found = words.with_others(0, AGREES)
    assert isinstance(found, Verdict)
    assert found.reason == "but <b.h> says 2"
    unheard = words.with_others(1, AGREES)
    assert unheard is AGREES
    other = replace(AGREES, c_name="L")
    assert words.with_others(0, other) is other


def test_an_unchecked_verdict() -> None:
    """An unchecked verdict keeps only C's name."""
    found = unchecked(DIFFERS, "it depends")
    assert found == replace(
        DIFFERS,
        status=Status.INDETERMINATE,
        reason="it depends",
        mismatches=(),
        c_says=None,
        rust_says=None,
    )


def test_lists_of_headers() -> None:
    """A list names three headers at most."""
    assert listed(["a.h"]) == "<a.h>"
    assert listed(["a.h", "b.h", "c.h", "d.h"]) == "<a.h>, <b.h>, <c.h>"
