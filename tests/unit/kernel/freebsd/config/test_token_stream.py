"""Many files as one stream of tokens, and the limits on including."""

from __future__ import annotations

import pytest

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.lexer import TokenKind
from layoutcheck.kernel.freebsd.config.source import SourceText
from layoutcheck.kernel.freebsd.config.token_stream import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_INCLUDES,
    MAX_TOKENS,
    TokenStream,
)
from layoutcheck.location import SourceLocation

HERE = SourceLocation(path="T", line=1)


def source(path: str, text: str = "") -> SourceText:
    """A text of the given path."""
    return SourceText(path=path, text=text)


def test_an_included_text_stands_where_the_include_is() -> None:
    """An included text comes first, then the rest of the including text, then the next source."""
    stream = TokenStream([source("A", "a b"), source("B", "c")])
    assert stream.take().text == "a"
    stream.include(source("I", "i"), HERE)
    assert [stream.take().text for _ in range(3)] == ["i", "b", "c"]
    assert stream.take().kind is stream.take().kind is TokenKind.END


def test_a_file_within_itself_is_refused() -> None:
    """A file within itself is an error that shows the circle."""
    stream = TokenStream([source("A", "a")])
    stream.peek()
    stream.include(source("B", "b"), HERE)
    with pytest.raises(KernConfError, match="include each other: A -> B -> A"):
        stream.include(source("A"), HERE)


def test_the_depth_is_limited() -> None:
    """A chain of files that has no circle ends as well."""
    stream = TokenStream([source("A", "a")])
    stream.peek()
    for number in range(MAX_DEPTH):
        stream.include(source(f"I{number}"), HERE)
    with pytest.raises(KernConfError, match="too much is included"):
        stream.include(source("one more"), HERE)


def test_the_number_of_includes_is_limited() -> None:
    """The limit ends files that each include two others, which would be read 2^32 times."""
    stream = TokenStream([source("A", "a " * (MAX_INCLUDES + 2))])
    for _ in range(MAX_INCLUDES):
        stream.take()
        stream.include(source("I", "i"), HERE)
        stream.take()
    stream.take()
    with pytest.raises(KernConfError, match="too much is included"):
        stream.include(source("I", "i"), HERE)


def test_the_length_is_limited() -> None:
    """The length is limited for the first text and for included ones."""
    with pytest.raises(KernConfError, match="too long for a configuration") as caught:
        TokenStream([source("A", "#" * (MAX_CHARACTERS + 1))])
    assert caught.value.where == "A"
    stream = TokenStream([source("A", "a" * MAX_CHARACTERS)])
    with pytest.raises(KernConfError, match="too long for a configuration"):
        stream.include(source("I", "i"), HERE)


def test_the_number_of_tokens_is_limited() -> None:
    """The number of tokens is limited, since short statements are many; real confs have 4,000."""
    stream = TokenStream([source("A", "a\n" * (MAX_TOKENS // 2 + 1))])
    for _ in range(MAX_TOKENS):
        stream.take()
    with pytest.raises(KernConfError, match="too long for a configuration") as caught:
        stream.take()
    assert caught.value.where == f"A:{MAX_TOKENS // 2 + 1}"
