"""Layouts as values: the decisions of a compiler about types. Pure, immutable, for C and Rust.

`byte_size` is in bytes, `bit_offset` and `bit_size` are in bits. A record's members are in the
order of their declaration. Offsets count from the beginning of the record that declares the member.
Equality of types ignores where they are declared.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from math import gcd
from typing import Literal, TypeAlias

from layoutcheck.location import SourceLocation

__all__ = [
    "ArrayType",
    "BaseType",
    "Encoding",
    "EnumType",
    "FunctionType",
    "Hole",
    "Member",
    "PointerType",
    "QualifiedType",
    "RecordLayout",
    "Type",
    "TypedefType",
    "byte_size_of",
    "natural_alignment",
    "shallow",
    "spell",
    "spell_bits",
    "strip",
]


class Encoding(Enum):
    """Interpretation of a base type's bits (DWARF 5, table 7.11)."""

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    BOOLEAN = "boolean"
    FLOAT = "float"
    CHARACTER = "character"
    """A Unicode scalar value: Rust's `char`, C's `char32_t`."""
    COMPLEX = "complex"
    COMPLEX_INTEGER = "complex integer"  # GNU's; the debug information lacks its sign
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseType:
    """A scalar: `unsigned int`, `u32`, `_Bool`."""

    name: str
    byte_size: int
    encoding: Encoding


@dataclass(frozen=True, slots=True, kw_only=True)
class PointerType:
    """A pointer. `pointee` is None for `void *`; a record behind a pointer has no members here."""

    byte_size: int
    pointee: Type | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayType:
    """An array; `counts` has every dimension, outermost first; None for a flexible one.

    A vector (`is_vector`, DW_AT_GNU_vector) is passed in registers of its own.
    """

    element: Type
    counts: tuple[int | None, ...]
    is_vector: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumType:
    """An enumeration without payload; `enumerators` are pairs of name and value."""

    name: str | None
    byte_size: int
    signed: bool
    enumerators: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionType:
    """A function's type; `result` is None for `void`, `convention` is the calling convention."""

    result: Type | None
    parameters: tuple[Type, ...]
    variadic: bool
    convention: str = "C"

    @property
    def is_unprototyped(self) -> bool:
        """Return whether it is C's old `f()`, without declared parameters (C17 6.7.6.3)."""
        return self.variadic and not self.parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedefType:
    """Another name for a type; `target` is None for a typedef of `void`."""

    name: str
    target: Type | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QualifiedType:
    """`const`, `volatile`, `restrict` or `_Atomic` before a type (None: `void`)."""

    qualifier: str
    target: Type | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of a record. `name` is None for C's anonymous structs and unions."""

    name: str | None
    bit_offset: int
    bit_size: int
    is_bit_field: bool = False
    type: Type
    declared_at: SourceLocation | None = field(default=None, compare=False)

    @property
    def offset(self) -> int:
        """Return the offset in bytes.

        Raises `ValueError` for a bit-field that is not byte-aligned.
        """
        if self.bit_offset % 8:
            raise ValueError(f"member {self.name} starts at bit {self.bit_offset}")
        return self.bit_offset // 8

    @property
    def bit_end(self) -> int:
        """Return the first bit after the member."""
        return self.bit_offset + self.bit_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """Bits of a record that no member occupies; `is_padding` for those at its end."""

    bit_offset: int
    bit_size: int
    is_padding: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLayout:
    """A struct or union. `alignment` is in bytes; None if the debug information has none.

    - `name`: C's tag, for a record without a tag the typedef's name, None without either; or Rust's
      full path.
    - `is_declaration`: the members are not included. The type is incomplete, behind a pointer, or
      cut off by `shallow`.
    - `type_parameters`: those of a Rust generic; records among them have no members, as behind a
      pointer.
    - `ref`: key of the record in its object (`LayoutSet.definitions`).
    - `is_tagged`: a Rust enum with data beside a tag.
    """

    name: str | None
    kind: Literal["struct", "union"]
    byte_size: int
    alignment: int | None
    members: tuple[Member, ...]
    declared_at: SourceLocation | None = field(default=None, compare=False)
    is_declaration: bool = False
    type_parameters: tuple[Type, ...] = ()
    ref: int | None = field(default=None, compare=False)
    is_tagged: bool = False

    def holes(self) -> tuple[Hole, ...]:
        """Return the runs of bits that no member occupies, in order; none in a union."""
        if self.kind == "union" or self.is_declaration:
            return ()
        found, end = [], 0
        for member in sorted(self.members, key=lambda m: m.bit_offset):
            if member.bit_offset > end:
                found.append(
                    Hole(bit_offset=end, bit_size=member.bit_offset - end, is_padding=False)
                )
            end = max(end, member.bit_end)
        if self.byte_size * 8 > end:
            found.append(Hole(bit_offset=end, bit_size=self.byte_size * 8 - end, is_padding=True))
        return tuple(found)


Type: TypeAlias = (
    BaseType
    | PointerType
    | ArrayType
    | EnumType
    | FunctionType
    | TypedefType
    | QualifiedType
    | RecordLayout
)


def strip(type_: Type | None) -> Type | None:
    """Return the type without typedefs and qualifiers around it (None: `void`)."""
    while isinstance(type_, TypedefType | QualifiedType):
        type_ = type_.target
    return type_


def byte_size_of(type_: Type | None) -> int:
    """Return the size in bytes; 0 for `void`, functions and flexible arrays."""
    match strip(type_):
        case BaseType() | PointerType() | EnumType() | RecordLayout() as sized:
            return sized.byte_size
        case ArrayType(element=element, counts=counts):
            size = byte_size_of(element)
            for count in counts:
                size *= count or 0
            return size
        case _:
            return 0


def natural_alignment(type_: Type | None) -> int:
    """Return the greatest alignment in bytes that a type can have without an attribute.

    A record without a known alignment may be packed. Its size and its members' offsets limit the
    result.
    """
    match strip(type_):
        case ArrayType(element=element):
            return natural_alignment(element)
        case RecordLayout(alignment=int(alignment)):
            return alignment
        case RecordLayout(members=members, byte_size=size):
            whole = [m for m in members if m.bit_size and not m.is_bit_field]
            places = [m.bit_offset // 8 % natural_alignment(m.type) for m in whole]
            wanted = max((natural_alignment(member.type) for member in members), default=1)
            return gcd(wanted, size, *places) or 1
        case other:
            return byte_size_of(other)


def spell(type_: Type | None) -> str:
    """Return the type in a form close to C's spelling, or for Rust types to Rust's."""
    match type_:
        case None:
            return "void"
        case BaseType(name=name) | TypedefType(name=name):
            return name
        case QualifiedType(qualifier=qualifier, target=target):
            return f"{qualifier} {spell(target)}"
        case PointerType(pointee=FunctionType() as function):
            return spell(function)
        case PointerType(pointee=pointee):
            return f"{spell(pointee)} *"
        case ArrayType(element=element, counts=counts):
            return spell(element) + "".join(f"[{'' if n is None else n}]" for n in counts)
        case EnumType(name=name):
            return name if name and "::" in name else f"enum {name or '{...}'}"
        case FunctionType(result=result, parameters=parameters, variadic=variadic):
            written = [spell(parameter) for parameter in parameters] + ["..."] * variadic
            return f"{spell(result)} (*)({', '.join(written) or 'void'})"
        case RecordLayout(name=name, kind=kind):
            is_path = name and ("::" in name or name[0] in "(&*")
            return name if name and is_path else f"{kind} {name or '{...}'}"


def spell_bits(bit_offset: int) -> str:
    """Return an offset for a reader: "offset 24", or "offset 24, bit 3" inside a byte."""
    byte_offset, bit = divmod(bit_offset, 8)
    return f"offset {byte_offset}, bit {bit}" if bit else f"offset {byte_offset}"


def shallow(record: RecordLayout) -> RecordLayout:
    """Return the record with the named records inside it cut to name, kind, size and alignment.

    Records behind its pointers are cut to name and kind: the rest depends on the headers that were
    read, and does not affect this record's layout.
    """

    def cut(type_: Type, *, behind_pointer: bool = False) -> Type:
        match type_:
            case RecordLayout() if behind_pointer:
                return RecordLayout(
                    name=type_.name,
                    kind=type_.kind,
                    byte_size=0,
                    alignment=None,
                    members=(),
                    is_declaration=True,
                )
            case RecordLayout(name=None):
                return shallow(type_)
            case RecordLayout():
                return replace(type_, members=(), is_declaration=True, type_parameters=())
            case ArrayType(element=element):
                bare = cut(element, behind_pointer=behind_pointer)
                return type_ if bare is element else replace(type_, element=bare)
            case PointerType(pointee=pointee) if pointee is not None:
                bare = cut(pointee, behind_pointer=True)
                return type_ if bare is pointee else replace(type_, pointee=bare)
            case FunctionType(result=result, parameters=parameters):
                return replace(
                    type_,
                    result=None if result is None else cut(result, behind_pointer=True),
                    parameters=tuple(cut(one, behind_pointer=True) for one in parameters),
                )
            case TypedefType(target=target) | QualifiedType(target=target) if target is not None:
                bare = cut(target, behind_pointer=behind_pointer)
                return type_ if bare is target else replace(type_, target=bare)
            case _:
                return type_

    # Unchanged members, which are most, are not copied.
    bare = ((member, cut(member.type)) for member in record.members)
    members = tuple(m if type_ is m.type else replace(m, type=type_) for m, type_ in bare)
    return replace(record, members=members, type_parameters=())
