"""A unit's declarations and a psABI -> the size, alignment and explained layout of a type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, Literal

from pycparser import c_ast

from layoutcheck.abi.enums import enumerators_of, lay_out_enum, next_value
from layoutcheck.abi.expressions import Expressions
from layoutcheck.abi.integers import Integer
from layoutcheck.abi.lexing import PACK
from layoutcheck.abi.naming import scalar_name, shallow_type
from layoutcheck.abi.parsing import BUILTIN_TYPES, Node, Unit, place_of
from layoutcheck.abi.place_members import Attributes, Field, Sized, place_fields
from layoutcheck.abi.psabi import PsAbi
from layoutcheck.errors import DeclarationError
from layoutcheck.model.explanation import AlignedBy, ExplainedRecord
from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    PointerType,
    QualifiedType,
    TypedefType,
)

__all__ = ["Calculator"]


class Calculator:
    """Calculator of the types of one unit for one psABI; it caches them.

    All methods raise `DeclarationError` for C that they do not understand; none guesses.
    """

    def __init__(self, unit: Unit, psabi: PsAbi) -> None:
        self._unit, self._psabi = unit, psabi
        self._expressions = Expressions(self, psabi)
        self._typedefs: dict[str, Sized] = {}
        self._nodes: dict[int, tuple[Node, Sized]] = {}
        self._explained: dict[int, ExplainedRecord] = {}
        self._enumerators: dict[str, Integer] = {}

    def explain(self, c_type: str) -> ExplainedRecord:
        """Return the layout of "struct mtx", or of a typedef's record, with reasons."""
        kind, _, name = c_type.partition(" ")
        node = self._unit.tagged(c_type) if name else self._behind(kind)
        if not isinstance(node, c_ast.Struct | c_ast.Union):
            raise DeclarationError(f"{c_type} is no struct or union")
        self._tagged(node)
        explained = self._explained[id(node)]
        if explained.record.name is None and not name:
            return replace(explained, record=replace(explained.record, name=kind))
        return explained

    def _behind(self, name: str) -> Node:
        """Return the record's node that a typedef, or a chain of typedefs, stands for."""
        node = self._unit.typedef(name).type
        while isinstance(node, c_ast.TypeDecl):
            node = node.type
        if isinstance(node, c_ast.IdentifierType) and len(node.names) == 1:
            return self._behind(node.names[0])
        if isinstance(node, c_ast.Struct | c_ast.Union) and node.decls is None:
            return self._unit.tagged(_tag(node))
        return node

    def sized(self, node: Node) -> Sized:
        """Return the type that a node declares or names."""
        match node:
            case c_ast.Typename() | c_ast.Decl() | c_ast.Typedef():
                return self.sized(node.type)
            case c_ast.TypeDecl():
                return _qualified(self.sized(node.type), node.quals or (), self._psabi)
            case c_ast.PtrDecl():
                size = self._psabi.pointer
                pointer = PointerType(byte_size=size, pointee=shallow_type(node.type, self._psabi))
                pointed = Sized(type=pointer, byte_size=size, alignment=size)
                return _qualified(pointed, node.quals or (), self._psabi)
            case c_ast.ArrayDecl():
                return self._array(node)
            case c_ast.IdentifierType(names=[name]) if name not in _WORDS:
                return self._typedef(name)
            case c_ast.IdentifierType(names=names):
                return self._scalar(names, node)
            case c_ast.Struct() | c_ast.Union() | c_ast.Enum():
                return self._tagged(node)
            case c_ast.TypeOf(expr=c_ast.Typename() as named):
                return self.sized(named)
            case c_ast.TypeOf(expr=c_ast.Cast(to_type=named)):
                return self.sized(named)
        raise _not_understood(node, f"a type of the form {type(node).__name__}")

    def _scalar(self, names: Sequence[str], node: Node) -> Sized:
        try:
            base, alignment = self._psabi.scalar(scalar_name(names))
        except KeyError:
            raise _not_understood(node, f"the type {' '.join(names)}") from None
        return Sized(type=base, byte_size=base.byte_size, alignment=alignment)

    def _typedef(self, name: str) -> Sized:
        if name == "__builtin_va_list":
            size, alignment = self._psabi.va_list
            base = BaseType(name=name, byte_size=size, encoding=Encoding.OTHER)
            return Sized(type=base, byte_size=size, alignment=alignment)
        if name in BUILTIN_TYPES:
            return self._scalar(BUILTIN_TYPES[name].split(), None)
        if name not in self._typedefs:
            node = self._unit.typedef(name)
            target, aligned = self.sized(node.type), self._attributes(node).aligned
            # On a typedef, and only there, `aligned` can also lower the alignment.
            self._typedefs[name] = Sized(
                type=TypedefType(name=name, target=target.type),
                byte_size=target.byte_size,
                alignment=aligned or target.alignment,
                aligned_by=AlignedBy.TYPEDEF if aligned else target.aligned_by,
            )
        return self._typedefs[name]

    def _array(self, node: Node) -> Sized:
        element = self.sized(node.type)
        count = None if node.dim is None else self._expressions.evaluate(node.dim).value
        if count is not None and count < 0:
            raise _not_understood(node, f"an array of {count} elements")
        inner = element.type
        counts, of = (inner.counts, inner.element) if isinstance(inner, ArrayType) else ((), inner)
        size = element.byte_size * (count or 0)
        return replace(
            element,
            type=ArrayType(element=of, counts=(count, *counts)),
            byte_size=-(-size // element.alignment) * element.alignment,
        )

    def _tagged(self, node: Node) -> Sized:
        """Return the type of a record or an enum, from this node or the one that its tag names."""
        is_enum = isinstance(node, c_ast.Enum)
        if (node.values if is_enum else node.decls) is None:
            return self._tagged(self._unit.tagged(_tag(node)))
        if id(node) not in self._nodes:
            sized = self._enum(node) if is_enum else self._record(node)
            self._nodes[id(node)] = (node, sized)
        return self._nodes[id(node)][1]

    def _enum(self, node: Node) -> Sized:
        """Return the type of an enum.

        Each value is recorded at once, since later enumerators may use it.
        """
        named = node.underlying_type
        fixed = None if named is None else self.sized(named)
        values: dict[str, Integer] = {}
        for enumerator in node.values.enumerators:
            if isinstance(enumerator, c_ast.Enumerator):
                asked = enumerator.value
                value = None if asked is None else self._expressions.evaluate(asked)
                values[enumerator.name] = next_value(values, value)
                self._enumerators[enumerator.name] = values[enumerator.name]
        sized = lay_out_enum(node.name, values, self._attributes(node), fixed, self._psabi)
        self._enumerators |= enumerators_of(sized, values, is_fixed=fixed is not None)
        return sized

    def _record(self, node: Node) -> Sized:
        attributes = self._attributes(node)
        fields = [field for decl in node.decls for field in self._fields(decl)]
        kind: Literal["struct", "union"] = "union" if isinstance(node, c_ast.Union) else "struct"
        try:
            explained = place_fields(node.name, kind, fields, attributes, self._psabi)
        except ValueError as error:
            raise _not_understood(node, str(error)) from None
        self._explained[id(node)] = explained
        alignment = explained.record.alignment or 1
        return Sized(
            type=explained.record,
            byte_size=explained.record.byte_size,
            alignment=alignment,
            aligned_by=AlignedBy.RECORD if explained.aligned_by == "aligned" else AlignedBy.TYPE,
            inner=None if node.name else explained,
        )

    def _fields(self, decl: Node) -> Iterator[Field]:
        """Yield the member that a declaration adds to a record; a mere tag adds none."""
        if isinstance(decl, c_ast.Pragma | c_ast.StaticAssert):
            return
        is_tagged = isinstance(decl.type, c_ast.Struct | c_ast.Union | c_ast.Enum)
        if is_tagged and (isinstance(decl.type, c_ast.Enum) or decl.type.name):
            return
        width = None if decl.bitsize is None else self._expressions.evaluate(decl.bitsize).value
        yield Field(
            name=decl.name,
            sized=self.sized(decl.type),
            bit_width=width,
            attributes=self._attributes(decl),
        )

    def _attributes(self, node: Node) -> Attributes:
        """Return the attributes of a record, an enum, a typedef or a member."""
        groups = list(getattr(node, "attributes", None) or ())
        inner = node.type if isinstance(node, c_ast.Decl | c_ast.Typedef) else None
        while isinstance(inner, c_ast.PtrDecl | c_ast.ArrayDecl | c_ast.FuncDecl):
            inner = inner.type
        groups += (
            getattr(inner, "attributes", None) or () if isinstance(inner, c_ast.TypeDecl) else ()
        )
        found = Attributes()
        for attribute in (each for group in groups for each in group.attributes):
            match attribute.name:
                case "packed":
                    found = replace(found, packed=True)
                case "aligned":
                    aligned = max(found.aligned, self._argument(attribute))
                    found = replace(found, aligned=aligned)
                case name if name == PACK:
                    found = replace(found, pragma_pack=self._argument(attribute))
                case name:
                    raise _not_understood(attribute, f"the attribute {name}")
        for alignas in getattr(node, "align", None) or ():
            asked = alignas.alignment
            is_type = isinstance(asked, c_ast.Typename)
            value = (
                self.sized(asked).alignment if is_type else self._expressions.evaluate(asked).value
            )
            found = replace(found, aligned=max(found.aligned, value))
        return found

    def _argument(self, attribute: Node) -> int:
        if attribute.arguments is None:
            return self._psabi.greatest_alignment
        return self._expressions.evaluate(self._unit.expression(attribute.arguments)).value

    def enumerator(self, name: str) -> Integer:
        """Return the value of an enumerator."""
        if name not in self._enumerators:
            self._tagged(self._unit.enum_of(name))
        return self._enumerators[name]


_WORDS: Final = frozenset(
    {
        *("void", "char", "short", "int", "long", "signed", "unsigned", "float", "double"),
        *("_Bool", "__int128", "_Complex"),
    }
)


def _tag(node: Node) -> str:
    return f"{type(node).__name__.lower()} {node.name}"


def _qualified(sized: Sized, qualifiers: Sequence[str], psabi: PsAbi) -> Sized:
    """Add the qualifiers to a type.

    `_Atomic` rounds size and alignment up to a power of two, up to `PsAbi.widest_atomic`.
    """
    for qualifier in qualifiers:
        sized = replace(sized, type=QualifiedType(qualifier=qualifier, target=sized.type))
        if qualifier == "_Atomic" and sized.byte_size <= psabi.widest_atomic:
            size = 1 << (max(1, sized.byte_size) - 1).bit_length()
            sized = replace(sized, byte_size=size, alignment=size)
    return sized


def _not_understood(node: Node, what: str) -> DeclarationError:
    return DeclarationError(f"{what} is not understood", where=place_of(node))
