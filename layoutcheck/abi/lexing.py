"""Preprocessed C -> its declarations of types, as pycparser's tokens, without function bodies.

GNU C's spellings become pycparser's: `__const` is `const`, `__typeof__` is C23's `typeof`.
`__extension__`, assembler names and attributes without effect on a layout are dropped. Each of the
remaining attribute lists becomes one `GNU_ATTRIBUTES` token, which `attributes` moves to its place.
All of this is done on tokens; no text is edited.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from pycparser.c_lexer import CLexer

from layoutcheck.errors import DeclarationError

__all__ = ["CLOSERS", "GNU_ATTRIBUTES", "PACK", "Attributed", "Token", "read_chunks", "skip_group"]

Token: TypeAlias = Any
"""pycparser's token: `type`, `value`, `filename`, `lineno`, `column`; it has no types."""

GNU_ATTRIBUTES: Final = "GNU_ATTRIBUTES"
PACK: Final = "layoutcheck_pack"
"""Attribute that gives a record the number that `#pragma pack` set."""
CLOSERS: Final = MappingProxyType({"LPAREN": "RPAREN", "LBRACKET": "RBRACKET", "LBRACE": "RBRACE"})

_SPELLINGS: Final = MappingProxyType(
    {
        "__const": ("CONST", "const"),
        "__const__": ("CONST", "const"),
        "__volatile": ("VOLATILE", "volatile"),
        "__volatile__": ("VOLATILE", "volatile"),
        "__restrict": ("RESTRICT", "restrict"),
        "__restrict__": ("RESTRICT", "restrict"),
        "__signed": ("SIGNED", "signed"),
        "__signed__": ("SIGNED", "signed"),
        "__typeof": ("TYPEOF", "typeof"),
        "__typeof__": ("TYPEOF", "typeof"),
        "typeof": ("TYPEOF", "typeof"),
        "__alignof": ("_ALIGNOF", "__alignof__"),
        "__alignof__": ("_ALIGNOF", "__alignof__"),
        "__builtin_offsetof": ("OFFSETOF", "offsetof"),
    }
)
_DROPPED: Final = frozenset(
    {
        *("__extension__", "__inline", "__inline__"),
        *("_Nonnull", "_Nullable", "_Null_unspecified", "__ptr32", "__ptr64"),
    }
)
_ATTRIBUTE: Final = frozenset({"__attribute__", "__attribute"})
_ASM: Final = frozenset({"asm", "__asm", "__asm__"})
_LAYOUT_ATTRIBUTES: Final = frozenset(
    {
        *("packed", "aligned", "mode", "vector_size", "ext_vector_type", "ms_struct"),
        *("neon_vector_type", "neon_polyvector_type", "matrix_type", "randomize_layout"),
        *("arm_sve_vector_bits", "riscv_rvv_vector_bits", "scalar_storage_order"),
    }
)
"""Attributes that can change a layout; `compute_layout` knows the first two and refuses the others.
"""
_RECORDS: Final = frozenset({"STRUCT", "UNION", "ENUM"})


@dataclass(frozen=True, slots=True)
class Attributed:
    """One attribute, `__packed__` as `packed`, and the tokens of its arguments."""

    name: str
    arguments: tuple[Token, ...]


def read_chunks(text: str) -> Iterator[tuple[Token, ...]]:
    """Yield the declarations at file scope that define records, enums or typedefs, in order.

    Each is a tuple of tokens with its `;`. The brace of a record under `#pragma pack` has one more
    attribute before it, named `PACK`.

    Raises `DeclarationError` for text that is not C, such as text with a stray character.
    """

    def refuse(message: str, line: int, column: int) -> None:
        raise DeclarationError(message, where=f"{lexer.filename}:{line}:{column}")

    lexer = CLexer(refuse)
    lexer.input(text)
    return _Reader().chunks(iter(lexer.token, None))


def skip_group(tokens: Sequence[Token], at: int) -> int:
    """Return the place after the group that the bracket at `at` opens."""
    depth = 0
    for place in range(at, len(tokens)):
        if tokens[place].type in CLOSERS:
            depth += 1
        elif tokens[place].type in CLOSERS.values():
            depth -= 1
            if depth == 0:
                return place + 1
    return len(tokens)


class _Reader:
    """One pass over a unit's tokens.

    `_tokens` are those of the current declaration, `_depth` is the number of its open brackets.
    `_tag` is the keyword of a record whose brace may come at `_tag_depth`. `_packs` is the stack of
    `#pragma pack`, its top last.
    """

    def __init__(self) -> None:
        self._packs = [0]
        self._begin()

    def _begin(self) -> None:
        self._tokens: list[Token] = []
        self._depth = 0
        self._tag, self._tag_depth = "", -1
        self._has_body = self._is_definition = False

    def chunks(self, tokens: Iterator[Token]) -> Iterator[tuple[Token, ...]]:
        for token in tokens:
            if token.type == "PPPRAGMA":
                continue
            if token.type == "PPPRAGMASTR":
                self._pragma(token)
                continue
            self._tokens.append(token)
            self._follow(token)
            if self._depth:
                continue
            if token.type == "SEMI":
                if self._is_definition or any(t.type == "TYPEDEF" for t in self._tokens):
                    yield tuple(_respelled(self._tokens))
                self._begin()
            elif token.type == "RBRACE" and self._has_body and not _is_initialized(self._tokens):
                self._begin()

    def _follow(self, token: Token) -> None:
        """Update the state for a token that opens or closes something."""
        at_tag = self._tag_depth == self._depth
        if token.type == "LBRACE":
            if at_tag:
                self._is_definition = True
                if self._packs[-1] and self._tag != "ENUM":
                    self._tokens.insert(-1, self._pack(token))
            elif self._depth == 0:  # the brace of a function or an initializer
                self._has_body = True
            self._tag_depth = -1
        elif token.type in _RECORDS:
            self._tag, self._tag_depth = token.type, self._depth
        elif at_tag and token.type in {"SEMI", "EQUALS", "TIMES", "LPAREN"}:
            is_attribute = token.type == "LPAREN" and self._tokens[-2].value in _ATTRIBUTE
            self._tag_depth = self._depth if is_attribute else -1
        if token.type in CLOSERS:
            self._depth += 1
        elif token.type in CLOSERS.values():
            self._depth -= 1

    def _pack(self, brace: Token) -> Token:
        number, attribute = copy(brace), copy(brace)
        number.type, number.value = "INT_CONST_DEC", str(self._packs[-1])
        attribute.type, attribute.value = GNU_ATTRIBUTES, (Attributed(PACK, (number,)),)
        return attribute

    def _pragma(self, token: Token) -> None:
        """Follow `#pragma pack`. Raises `DeclarationError` for a form of it that is not known."""
        words = token.value.replace("(", " ( ").replace(")", " ) ").replace(",", " ").split()
        if words[:1] != ["pack"]:
            if words[:1] in (["ms_struct"], ["options"], ["align"]):
                raise DeclarationError(f"#pragma {token.value} is not understood", where=_at(token))
            return
        match words[2:-1]:
            case []:
                self._packs[-1] = 0
            case ["push"]:
                self._packs.append(self._packs[-1])
            case ["push", number] if number.isdigit():
                self._packs.append(int(number))
            case ["pop"] if len(self._packs) > 1:
                self._packs.pop()
            case [number] if number.isdigit():
                self._packs[-1] = int(number)
            case _:
                raise DeclarationError(f"#pragma {token.value} is not understood", where=_at(token))


def _is_initialized(tokens: Sequence[Token]) -> bool:
    """Return whether the last brace that opened at file scope did so after a `=`."""
    depth = 0
    for place in range(len(tokens) - 1, 0, -1):
        if tokens[place].type in CLOSERS.values():
            depth += 1
        elif tokens[place].type in CLOSERS:
            depth -= 1
            if depth == 0:
                return bool(tokens[place - 1].type == "EQUALS")
    return False


def _respelled(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens in pycparser's spelling, each attribute list as one token."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token.type != "ID":
            yield token
        elif token.value in _ATTRIBUTE:
            end = skip_group(tokens, at)
            attributes = [
                attribute
                for attribute in _attributes(tokens[at + 2 : end - 2])
                if attribute.name in _LAYOUT_ATTRIBUTES
            ]
            if attributes:
                token.type, token.value = GNU_ATTRIBUTES, tuple(attributes)
                yield token
            at = end
        elif token.value in _ASM:
            at = skip_group(tokens, at)
        elif token.value in _SPELLINGS:
            token.type, token.value = _SPELLINGS[token.value]
            yield token
        elif token.value not in _DROPPED:
            yield token


def _attributes(tokens: Sequence[Token]) -> Iterator[Attributed]:
    """Yield the attributes of a list, which is between `((` and `))`; commas separate them."""
    at = 0
    while at < len(tokens):
        end = at + 1
        if end < len(tokens) and tokens[end].type == "LPAREN":
            end = skip_group(tokens, end)
        if tokens[at].type != "COMMA":
            name = tokens[at].value
            if len(name) > 4 and name.startswith("__") and name.endswith("__"):  # noqa: PLR2004
                name = name[2:-2]
            yield Attributed(name, tuple(_respelled(tokens[at + 2 : end - 1])))
        at = end


def _at(token: Token) -> str:
    return f"{token.filename}:{token.lineno}"
