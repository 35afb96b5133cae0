"""The tokens of config(5) text, as the scanner of FreeBSD's config(8) (lang.l) makes them.

Text -> `Token`s, lazily. What is special about this language: a newline followed by a blank goes
on with the statement; after `=` everything up to white space or `#` is one value, unless it reads
as a name or a quoted text of the same length; and where config(8) says an error is, is its count
of newlines read so far, so each token carries that count too.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.source import SourceText
from layoutcheck.location import SourceLocation

__all__ = ["KEYWORDS", "QUOTING_HINT", "Token", "TokenKind", "scan"]

# The plural of a keyword means the same; `files` and `hints` have no singular (lang.l).
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
    """What the parser can tell apart."""

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


@dataclass(frozen=True, slots=True)
class Token:
    """One token, the file and line it begins on, and how many newlines were read by its end."""

    kind: TokenKind
    text: str
    path: str
    line: int
    newlines: int

    @property
    def location(self) -> SourceLocation:
        """Where the token stands."""
        return SourceLocation(path=self.path, line=self.line)

    @property
    def error_location(self) -> SourceLocation:
        """Where config(8) says a syntax error at this token is (for a newline: the next line)."""
        return SourceLocation(path=self.path, line=self.newlines + 1)

    @property
    def shown(self) -> str:
        """The token as an error message names it."""
        if self.kind in (TokenKind.END_OF_STATEMENT, TokenKind.END):
            return f"the {self.kind.value}"
        text = self.text if len(self.text) <= _SHOWN_LENGTH else self.text[:_SHOWN_LENGTH] + "..."
        return repr(text)


QUOTING_HINT: Final = 'write "..." around a value with blanks, and \\"...\\" for a C string'
_SHOWN_LENGTH: Final = 40
_BLANKS: Final = re.compile(r"(?:[ \t\f]+|#[^\n]*|\n(?=[ \t]))*")
_BLANKS_BEFORE_VALUE: Final = re.compile(r"(?:[ \t]+|#[^\n]*|\n(?=[ \t]))*")
_ENVIRONMENT_LINE: Final = re.compile(r"[^#\n]+")
_VALUE: Final = re.compile(r"[^# \t\n]*")
_TOKEN: Final = re.compile(
    r"""
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
    """,
    re.VERBOSE,
)
_SIMPLE_KINDS: Final = {
    "number": TokenKind.NUMBER,
    "end_of_statement": TokenKind.END_OF_STATEMENT,
    "comma": TokenKind.COMMA,
    "plus_equals": TokenKind.PLUS_EQUALS,
    "equals": TokenKind.EQUALS,
    "path": TokenKind.PATH,
    "other": TokenKind.OTHER,
}
# Of two rules that match the same length flex takes the one written first, and these three stand
# before the one for values.
_BEFORE_VALUE: Final = frozenset({"word", "escaped", "quoted"})


def scan(source: SourceText) -> Iterator[Token]:
    """The tokens of `source`, the last one of kind `END`.

    Raises `KernConfError` for a value that begins with a quote that nothing ends: config(8) takes
    it, and what it then writes into the header is not what anybody meant.
    """
    text, path = source.text, source.path
    # config(8) does not count the newlines in quoted text: `uncounted` makes lines of its count.
    position, newlines, uncounted = 0, 0, 0
    expects_value = expects_environment = False
    while True:
        if expects_environment and (found := _ENVIRONMENT_LINE.match(text, position)):
            expects_environment = False
            position = found.end()
            kind = TokenKind.ENVIRONMENT_LINE
            line = newlines + uncounted + 1
            yield Token(kind, found.group().strip(), path, line, newlines)
        blanks = (_BLANKS_BEFORE_VALUE if expects_value else _BLANKS).match(text, position)
        if blanks is not None and blanks.end() != position:
            newlines += text.count("\n", position, blanks.end())
            position = blanks.end()
        group, lexeme = _longest(text, position, expects_value=expects_value)
        if group == "nothing":
            yield Token(TokenKind.END, "", path, newlines + uncounted + 1, newlines)
            return
        line = newlines + uncounted + 1
        position += len(lexeme)
        if group == "value":
            _check_quotes(lexeme, SourceLocation(path=path, line=line))
        if group in ("escaped", "quoted"):
            uncounted += lexeme.count("\n")
        if group in ("word", "escaped", "quoted", "value"):
            expects_value = False
        if group in ("equals", "plus_equals"):
            expects_value = True
        kind, content = _classify(group, lexeme)
        newlines += lexeme == "\n"
        expects_environment = kind is TokenKind.KEYWORD and content == "envvar"
        yield Token(kind, content, path, line, newlines)


def _longest(text: str, position: int, *, expects_value: bool) -> tuple[str, str]:
    """The rule that matches most of `text` at `position`, and what it matches."""
    match = _TOKEN.match(text, position)
    if match is None or match.lastgroup is None:
        return "nothing", ""
    group, lexeme = match.lastgroup, match.group()
    value = _VALUE.match(text, position) if expects_value else None
    if value is not None:
        longer = len(value.group()) - len(lexeme)
        if longer > 0 or (longer == 0 and group not in _BEFORE_VALUE):
            return "value", value.group()
    return group, lexeme


def _classify(group: str, lexeme: str) -> tuple[TokenKind, str]:
    """The kind and the content of a lexeme, without quotes (those that are escaped stay)."""
    if group == "word":
        keyword = KEYWORDS.get(lexeme)
        return (TokenKind.NAME, lexeme) if keyword is None else (TokenKind.KEYWORD, keyword)
    if group == "escaped":
        return TokenKind.NAME, lexeme[1:-2] + '"'
    if group == "quoted":
        return TokenKind.NAME, lexeme[1:-1]
    if group == "value":
        return TokenKind.NAME, lexeme
    return _SIMPLE_KINDS[group], lexeme


def _check_quotes(value: str, where: SourceLocation) -> None:
    """Refuse a value that begins with a quote, and has only that one."""
    if value.startswith(('"', '\\"')) and value.count('"') == 1:
        raise KernConfError("no quote ends this text", where=where, hint=QUOTING_HINT)
