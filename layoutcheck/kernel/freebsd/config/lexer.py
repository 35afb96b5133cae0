"""The tokens of config(5) text, as the scanner of FreeBSD's config(8) (lang.l) makes them.

Text -> `Token`s, lazily. Three rules are special. A newline before a blank continues the statement.
After `=`, everything up to white space or `#` is one value, unless a name or a quoted text of the
same length matches. config(8) reports an error at its current count of newlines, so each token has
that count.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.source import SourceText
from layoutcheck.location import SourceLocation

__all__ = ["KEYWORDS", "QUOTING_HINT", "Token", "TokenKind", "scan"]

# The plural of a keyword has the same meaning; `files` and `hints` have no singular (lang.l).
KEYWORDS: Final = {
    "cpu": "cpu",
    "nocpu": "nocpu",
    "device": "device",
    "devices": "device",
    "nodevice": "nodevice",
    "nodevices": "nodevice",
    "env": "env",
    "envvar": "envvar",
    "hints": "hints",
    "ident": "ident",
    "machine": "machine",
    "makeoption": "makeoptions",
    "makeoptions": "makeoptions",
    "nomakeoption": "nomakeoptions",
    "nomakeoptions": "nomakeoptions",
    "maxusers": "maxusers",
    "option": "options",
    "options": "options",
    "nooption": "nooptions",
    "nooptions": "nooptions",
    "include": "include",
    "includeoptions": "includeoptions",
    "files": "files",
}


class TokenKind(enum.Enum):
    """Kinds of tokens that the parser distinguishes."""

    KEYWORD = "keyword"
    NAME = "name"
    NUMBER = "number"
    PATH = "path"
    ENVIRONMENT_LINE = "environment line"
    END_OF_STATEMENT = "end of statement"
    COMMA = "comma"
    EQUALS = "equals"
    PLUS_EQUALS = "plus equals"
    OTHER = "other"
    END = "end of file"


class Token(NamedTuple):
    """A token, the file and line it begins on, and the number of newlines read by its end."""

    kind: TokenKind
    text: str
    path: str
    line: int
    newlines: int

    @property
    def location(self) -> SourceLocation:
        """Return the place of the token."""
        return SourceLocation(path=self.path, line=self.line)

    @property
    def error_location(self) -> SourceLocation:
        """Return config(8)'s place of a syntax error at this token (a newline: the next line)."""
        return SourceLocation(path=self.path, line=self.newlines + 1)

    @property
    def shown(self) -> str:
        """Return the token's name in an error message."""
        if self.kind in (TokenKind.END_OF_STATEMENT, TokenKind.END):
            return f"the {self.kind.value}"
        text = self.text if len(self.text) <= _SHOWN_LENGTH else self.text[:_SHOWN_LENGTH] + "..."
        return repr(text)


QUOTING_HINT: Final = 'write "..." around a value with blanks, and \\"...\\" for a C string'
_SHOWN_LENGTH: Final = 40
_ENVIRONMENT_LINE: Final = re.compile(r"[^#\n]+")
_VALUE: Final = re.compile(r"[^# \t\n]*")
_LEXEME: Final = r"""(?:
      (?P<word>[A-Za-z_][-A-Za-z_0-9]*)
    | (?P<escaped>\\"[^"]*\\")
    | (?P<quoted>"[^"]+")
    | (?P<number>0x[0-9a-fA-F]+ | 0[0-7]* | -?[1-9][0-9]* | \?)
    | (?P<end_of_statement>[\n;])
    | (?P<comma>,)
    | (?P<plus_equals>\+=)
    | (?P<equals>=)
    | (?P<path>[./][-/.%^A-Za-z_0-9]+)
    | (?P<other>.)
)?"""


def _after(blanks: str) -> re.Pattern[str]:
    return re.compile(f"(?P<blanks>(?:{blanks})*){_LEXEME}", re.VERBOSE)


# A newline before a blank continues the statement. An empty statement has no effect; those after
# the end of a statement are skipped with it. A form feed is a blank, but can begin a value.
_WITHIN_STATEMENT: Final = _after(r"[ \t\f]+ | \#[^\n]* | \n(?=[ \t])")
_BETWEEN_STATEMENTS: Final = _after(r"[ \t\f\n;]+ | \#[^\n]*")
_BEFORE_VALUE: Final = _after(r"[ \t]+ | \#[^\n]* | \n(?=[ \t])")

_KINDS: Final = {
    "blanks": TokenKind.END,
    "word": TokenKind.NAME,
    "escaped": TokenKind.NAME,
    "quoted": TokenKind.NAME,
    "value": TokenKind.NAME,
    "number": TokenKind.NUMBER,
    "end_of_statement": TokenKind.END_OF_STATEMENT,
    "comma": TokenKind.COMMA,
    "plus_equals": TokenKind.PLUS_EQUALS,
    "equals": TokenKind.EQUALS,
    "path": TokenKind.PATH,
    "other": TokenKind.OTHER,
}
# Of two rules with matches of equal length, flex takes the first one. These three rules precede the
# rule for values.
_FIRST_RULES: Final = frozenset({"word", "escaped", "quoted"})
_EQUALS: Final = frozenset({"equals", "plus_equals"})
_VALUE_ENDS: Final = frozenset({"word", "escaped", "quoted", "value"})


def scan(source: SourceText) -> Iterator[Token]:
    """Yield the tokens of `source`, the last one of kind `END`.

    Raises `KernConfError` for a value with an opening quote and no closing one: config(8) accepts
    it, and writes a broken value into the header.
    """
    text, path = source.text, source.path
    # config(8) does not count the newlines in quoted text; `uncounted` makes its count a line.
    position, newlines, uncounted = 0, 0, 0
    pattern, expects_value = _BETWEEN_STATEMENTS, False
    while True:
        match = pattern.match(text, position)
        if match is None:  # pragma: no cover - every part of the pattern may be empty
            return
        group = match.lastgroup or "blanks"
        start = match.end("blanks")
        if start != position:
            newlines += text.count("\n", position, start)
        lexeme = text[start : match.end()]
        if expects_value:
            group, lexeme = _value_or(group, lexeme, _VALUE.match(text, start))
        line, position = newlines + uncounted + 1, start + len(lexeme)
        kind, content = _KINDS[group], lexeme
        if group == "word":
            content = KEYWORDS.get(lexeme, lexeme)
            kind = TokenKind.KEYWORD if lexeme in KEYWORDS else kind
        elif group in _VALUE_ENDS:
            content = _unquoted(group, lexeme, SourceLocation(path=path, line=line))
            uncounted += content.count("\n")
        newlines += lexeme == "\n"
        yield Token(kind, content, path, line, newlines)
        if kind is TokenKind.END:
            return
        if (
            group == "word"
            and content == "envvar"
            and (found := _ENVIRONMENT_LINE.match(text, position))
        ):
            position = found.end()
            kind = TokenKind.ENVIRONMENT_LINE
            yield Token(kind, found.group().strip(), path, line, newlines)
        expects_value = group in _EQUALS or (expects_value and group not in _VALUE_ENDS)
        pattern = _next_pattern(kind, expects_value=expects_value)


def _next_pattern(kind: TokenKind, *, expects_value: bool) -> re.Pattern[str]:
    """Return the pattern for the blanks and the token after a token of `kind`."""
    if expects_value:
        return _BEFORE_VALUE
    return _BETWEEN_STATEMENTS if kind is TokenKind.END_OF_STATEMENT else _WITHIN_STATEMENT


def _value_or(group: str, lexeme: str, value: re.Match[str] | None) -> tuple[str, str]:
    """Return the longer of a lexeme and the value at its place, after the name of its rule."""
    longer = 0 if value is None else len(value.group()) - len(lexeme)
    if value is not None and lexeme and (longer > 0 or (not longer and group not in _FIRST_RULES)):
        return "value", value.group()
    return group, lexeme


def _unquoted(group: str, lexeme: str, where: SourceLocation) -> str:
    """Return a name or value without its quotes; escaped quotes stay, for C strings."""
    if group == "quoted":
        return lexeme[1:-1]
    if group == "escaped":
        return lexeme[1:-2] + '"'
    _check_quotes(lexeme, where)
    return lexeme


def _check_quotes(value: str, where: SourceLocation) -> None:
    """Refuse a value with an opening quote and no closing one."""
    if value.startswith(('"', '\\"')) and value.count('"') == 1:
        raise KernConfError("no quote ends this text", where=where, hint=QUOTING_HINT)
