"""swapped_names.py: how well names fit, and when another order fits clearly better."""

from __future__ import annotations

import pytest

from layoutcheck.judge.swapped_names import clearly_better, fit, plain, shared_words, words_of


def test_words() -> None:
    """Words end at underscores and changes of case. Digits belong to the word before them."""
    assert words_of("tv_usec") == ("tv", "usec")
    assert words_of("someName") == words_of("SOME_NAME") == ("some", "name")
    assert words_of("HTTPStatus2") == ("http", "status2")
    assert words_of("_") == ()
    assert plain("SOME_Name_") == "somename"


def test_shared_words() -> None:
    """No name loses its last word; a single name shares no words."""
    assert shared_words([("tv", "sec"), ("tv", "usec")]) == 1
    assert shared_words([("a", "b"), ("a",)]) == 0
    assert shared_words([("a", "b")]) == 0


@pytest.mark.parametrize(
    ("one", "better", "worse"),
    [
        ("secs", "sec", "usec"),
        ("source", "src", "dst"),
        ("h", "height", "width"),
        ("user_id", "uid", "gid"),
        ("first_seen", "fs", "ls"),
        ("max_x", "x_max", "x_min"),
        ("transmit", "tx", "rx"),
        ("py", "y", "x"),
        ("class", "class", "clashing"),
    ],
)
def test_fit(one: str, better: str, worse: str) -> None:
    """Stems, abbreviations and initials fit, in either direction."""
    name, likely, unlikely = map(words_of, (one, better, worse))
    assert fit(name, likely) > fit(name, unlikely)
    assert fit(likely, name) == fit(name, likely)


def test_what_has_nothing_in_common_does_not_fit() -> None:
    """Words without a common part do not fit, nor do words with only a common beginning."""
    for one, other in (("entry", "end"), ("source", "sink"), ("soft", "max"), ("sec", "usec")):
        assert fit((one,), (other,)) == 0


def order(names: str, places: str) -> dict[int, int] | None:
    """Return the order of words for these places, each listed in one text."""
    words, known = ([(word,) for word in text.split()] for text in (names, places))
    return clearly_better(len(words), len(known), lambda name, at: fit(words[name], known[at]))


def test_another_order_has_to_be_clearly_better() -> None:
    """One fitting word is enough, and one initial is not. Unlike names take the places left."""
    assert order("seconds fraction", "sec nsec") is None
    assert order("fraction seconds", "sec nsec") == {0: 1, 1: 0}
    assert order("h w", "width height") == {0: 1, 1: 0}
    assert order("b r g", "red green blue") == {0: 2, 1: 0, 2: 1}
    assert order("l k", "pos length") is None
    assert order("entry size", "start end") is None


def test_a_free_place_is_one_too() -> None:
    """A free place counts: `length` is `len`, if C's member in its place is `addr`."""
    assert order("length", "addr len") == {0: 1}
    assert order("length", "lengths len") is None
