"""comments.py: remove comments from a text, but not from string literals."""

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
    """A string literal has no comments in it, and a comment has no literals."""
    assert strip_comments(text) == left


def test_lines_are_kept_where_they_count() -> None:
    """With `keep_lines`, line breaks of comments stay, for line numbers."""
    assert strip_comments('a /* b\n\n*/ c "/*"', keep_lines=True) == 'a  \n\n c "/*"'


def test_what_stands_between_quotes() -> None:
    """String and character literals end at the right quote, after escaped ones."""
    text = """#define A "int f(\\"x\\"); struct s" 'q' "'" '"' g"\n"""
    assert strip_quotes(text) == """#define A "" "" "" "" g"\n"""
