"""Expressions in declarations -> values and types: array bounds, bit-field widths, enumerators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, Protocol

from pycparser import c_ast

from layoutcheck.abi.integers import (
    INT,
    Integer,
    apply_binary,
    apply_unary,
    choose,
    parse_integer,
)
from layoutcheck.abi.parsing import Node, place_of
from layoutcheck.abi.place_members import Sized
from layoutcheck.abi.psabi import PsAbi
from layoutcheck.errors import DeclarationError
from layoutcheck.model.explanation import AlignedBy
from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    PointerType,
    RecordLayout,
    strip,
)

__all__ = ["Expressions", "Types"]


class Types(Protocol):
    """Types and enumerators of the unit that an expression stands in."""

    def sized(self, node: Node) -> Sized:
        """Return the type that a node names."""

    def enumerator(self, name: str) -> Integer:
        """Return the value of an enumerator."""


class Expressions:
    """The expressions of one unit. All methods raise `DeclarationError` for unknown forms."""

    def __init__(self, types: Types, psabi: PsAbi) -> None:
        self._types, self._psabi = types, psabi

    def evaluate(self, node: Node) -> Integer:
        """Return the value of a constant expression."""
        rule = _RULES.get(type(node))
        if rule is None:
            raise _not_understood(node, f"a constant of the form {type(node).__name__}")
        try:
            return rule(self, node)
        except ValueError as error:
            raise DeclarationError(str(error), where=place_of(node)) from None

    def _constant(self, node: Node) -> Integer:
        if "int" in node.type:
            return parse_integer(node.value, long_size=self._psabi.scalars["long"][0])
        if node.type == "char" and len(node.value) == len("'a'"):
            return Integer(ord(node.value[1]), INT, signed=True)
        raise _not_understood(node, f"the constant {node.value}")

    def _name(self, node: Node) -> Integer:
        return self._types.enumerator(node.name)

    def _unary(self, node: Node) -> Integer:
        match node.op:
            case "sizeof":
                return self._size(self._operand(node.expr).byte_size)
            case "_Alignof":
                return self._size(self._operand(node.expr).alignment)
            case "__alignof__":
                return self._size(_preferred_alignment(self._operand(node.expr)))
            case "&" if isinstance(node.expr, c_ast.StructRef) and node.expr.type == "->":
                # &((struct s *)0)->member, the `offsetof` of older headers.
                base, record = self.evaluate(node.expr.name), self._pointee(node.expr.name)
                return self._size(base.value + self._member(record, node.expr.field)[0])
        return apply_unary(node.op, self.evaluate(node.expr))

    def _binary(self, node: Node) -> Integer:
        return apply_binary(node.op, self.evaluate(node.left), self.evaluate(node.right))

    def _ternary(self, node: Node) -> Integer:
        results = [node.iftrue, node.iffalse]
        chosen, other = results if self.evaluate(node.cond).value else reversed(results)
        value = self.evaluate(chosen)
        try:
            return choose(value, self.evaluate(other))
        except DeclarationError:  # it need not have a value: `N ? M / N : 0`
            return value.promoted()

    def _cast(self, node: Node) -> Integer:
        sized, value = self._types.sized(node.to_type), self.evaluate(node.expr)
        match strip(sized.type):
            case BaseType(encoding=Encoding.BOOLEAN):
                return Integer(int(value.value != 0), 1, signed=False)
            case BaseType(encoding=Encoding.SIGNED | Encoding.UNSIGNED as encoding):
                signed = encoding is Encoding.SIGNED
            case EnumType(signed=signed):
                pass
            case PointerType():
                signed = False
            case _:
                raise _not_understood(node, "a cast to a type that is not an integer")
        return value.converted(sized.byte_size, signed=signed)

    def _call(self, node: Node) -> Integer:
        if not isinstance(node.name, c_ast.ID) or node.name.name != "offsetof":
            raise _not_understood(node, "a call")
        record, member = node.args.exprs
        return self._size(self._member(self._types.sized(record), member)[0])

    def _size(self, value: int) -> Integer:
        return Integer(value, self._psabi.pointer, signed=False)

    def _operand(self, node: Node) -> Sized:
        """Return the type of the operand of `sizeof`: a type, or an expression."""
        is_type = isinstance(node, c_ast.Typename)
        return self._types.sized(node) if is_type else self._type_of(node)

    def _type_of(self, node: Node) -> Sized:
        """Return the type of an unevaluated expression of a form that `sizeof` is used with."""
        match node:
            case c_ast.Cast():
                return self._types.sized(node.to_type)
            case c_ast.StructRef(type="->"):
                return self._member(self._pointee(node.name), node.field)[1]
            case c_ast.StructRef():
                return self._member(self._type_of(node.name), node.field)[1]
            case c_ast.ArrayRef():
                return _element(self._type_of(node.name), node)
            case c_ast.UnaryOp(op="*"):
                return self._pointee(node.expr)
            case c_ast.Constant(type="string", value=text) if _is_plain(text):
                char, _ = self._psabi.scalar("char")
                size = len(text.encode()) - len('""') + len("\0")
                array = ArrayType(element=char, counts=(size,))
                return Sized(type=array, byte_size=size, alignment=1)
            case c_ast.Constant() | c_ast.BinaryOp() | c_ast.ID():
                return self._type_of_value(self.evaluate(node))
        raise _not_understood(node, f"the type of a {type(node).__name__}")

    def _type_of_value(self, value: Integer) -> Sized:
        """Return the first of the psABI's types with the value's size and sign."""
        for name in ("int", "long", "long long", "__int128"):
            base, alignment = self._psabi.scalar(name if value.signed else f"unsigned {name}")
            if base.byte_size == value.byte_size:
                return Sized(type=base, byte_size=base.byte_size, alignment=alignment)
        raise DeclarationError("a value of no type of the psABI")

    def _pointee(self, node: Node) -> Sized:
        """Return the type that a cast to a pointer, such as `(struct mbuf *)0`, points to."""
        if isinstance(node, c_ast.Cast) and isinstance(node.to_type.type, c_ast.PtrDecl):
            return self._types.sized(node.to_type.type.type)
        raise _not_understood(node, "what this points to")

    def _member(self, record: Sized, node: Node) -> tuple[int, Sized]:
        """Return the byte offset of a designator such as `a.b[2]` in a record, and its type."""
        match node:
            case c_ast.ID(name=name):
                if found := _find_member(record, name):
                    return found
            case c_ast.StructRef():
                offset, outer = self._member(record, node.name)
                inner, type_ = self._member(outer, node.field)
                return offset + inner, type_
            case c_ast.ArrayRef():
                offset, array = self._member(record, node.name)
                element = _element(array, node)
                return offset + self.evaluate(node.subscript).value * element.byte_size, element
        raise _not_understood(node, "a member that the record does not have")


_RULES: Final[Mapping[type, Callable[[Expressions, Node], Integer]]] = MappingProxyType(
    {
        c_ast.Constant: Expressions._constant,  # noqa: SLF001 - the class's own table
        c_ast.ID: Expressions._name,  # noqa: SLF001
        c_ast.UnaryOp: Expressions._unary,  # noqa: SLF001
        c_ast.BinaryOp: Expressions._binary,  # noqa: SLF001
        c_ast.TernaryOp: Expressions._ternary,  # noqa: SLF001
        c_ast.Cast: Expressions._cast,  # noqa: SLF001
        c_ast.FuncCall: Expressions._call,  # noqa: SLF001
    }
)


def _find_member(record: Sized, name: str) -> tuple[int, Sized] | None:
    """Return a member's offset in bytes, also inside anonymous records, and its type.

    The returned alignment is 0: operands of `sizeof` and `offsetof` do not need it.
    """
    type_ = strip(record.type)
    for member in type_.members if isinstance(type_, RecordLayout) else ():
        sized = Sized(type=member.type, byte_size=member.bit_size // 8, alignment=0)
        if member.name == name and not member.is_bit_field:
            return member.offset, sized
        if member.name is None and (found := _find_member(sized, name)):
            return member.offset + found[0], found[1]
    return None


def _element(array: Sized, node: Node) -> Sized:
    """Return the type of an array's elements."""
    type_ = strip(array.type)
    if not isinstance(type_, ArrayType) or not type_.counts[0]:
        raise _not_understood(node, "an element of a type that is not an array")
    rest = type_.counts[1:]
    inner = ArrayType(element=type_.element, counts=rest) if rest else type_.element
    return replace(array, type=inner, byte_size=array.byte_size // type_.counts[0])


def _is_plain(literal: str) -> bool:
    """Return whether each byte of a string literal is a character of it: no escape, no prefix."""
    return literal.startswith('"') and "\\" not in literal


def _preferred_alignment(sized: Sized) -> int:
    """Return GCC's preferred alignment, the value of `__alignof__`.

    It differs from the psABI's on i386 only: `double` and `long long` are aligned to their size.
    """
    inner = strip(sized.type)
    while isinstance(inner, ArrayType):
        inner = strip(inner.element)
    is_plain = isinstance(inner, BaseType) and sized.aligned_by is AlignedBy.TYPE
    if isinstance(inner, BaseType) and is_plain and inner.name in _PREFERRED:
        return max(sized.alignment, inner.byte_size)
    return sized.alignment


_PREFERRED: Final = frozenset({"double", "long long", "unsigned long long"})


def _not_understood(node: Node, what: str) -> DeclarationError:
    return DeclarationError(f"{what} is not understood", where=place_of(node))
