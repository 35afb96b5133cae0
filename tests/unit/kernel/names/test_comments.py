"""comments.py: comments go, texts stay."""

from __future__ import annotations

import pytest

from layoutcheck.kernel.names.comments import strip_comments, strip_quotes


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a/* b */c", "a c"),
        ("a // b\nc", "a  \nc"),
        ("a /* b\n c */ d", "a   d"),
        ('#define GLOB "/dev/*"\nint x; /* y */', '#define GLOB "/dev/*" \nint x;  '),
        (r'"\"/*" a /* b */', r'"\"/*"  a  '),
        ("'/*' a /* b */", "'/*'  a  "),
        ("/* it's */ a /* b */", "  a  "),
        ("#error don't\n/* b */ a", "#error don't\n  a"),
    ],
)
def test_what_is_left(text: str, left: str) -> None:
    """A text has no comments in it, and a comment no texts."""
    assert strip_comments(text) == left


def test_lines_are_kept_where_they_count() -> None:
    """For who asks on which line something stands."""
    assert strip_comments('a /* b\n\n*/ c "/*"', keep_lines=True) == 'a  \n\n c "/*"'


def test_what_stands_between_quotes() -> None:
    """Texts and characters, with what is escaped in them."""
    text = """#define A "int f(\\"x\\"); struct s" 'q' "'" '"' g"\n"""
    assert strip_quotes(text) == """#define A "" "" "" "" g"\n"""
