"""C types -> Rust types: arrays, pointers, functions, and the names of records and enums."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final, TypeAlias

from layoutcheck.model.c_types import CTypes
from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    EnumType,
    FunctionType,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
    strip,
)
from layoutcheck.report.rust_text.identifiers import RESERVED_TYPES, identifier
from layoutcheck.report.rust_text.scalars import Scalars
from layoutcheck.report.rust_text.shapes import Inexpressible, Shape

__all__ = ["TypeKey", "TypeWriter", "enum_key", "key_of", "last_name"]

TypeKey: TypeAlias = int | str
"""Identity of a C type: a record's `ref`, or the kind and the name."""

_VOID: Final = "::core::ffi::c_void"
_CONVENTIONS: Final = {"C": "C", "win64": "win64", "stdcall": "stdcall", "fastcall": "fastcall"}


def last_name(name: str | None) -> str | None:
    """Return the last word of a type's name: without `struct`, or clang's own namespace."""
    return None if name is None else name.rpartition("::")[2].rpartition(" ")[2]


class TypeWriter(ABC):
    """Writer of types. Each Rust name stands for one C type: the first that asks for it.

    `texts` are the items that were written, by name. `pointees` are the records that only pointers
    lead to so far.
    """

    def __init__(self, types: CTypes) -> None:
        self.types, self.scalars = types, Scalars(types.alignments)
        self.texts: dict[str, str] = {}
        self.enums: dict[str, EnumType] = {}
        self.pointees: dict[str, RecordLayout] = {}
        self._owners: dict[str, TypeKey] = {}

    @abstractmethod
    def record(self, record: RecordLayout, name: str | None, hint: str) -> Shape:
        """Return the shape of a record that is held by value, and write it.

        `name` is a typedef's, for a record without a tag; `hint` is the name for one without both.
        """

    def reserve(self, name: str, key: TypeKey) -> bool:
        """Return whether the name stands for this type from now on."""
        return name not in RESERVED_TYPES and self._owners.setdefault(name, key) == key

    def shape(self, type_: Type, hint: str, name: str | None = None) -> Shape:
        """Return the Rust type of a C type that is held by value. Raises `Inexpressible`.

        `name` is the innermost typedef around it.
        """
        match type_:
            case TypedefType(target=target) if target is not None:
                return self.scalars.typedef(type_) or self.shape(target, hint, type_.name)
            case QualifiedType(target=target) if target is not None:
                return self.shape(target, hint, name)
            case BaseType():
                return self.scalars.base(type_)
            case EnumType():
                return self.enum(type_, name)
            case ArrayType():
                return self._array(type_, hint)
            case PointerType(byte_size=size, pointee=pointee):
                return self.scalars.shape("pointer", size, self._pointer(pointee, hint))
            case RecordLayout():
                return self.record(type_, name, hint)
        raise Inexpressible("it has no size")

    def _array(self, array: ArrayType, hint: str) -> Shape:
        if array.is_vector:
            raise Inexpressible("Rust's vectors are not those of C")
        found = self.shape(array.element, hint)
        text, size = found.text, found.byte_size
        for count in reversed(array.counts):
            text, size = f"[{text}; {count or 0}]", size * (count or 0)
        return Shape(
            text=text,
            byte_size=size,
            alignment=found.alignment,
            is_aligned=found.is_aligned,
        )

    def enum(self, enum: EnumType, typedef: str | None) -> Shape:
        """Return an alias of the enum's integer; the integer if it has no name of its own."""
        shape, name = self.scalars.enum(enum), last_name(enum.name) or typedef
        if name is None or not self.reserve(name, enum_key(enum, name)):
            return shape
        self.enums[name] = enum
        return self.scalars.shape("integer", enum.byte_size, identifier(name))

    def _pointer(self, pointee: Type | None, hint: str) -> str:
        inner = strip(pointee)
        if isinstance(inner, FunctionType):
            return f"::core::option::Option<{self._function(inner, hint)}>"
        try:
            text = self._pointee(pointee, hint)
        except Inexpressible:
            text = _VOID
        return f"*{'const' if _is_const(pointee) else 'mut'} {text}"

    def _pointee(self, type_: Type | None, hint: str, name: str | None = None) -> str:
        match type_:
            case TypedefType(target=target):
                known = self.scalars.typedef(type_)
                return known.text if known else self._pointee(target, hint, type_.name)
            case QualifiedType(target=target):
                return self._pointee(target, hint, name)
            case None:
                return _VOID
            case RecordLayout():
                return self.declared(type_, name)
            case ArrayType(element=element, counts=counts):
                text = self._pointee(element, hint)
                for count in reversed(counts):
                    text = f"[{text}; {count or 0}]"
                return _VOID if isinstance(strip(element), RecordLayout) else text
            case _:
                return self.shape(type_, hint, name).text

    def declared(self, record: RecordLayout, typedef: str | None) -> str:
        """Return the name of a record behind a pointer; `c_void` if it has none of its own."""
        name = last_name(record.name) or typedef
        record = self.types.defined(record)
        if name is None or not self.reserve(name, key_of(record, name)):
            return _VOID
        self.pointees.setdefault(name, record)
        return identifier(name)

    def _function(self, function: FunctionType, hint: str) -> str:
        convention = _CONVENTIONS.get(function.convention)
        if convention is None:
            raise Inexpressible(f"Rust has no calling convention {function.convention}")
        parameters = [self._passed(one, hint) for one in function.parameters]
        if function.variadic and parameters:
            parameters.append("...")
        void = strip(function.result) is None
        result = "" if function.result is None or void else self._passed(function.result, hint)
        arrow = f" -> {result}" if result else ""
        return f'unsafe extern "{convention}" fn({", ".join(parameters)}){arrow}'

    def _passed(self, type_: Type, hint: str) -> str:
        inner = strip(type_)
        if isinstance(inner, RecordLayout) and self.types.defined(inner).is_declaration:
            raise Inexpressible(f"{inner.kind} {inner.name} is passed by value, and only declared")
        return self.shape(type_, hint).text


def key_of(record: RecordLayout, name: str) -> TypeKey:
    """Return a record's identity among the types of one unit."""
    return f"{record.kind} {name}" if record.ref is None else record.ref


def enum_key(enum: EnumType, name: str) -> TypeKey:
    """Return an enum's identity among the types of one unit."""
    return f"enum {enum.name or name}"


def _is_const(type_: Type | None) -> bool:
    while isinstance(type_, TypedefType | QualifiedType):
        if isinstance(type_, QualifiedType) and type_.qualifier == "const":
            return True
        type_ = type_.target
    return False
