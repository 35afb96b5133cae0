"""Move a declaration's GNU attributes to the places where C23 has them and pycparser takes them.

GNU C allows attributes in more places than C23. What each applies to is in GCC's "Attribute
Syntax": after `struct` or after its `}`, to the record; among the specifiers, to everything that is
declared; behind a declarator, to that declarator alone. Each attribute therefore moves to the one
place in C23 that means the same: after the keyword, before the declaration, or after the declared
name. The names that a declaration defines are collected in the same pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Final

from layoutcheck.abi.lexing import (
    CLOSERS,
    GNU_ATTRIBUTES,
    Attributed,
    Token,
    skip_group,
)
from layoutcheck.errors import DeclarationError

__all__ = ["Declaration", "place_attributes"]

_ENDS: Final = frozenset({"COMMA", "SEMI", "EQUALS", "COLON", GNU_ATTRIBUTES})
"""Tokens that may follow the attributes of a declarator."""


_WITH_ARGUMENTS: Final = frozenset({"_ATOMIC", "TYPEOF", "_ALIGNAS", "_BITINT"})
"""Specifiers with an argument in parentheses."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration for pycparser, and the names that it defines: `tags` as "struct mtx".

    A declaration that is not understood has no tokens. It has a `problem`, and its names.
    """

    tokens: tuple[Token, ...]
    tags: tuple[str, ...]
    typedefs: tuple[str, ...]
    enumerators: tuple[str, ...]
    problem: DeclarationError | None = None


def place_attributes(chunk: Sequence[Token]) -> Declaration:
    """Return the declaration with its attributes where C23 has them."""
    placer = _Placer()
    problem, tokens = None, []
    try:
        tokens = placer.declarations(chunk)
    except DeclarationError as error:
        problem = error
    return Declaration(
        tokens=tuple(tokens),
        tags=tuple(placer.tags),
        typedefs=tuple(placer.typedefs),
        enumerators=tuple(placer.enumerators),
        problem=problem,
    )


class _Placer:
    """One pass over a declaration; it collects the names that are defined at any depth."""

    def __init__(self) -> None:
        self.tags: list[str] = []
        self.typedefs: list[str] = []
        self.enumerators: list[str] = []

    def declarations(self, tokens: Sequence[Token]) -> list[Token]:
        """Return declarations that follow one another, each with its `;`."""
        out: list[Token] = []
        at = 0
        while at < len(tokens):
            end = at
            while tokens[end].type != "SEMI":
                end = skip_group(tokens, end) if tokens[end].type in CLOSERS else end + 1
                if end >= len(tokens):
                    raise _error(tokens[-1], "a declaration does not end")
            out += _Declaration(self, tokens[at : end + 1]).placed()
            at = end + 1
        return out

    def record(self, tokens: Sequence[Token], at: int) -> tuple[list[Token], int]:
        """Return the `struct`, `union` or `enum` at `at` with its body, and the place after it."""
        keyword = tokens[at]
        attributes, at = _attributes_at(tokens, at + 1)
        head: list[Token] = []
        if tokens[at].type == "ID":
            head.append(tokens[at])
            at += 1
        if keyword.type == "ENUM":
            underlying, at = _underlying_type(tokens, at)
            head += underlying
        after_name, brace = _attributes_at(tokens, at)  # struct name __packed { ... }
        if tokens[brace].type != "LBRACE":
            if attributes:
                raise _error(keyword, "an attribute of a record that is defined elsewhere")
            return [keyword, *head], at
        if head and head[0].type == "ID":
            self.tags.append(f"{keyword.value} {head[0].value}")
        end = skip_group(tokens, brace)
        inside = tokens[brace + 1 : end - 1]
        body = self._enumerators(inside) if keyword.type == "ENUM" else self.declarations(inside)
        behind, after = _attributes_at(tokens, end)
        placed = _spelled([*attributes, *after_name, *behind], keyword)
        return [keyword, *placed, *head, tokens[brace], *body, tokens[end - 1]], after

    def _enumerators(self, tokens: Sequence[Token]) -> Sequence[Token]:
        _refuse_attributes(tokens)
        at, is_name = 0, True
        while at < len(tokens):
            if is_name and tokens[at].type == "ID":
                self.enumerators.append(tokens[at].value)
            is_name = tokens[at].type == "COMMA"
            at = skip_group(tokens, at) if tokens[at].type in CLOSERS else at + 1
        return tokens


class _Declaration:
    """One declaration, its declarators in order.

    `_name_at` is the place in `_out` of the current declarator's name. It is fixed (`_is_fixed`) by
    the first token that can only follow a name. `_waiting` are the attributes of the current
    declarator alone, `_prefix` those of all declarators.
    """

    def __init__(self, placer: _Placer, tokens: Sequence[Token]) -> None:
        self._placer, self._tokens = placer, tokens
        self._is_typedef = any(token.type == "TYPEDEF" for token in tokens)
        self._out: list[Token] = []
        self._prefix: list[Attributed] = []
        self._insertions: list[tuple[int, list[Attributed]]] = []
        self._is_first, self._is_single = True, not _has_comma(tokens)
        self._begin()

    def _begin(self) -> None:
        self._name_at: int | None = None
        self._is_fixed = False
        self._waiting: list[Attributed] = []

    def placed(self) -> list[Token]:
        """Return the declaration's tokens, with the attributes in their places."""
        at = 0
        while at < len(self._tokens):
            at = self._token(at)
        for place, attributes in reversed(self._insertions):
            self._out[place:place] = _spelled(attributes, self._out[place - 1])
        return [*_spelled(self._prefix, self._tokens[0]), *self._out]

    def _token(self, at: int) -> int:
        """Take the token or group at `at`; return the place after it."""
        token = self._tokens[at]
        match token.type:
            case "STRUCT" | "UNION" | "ENUM":
                record, after = self._placer.record(self._tokens, at)
                self._out += record
                return after
            case "LPAREN" | "LBRACKET":
                return self._group(at)
            case "EQUALS":  # an initializer has no effect on a layout
                while self._tokens[at].type not in {"COMMA", "SEMI"}:
                    is_open = self._tokens[at].type in CLOSERS
                    at = skip_group(self._tokens, at) if is_open else at + 1
                return at
            case type_ if type_ == GNU_ATTRIBUTES:
                self._attribute(token, self._tokens[at + 1])
                return at + 1
            case "COLON":
                self._is_fixed = True
            case "ID" if not self._is_fixed:
                self._name_at = len(self._out)
            case "COMMA" | "SEMI":
                self._end(token)
            case _:
                pass
        self._out.append(token)
        return at + 1

    def _group(self, at: int) -> int:
        """Take parameters, an array's bound, or a declarator in parentheses."""
        end = skip_group(self._tokens, at)
        group = self._tokens[at:end]
        _refuse_attributes(group)
        is_specifier = self._out and self._out[-1].type in _WITH_ARGUMENTS
        if not self._is_fixed and not is_specifier:
            if group[0].type == "LPAREN" and _is_declarator(group, self._tokens[end]):
                names = (n for n, token in enumerate(group) if token.type == "ID")
                name = next(names, None)
                self._name_at = None if name is None else len(self._out) + name
            self._is_fixed = True
        self._out += group
        return end

    def _attribute(self, token: Token, following: Token) -> None:
        """Take attributes of one declarator or of all; a single declarator needs no distinction."""
        if self._out and self._out[-1].type == "TIMES":
            raise _error(token, "an attribute of a pointer is not understood")
        if self._is_single and self._name_at is not None:
            self._prefix += token.value
        elif following.type in _ENDS and self._name_at is not None:
            self._waiting += token.value
            self._is_fixed = True
        elif self._is_fixed:
            raise _error(token, "an attribute of a declarator without a name is not understood")
        elif self._is_first:
            self._prefix += token.value
        else:
            self._waiting += token.value

    def _end(self, token: Token) -> None:
        """Record the name that the declarator ends with, and where its attributes go."""
        if self._is_typedef and self._name_at is not None:
            self._placer.typedefs.append(self._out[self._name_at].value)
        if self._waiting:
            if self._name_at is None:
                raise _error(token, "an attribute of a declarator without a name is not understood")
            self._insertions.append((self._name_at + 1, self._waiting))
        self._is_first = False
        self._begin()


def _has_comma(tokens: Sequence[Token]) -> bool:
    """Return whether a declaration may have more than one declarator."""
    at = 0
    while at < len(tokens):
        if tokens[at].type == "COMMA":
            return True
        at = skip_group(tokens, at) if tokens[at].type in CLOSERS else at + 1
    return False


def _attributes_at(tokens: Sequence[Token], at: int) -> tuple[list[Attributed], int]:
    """Return the attributes that begin at `at`, and the place after them."""
    found: list[Attributed] = []
    while tokens[at].type == GNU_ATTRIBUTES:
        found += tokens[at].value
        at += 1
    return found, at


def _underlying_type(tokens: Sequence[Token], at: int) -> tuple[Sequence[Token], int]:
    """Return `: unsigned char` before an enum's brace, and the place after it.

    A bit-field's `: 3` is no underlying type: nothing is returned, and the place stays.
    """
    end = at
    if tokens[at].type == "COLON":
        while tokens[end].type not in {"LBRACE", "SEMI", "COMMA", "RPAREN"}:
            end += 1
    return (tokens[at:end], end) if tokens[end].type == "LBRACE" else ((), at)


def _refuse_attributes(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type == GNU_ATTRIBUTES:
            raise _error(token, "an attribute at this place is not understood")


def _is_declarator(group: Sequence[Token], after: Token) -> bool:
    """Return whether a group in parentheses is `(*name)`, or `(name)` before its parameters."""
    return bool(group[1].type == "TIMES" or (len(group) == len("(f)") and after.type == "LPAREN"))


def _spelled(attributes: Sequence[Attributed], near: Token) -> list[Token]:
    """Return `[[gnu::packed, gnu::aligned(8)]]` as tokens with the position of `near`.

    The arguments of an attribute become one token, whose value is the tuple of their tokens:
    pycparser passes a token's value on unread.
    """
    if not attributes:
        return []

    def token(type_: str, value: object) -> Token:
        made = copy(near)
        made.type, made.value = type_, value
        return made

    out = [token("ATTRIBUTE_BEGIN", "[[")]
    for attribute in attributes:
        out += [token("ID", "gnu"), token("COLONCOLON", "::"), token("ID", attribute.name)]
        if attribute.arguments:
            out.append(token("ATTRIBUTE_ARGUMENTS", attribute.arguments))
        out.append(token("COMMA", ","))
    return [*out[:-1], token("ATTRIBUTE_END", "]]")]


def _error(token: Token, what: str) -> DeclarationError:
    return DeclarationError(what, where=f"{token.filename}:{token.lineno}")
