"""pasted_names.py: the headers whose macros may paste a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from layoutcheck.kernel.names.pasted_names import PastedNames
from layoutcheck.kernel.names.token_pasting import affixes, handed_words, takers


def finder_of(
    texts: Mapping[str, str], meant: Mapping[str, frozenset[str]] | None = None
) -> PastedNames:
    """The finder of headers with these texts."""
    by_word: dict[str, list[str]] = {}
    for header, text in texts.items():
        for word in handed_words(text):
            by_word.setdefault(word, []).append(header)

    def handing(word: str) -> Sequence[str]:
        return by_word.get(word, ())

    return PastedNames(
        [affixes(text) for text in texts.values()],
        [takers(text) for text in texts.values()],
        handed=by_word,
        meant=meant or {},
        read=lambda header: texts[header],
        handing=handing,
    )


TEXTS = {
    "a.h": "#define T(n) n##_t\nT(one)\n",
    "b.h": "T(two)\n",
    "c.h": "other(two, three)\n",
    "d.h": "#define J(a, b) a##b\nJ(left, right)\n",
    "e.h": "int f(four, t);\n",
}


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("one_t", ["a.h"]),
        ("two_t", ["b.h"]),
        ("leftright", ["d.h"]),
        ("four_t", []),
        ("nowhere_t", []),
        ("one", []),
        ("", []),
    ],
)
def test_the_header_that_hands_over_a_part(name: str, headers: list[str]) -> None:
    """The header is found that passes a part to a macro that pastes. Parameters are not passed."""
    assert finder_of(TEXTS).headers(name) == headers


def test_the_header_whose_macro_has_the_rest_is_first() -> None:
    """The header whose macro has the rest comes first, before one whose macro passes it on."""
    texts = {
        "a.h": "#define L(X) X(one)\nL(T)\n",
        "b.h": "#define T(n) n##_t\n",
        "c.h": "T(one)\n",
        "d.h": "#define OTHER(n) n\nOTHER(one)\n",
    }
    found = finder_of(texts).headers("one_t")
    assert found[0] == "c.h"
    assert {"a.h", "d.h"} <= {*found[1:]}


def test_the_header_that_hands_over_most_of_it_is_before_others() -> None:
    """The header that passes the longest part comes first, since short words are common."""
    texts = {
        "a.h": "#define T(n) pre_##n\n#define U(n) pre_long_##n\nT(x)\n",
        "b.h": "U(x)\n",
        "c.h": "T(long_x)\n",
    }
    assert finder_of(texts).headers("pre_long_x")[0] == "c.h"


def test_a_word_that_many_headers_hand_over_says_nothing() -> None:
    """A word that many headers pass is ignored, unless the header has the macro itself."""
    texts = {f"{n}.h": "F(one)\n" for n in range(30)} | {"t.h": "#define T(n) n##_t\nT(one)\n"}
    assert finder_of(texts).headers("one_t") == ["t.h"]
    few = {f"{n}.h": "T(one)\n" for n in range(3)} | {"t.h": "#define T(n) n##_t\n"}
    assert sorted(finder_of(few).headers("one_t")) == ["0.h", "1.h", "2.h"]


def test_a_macro_that_stands_for_a_part() -> None:
    """The header that defines the macro for a part is in the same folder, which may include it."""
    texts = {
        "net/t.h": "#define K(a, b) K2(a, b)\n#define K2(a, b) a##b\nK(NAME, _node)\n",
        "net/u.h": "#define NAME red\n",
        "dev/u.h": "#define NAME red\n",
    }
    meant = {"red": frozenset(("net/u.h", "dev/u.h"))}
    assert sorted(finder_of(texts, meant).headers("red_node")) == ["net/t.h", "net/u.h"]
    assert finder_of(texts).headers("red_node") == []
