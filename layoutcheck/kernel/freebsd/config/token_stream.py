"""The tokens of a conf and of its includes, as one stream.

As in config(8), the tokens of an included file are inserted at the `include`, and the end of a file
ends no statement. Endless or too many includes are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.lexer import Token, TokenKind, scan
from layoutcheck.kernel.freebsd.config.source import SourceText
from layoutcheck.location import SourceLocation

__all__ = ["MAX_CHARACTERS", "MAX_DEPTH", "MAX_INCLUDES", "MAX_TOKENS", "TokenStream"]

# FreeBSD 13.2's largest conf, LINT of i386, reads 5 files with 134,000 characters, 4,000 tokens.
MAX_DEPTH: Final = 32
MAX_INCLUDES: Final = 256
MAX_CHARACTERS: Final = 1024 * 1024
MAX_TOKENS: Final = 50_000


class TokenStream:
    """Tokens of `sources`, one text after the other; the last one is of kind `END`."""

    def __init__(self, sources: Sequence[SourceText]) -> None:
        self._waiting = list(reversed(sources))
        self._open: list[tuple[str, Iterator[Token]]] = []
        self._ahead: Token | None = None
        self._includes = 0
        self._characters = 0
        self._tokens = 0
        for source in sources:
            self._count(source, SourceLocation(path=source.path))

    def peek(self) -> Token:
        """Return the next token without taking it."""
        if self._ahead is None:
            self._ahead = self._read()
        return self._ahead

    def take(self) -> Token:
        """Take the next token; the last one is returned again and again."""
        token = self.peek()
        if token.kind is not TokenKind.END:
            self._ahead = None
        return token

    def _read(self) -> Token:
        while True:
            if not self._open:
                source = self._waiting.pop()
                self._open.append((source.path, scan(source)))
            token = next(self._open[-1][1])
            self._tokens += 1
            if self._tokens > MAX_TOKENS:
                raise KernConfError(
                    "too long for a configuration",
                    where=token.location,
                    hint=f"with all it includes it may have {MAX_TOKENS} words and signs",
                )
            if token.kind is not TokenKind.END:
                return token
            self._open.pop()
            if not self._open and not self._waiting:
                return token

    def include(self, source: SourceText, where: SourceLocation) -> None:
        """Put the tokens of `source` before the rest; `where` is the `include` statement.

        Raises `KernConfError` for a file within itself, and above this module's limits.
        """
        paths = [path for path, _ in self._open]
        if source.path in paths:
            circle = [*paths[paths.index(source.path) :], source.path]
            raise KernConfError(
                "the included files include each other: " + " -> ".join(circle),
                where=where,
                hint="take one of these include statements out",
            )
        self._includes += 1
        if len(paths) > MAX_DEPTH or self._includes > MAX_INCLUDES:
            raise KernConfError(
                "too much is included",
                where=where,
                hint=f"layoutcheck reads at most {MAX_INCLUDES} files, {MAX_DEPTH} deep",
            )
        self._count(source, where)
        self._open.append((source.path, scan(source)))

    def _count(self, source: SourceText, where: SourceLocation) -> None:
        self._characters += len(source.text)
        if self._characters > MAX_CHARACTERS:
            raise KernConfError(
                "too long for a configuration",
                where=where,
                hint=f"with all it includes it may have {MAX_CHARACTERS} characters",
            )
