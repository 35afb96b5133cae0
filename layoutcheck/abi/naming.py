"""Names of C's types: `long unsigned` becomes `unsigned long`, and a pointer's target is named."""

from __future__ import annotations

from collections.abc import Sequence

from pycparser import c_ast

from layoutcheck.abi.parsing import Node
from layoutcheck.abi.psabi import PsAbi
from layoutcheck.model.layout import (
    ArrayType,
    EnumType,
    FunctionType,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
)

__all__ = ["scalar_name", "shallow_type"]


def scalar_name(words: Sequence[str]) -> str:
    """Return the name of a scalar in DWARF and `PsAbi.scalars` for its words in any order."""
    rest = [word for word in words if word not in {"signed", "unsigned", "int"}]
    # `double long` is `long double`; every other name consists of equal words, in any order.
    name = " ".join(sorted(rest, key=lambda word: word != "long")) or "int"
    if "unsigned" in words:
        return f"unsigned {name}"
    return "signed char" if name == "char" and "signed" in words else name


def shallow_type(node: Node, psabi: PsAbi) -> Type | None:
    """Return the type behind a pointer, by name as it may be incomplete; None for `void`."""
    match node:
        case c_ast.Typename() | c_ast.Decl():
            return shallow_type(node.type, psabi)
        case c_ast.TypeDecl():
            type_ = shallow_type(node.type, psabi)
            for qualifier in node.quals or ():
                type_ = QualifiedType(qualifier=qualifier, target=type_)
            return type_
        case c_ast.PtrDecl():
            return PointerType(byte_size=psabi.pointer, pointee=shallow_type(node.type, psabi))
        case c_ast.ArrayDecl():
            element = shallow_type(node.type, psabi)
            return None if element is None else ArrayType(element=element, counts=(None,))
        case c_ast.FuncDecl():
            return _function(node, psabi)
        case _:
            return _named(node, psabi)


def _named(node: Node, psabi: PsAbi) -> Type | None:
    match node:
        case c_ast.Struct() | c_ast.Union():
            return RecordLayout(
                name=node.name,
                kind="union" if isinstance(node, c_ast.Union) else "struct",
                byte_size=0,
                alignment=None,
                members=(),
                is_declaration=True,
            )
        case c_ast.Enum(name=name):
            return EnumType(name=name, byte_size=0, signed=False, enumerators=())
        case c_ast.IdentifierType(names=["void"]):
            return None
        case c_ast.IdentifierType(names=names):
            known = scalar_name(names)
            if known in psabi.scalars:
                return psabi.scalar(known)[0]
            return TypedefType(name=" ".join(names), target=None)
        case _:
            return TypedefType(name="typeof", target=None)


def _function(node: Node, psabi: PsAbi) -> FunctionType:
    parameters = node.args.params if node.args is not None else ()
    types = [
        shallow_type(parameter, psabi)
        for parameter in parameters
        if not isinstance(parameter, c_ast.EllipsisParam)
    ]
    return FunctionType(
        result=shallow_type(node.type, psabi),
        parameters=tuple(type_ for type_ in types if type_ is not None),
        variadic=any(isinstance(parameter, c_ast.EllipsisParam) for parameter in parameters),
    )
