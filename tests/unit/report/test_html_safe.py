"""`report/html_safe.py`: text that stays text, and ids that are safe in an address."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from layoutcheck.location import SourceLocation
from layoutcheck.report.html_safe import Anchors, visible


def test_what_cannot_be_seen_is_spelled_out() -> None:
    """In text, and in values that become text; lines stay lines, and markup stays markup."""
    assert visible("a\x1b[2J\u202e\nb") == "a\\x1b[2J\\u202e\nb"
    assert visible(SourceLocation(path="\u200b.h", line=3)) == "\\u200b.h:3"
    markup = Markup("<b>\n\n</b>")
    assert visible(markup) is markup


def test_an_id_is_the_identity_of_a_finding() -> None:
    """It has no character that an address would encode, and is the same in every report."""
    anchors = Anchors()
    identity = "record:k::s:member-size:(anonymous union at line 8)"
    assert anchors.of(identity) == "record:k::s:member-size:(anonymous%20union%20at%20line%208)"
    assert anchors.of(identity).endswith("~2")
    assert Anchors().of('a"<\udc80') == "a%22%3C%5Cudc80"


@given(st.lists(st.text(max_size=4)))
def test_no_id_is_given_twice(texts: list[str]) -> None:
    """Whatever the texts are."""
    anchors = Anchors()
    ids = [anchors.of(text) for text in texts]
    assert len(set(ids)) == len(ids)
    assert all(one.isascii() and not set(one) & set(' "<>&#\n') for one in ids)
