"""A preprocessed unit -> pycparser's nodes of the records, typedefs and enums that are asked for.

Each declaration is parsed alone, when it is needed. A declaration that pycparser does not
understand therefore affects only the records that need it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from pycparser import c_ast
from pycparser.c_parser import CParser, ParseError

from layoutcheck.abi.attributes import place_attributes
from layoutcheck.abi.lexing import Token, read_chunks
from layoutcheck.errors import DeclarationError

__all__ = ["BUILTIN_TYPES", "Node", "Unit", "place_of"]

Node: TypeAlias = Any
"""A node of pycparser's syntax tree; it has no types."""

BUILTIN_TYPES: Final = MappingProxyType(
    {
        "__int128_t": "__int128",
        "__uint128_t": "unsigned __int128",
        "__builtin_va_list": "__builtin_va_list",
    }
)
"""Types that compilers define without any header, and the type that each one is."""

_BEFORE: Final = (("INT", "int"), ("ID", "_"), ("LBRACKET", "["))
_AFTER: Final = (("RBRACKET", "]"), ("SEMI", ";"))


class Unit:
    """The declarations of one preprocessed text. Raises `DeclarationError` if it cannot be read."""

    def __init__(self, text: str) -> None:
        self._declarations = [place_attributes(chunk) for chunk in read_chunks(text)]
        self._parsed: dict[int, Sequence[Node]] = {}
        self._tags = _places(each.tags for each in self._declarations)
        self._typedefs = _places(each.typedefs for each in self._declarations)
        self._enumerators = _places(each.enumerators for each in self._declarations)
        self._tagged: dict[str, Node] = {}
        self._enums: dict[str, Node] = {}

    def tagged(self, tag: str) -> Node:
        """Return the node that defines "struct mtx". Raises `DeclarationError` if there is none."""
        self._need(self._tags, tag, "is incomplete: nothing defines it here")
        return self._found(self._tagged, tag)

    def typedef(self, name: str) -> Node:
        """Return the node of a typedef's first declaration."""
        nodes = self._need(self._typedefs, name, "is no type that is declared here")
        return self._found({n.name: n for n in nodes if isinstance(n, c_ast.Typedef)}, name)

    def enum_of(self, enumerator: str) -> Node:
        """Return the node of the enum that has the enumerator."""
        self._need(self._enumerators, enumerator, "is no enumerator: its value is not known")
        return self._found(self._enums, enumerator)

    def expression(self, tokens: Sequence[Token]) -> Node:
        """Return an attribute's argument as a node."""
        before, after = (_made(words, tokens[0]) for words in (_BEFORE, _AFTER))
        stand_ins = self._stand_ins(tokens, len(self._declarations))
        return _parse((*stand_ins, *before, *tokens, *after))[-1].type.dim

    def _need(self, names: Mapping[str, int], name: str, absence: str) -> Sequence[Node]:
        """Return the nodes of the declaration that defines a name; parse it once."""
        place = names.get(name)
        if place is None:
            raise DeclarationError(f"{name} {absence}")
        if place not in self._parsed:
            declaration = self._declarations[place]
            if declaration.problem is not None:
                raise declaration.problem
            stand_ins = self._stand_ins(declaration.tokens, place)
            nodes = _parse((*stand_ins, *declaration.tokens))
            # Count the attributes: pycparser loses those of some nodes when it rebuilds the nodes.
            written = sum(token.type == "COLONCOLON" for token in declaration.tokens)
            if len({id(each) for node in nodes for each in _attributes_in(node)}) < written:
                raise DeclarationError(f"{name}: pycparser lost an attribute of its declaration")
            for node in nodes:
                self._note(node)
            self._parsed[place] = nodes
        return self._parsed[place]

    @staticmethod
    def _found(nodes: Mapping[str, Node], name: str) -> Node:
        if name not in nodes:
            raise DeclarationError(f"{name}: pycparser did not find its definition")
        return nodes[name]

    def _stand_ins(self, tokens: Sequence[Token], place: int) -> list[Token]:
        """Return `typedef int name;` for each typedef before `place` that the tokens may use.

        The parser needs to know that a name is a type's, not which type it is.
        """
        used = {
            token.value
            for token in tokens
            if token.type == "ID"
            and (token.value in BUILTIN_TYPES or self._typedefs.get(token.value, place) < place)
        }
        out: list[Token] = []
        for name in sorted(used):
            words = (("TYPEDEF", "typedef"), ("INT", "int"), ("ID", name), ("SEMI", ";"))
            out += _made(words, tokens[0])
        return out

    def _note(self, node: Node) -> None:
        """Record the structs, unions and enums that the node defines, at any depth."""
        match node:
            case c_ast.Struct(name=str(name), decls=list()):
                self._tagged.setdefault(f"struct {name}", node)
            case c_ast.Union(name=str(name), decls=list()):
                self._tagged.setdefault(f"union {name}", node)
            case c_ast.Enum(values=c_ast.EnumeratorList(enumerators=enumerators)):
                if node.name:
                    self._tagged.setdefault(f"enum {node.name}", node)
                for enumerator in enumerators:
                    if isinstance(enumerator, c_ast.Enumerator):
                        self._enums.setdefault(enumerator.name, node)
            case _:
                pass
        for _, child in node.children():
            self._note(child)


def _places(names: Iterable[Sequence[str]]) -> Mapping[str, int]:
    """Return for each name the place of the first declaration that defines it."""
    found: dict[str, int] = {}
    for place, defined in enumerate(names):
        for name in defined:
            found.setdefault(name, place)
    return found


class _Replay:
    """Tokens that were read before, with the interface of pycparser's lexer."""

    def __init__(self, tokens: Sequence[Token], **_: object) -> None:
        self._tokens = iter(tokens)
        self.filename = tokens[-1].filename

    def input(self, text: str, filename: str = "") -> None:
        """Do nothing: the tokens are already there."""

    def token(self) -> Token | None:
        """Return the next token, None at the end."""
        return next(self._tokens, None)


def _made(words: Sequence[tuple[str, str]], near: Token) -> list[Token]:
    """Return one token for each (type, value), with the position of `near`."""
    return [
        type(near)(type_, value, near.lineno, near.column, near.filename) for type_, value in words
    ]


def _parse(tokens: Sequence[Token]) -> Sequence[Node]:
    """Return the nodes that the tokens declare.

    Raises `DeclarationError` with pycparser's message.
    """
    try:
        unit = CParser(lexer=partial(_Replay, tokens), dialect="c23").parse("")
    except (ParseError, AssertionError, AttributeError) as error:  # odd C raises the last two
        where = f"{tokens[-1].filename}:{tokens[-1].lineno}"
        raise DeclarationError(f"pycparser does not understand: {error}", where=where) from None
    nodes: Sequence[Node] = unit.ext
    return nodes


def _attributes_in(node: Node) -> Iterator[Node]:
    if isinstance(node, c_ast.Attribute):
        yield node
    for _, child in node.children():
        yield from _attributes_in(child)


def place_of(node: Node) -> str | None:
    """Return a node's file and line in the form that errors use."""
    coord = getattr(node, "coord", None)
    return f"{coord.file}:{coord.line}" if coord else None
