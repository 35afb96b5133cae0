"""The scanner of config(5): its tokens and their lines."""

from __future__ import annotations

import pytest

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.lexer import KEYWORDS, TokenKind, scan
from layoutcheck.kernel.freebsd.config.source import SourceText


def tokens(text: str) -> list[tuple[TokenKind, str]]:
    """Kind and content of each token of `text` but the last, which ends the file."""
    found = [(token.kind, token.text) for token in scan(SourceText(path="T", text=text))]
    assert found.pop() == (TokenKind.END, "")
    return found


def values(text: str) -> list[str]:
    """The contents of the names in `text`."""
    return [content for kind, content in tokens(text) if kind is TokenKind.NAME]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=0x10\n", "0x10"),
        ("A = \t0100\n", "0100"),
        ("A=(512UL*1024)#c\n", "(512UL*1024)"),
        ("A=1,B\n", "1,B"),
        ("A=;\n", ";"),
        ('A="a b"\n', "a b"),
        ('A="a"\n', "a"),
        ('A="a"b\n', '"a"b'),
        ('A=\\"ufs:da0\\"\n', '"ufs:da0"'),
        ('A=\\"a b\\"\n', '"a b"'),
        ('A=a"b\n', 'a"b'),
        ("A=\fx\n", "\fx"),
        ("A=\\\n", "\\"),
    ],
)
def test_a_value_runs_to_white_space_or_its_quote(text: str, value: str) -> None:
    """After `=` the longest of a value, a name and a quoted text counts."""
    assert values(text) == ["A", value]


def test_a_keyword_as_a_value_stays_a_keyword() -> None:
    """A word of the same length as the value comes first, and a keyword is no value."""
    assert tokens("A=device\n")[2] == (TokenKind.KEYWORD, "device")


def test_keywords_are_lower_case_and_some_have_two_forms() -> None:
    """`option` is `options`; `OPTIONS` is a name."""
    assert tokens("option OPTIONS")[0] == (TokenKind.KEYWORD, "options")
    assert values("option OPTIONS") == ["OPTIONS"]
    assert KEYWORDS["devices"] == "device"


def test_a_newline_before_a_blank_goes_on_with_the_statement() -> None:
    """Else a newline, and always a semicolon, ends a statement."""
    assert [kind for kind, _ in tokens("options A,\n\tB;device c\n")] == [
        TokenKind.KEYWORD,
        TokenKind.NAME,
        TokenKind.COMMA,
        TokenKind.NAME,
        TokenKind.END_OF_STATEMENT,
        TokenKind.KEYWORD,
        TokenKind.NAME,
        TokenKind.END_OF_STATEMENT,
    ]


def test_an_environment_line_is_one_token() -> None:
    """The text after `envvar` up to a comment is one token, but only after the keyword."""
    assert tokens('envvar a="b c" # d\n')[1] == (TokenKind.ENVIRONMENT_LINE, 'a="b c"')
    assert values('ident "envvar"\n') == ["envvar"]


def test_numbers_and_paths() -> None:
    """Octal, hexadecimal, decimal and `?` are numbers; a dot or a slash begins a path."""
    found = tokens("? -5 017 0x1F ../a.b /c x")
    assert [content for kind, content in found if kind is TokenKind.NUMBER] == [
        "?",
        "-5",
        "017",
        "0x1F",
    ]
    assert [content for kind, content in found if kind is TokenKind.PATH] == ["../a.b", "/c"]


def test_lines_count_what_config_does_not() -> None:
    """Newlines in quoted text move the line, but not the count that config(8) reports from."""
    source = SourceText(path="T", text='makeoptions A="a\nb"\nident X\n')
    ident = next(token for token in scan(source) if token.text == "ident")
    assert (ident.location.line, ident.error_location.line) == (3, 2)


@pytest.mark.parametrize("text", ['A="x\n', 'A=\\"x\n', 'A="'])
def test_a_value_that_a_quote_begins_and_none_ends_is_refused(text: str) -> None:
    """config(8) would write that quote into the header."""
    with pytest.raises(KernConfError, match="no quote ends this text") as caught:
        tokens(text)
    assert caught.value.where == "T:1"


def test_what_a_token_is_called_in_an_error() -> None:
    """Long tokens are cut in an error; ends have a name."""
    long, end, _ = scan(SourceText(path="T", text="a" * 100 + "\n"))
    assert long.shown == repr("a" * 40 + "...")
    assert end.shown == "the end of statement"
