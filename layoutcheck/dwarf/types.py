"""DIEs of types -> the model's types, each DIE converted once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from layoutcheck.dwarf.attributes import MemberLocations, SourceFiles, number_of, refer, text_of
from layoutcheck.errors import DwarfError
from layoutcheck.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    FunctionType,
    Member,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
    byte_size_of,
    spell,
    strip,
)

__all__ = ["TypeReader"]

MAX_DEPTH: Final = 100
"""Types nest a dozen deep in practice; more means that a corrupt object describes a circle."""

ENCODINGS: Final = MappingProxyType(
    {  # DWARF 5, table 7.11
        0x02: Encoding.BOOLEAN,
        0x04: Encoding.FLOAT,
        0x05: Encoding.SIGNED,
        0x06: Encoding.SIGNED,
        0x07: Encoding.UNSIGNED,
        0x08: Encoding.UNSIGNED,
        0x10: Encoding.CHARACTER,
    }
)
QUALIFIERS: Final = MappingProxyType(
    {
        "DW_TAG_const_type": "const",
        "DW_TAG_volatile_type": "volatile",
        "DW_TAG_restrict_type": "restrict",
        "DW_TAG_atomic_type": "_Atomic",
    }
)
UNION_FIELD: Final = "__BindgenUnionField<"
"""bindgen's type without room for a member of a union; what it would be is its parameter."""
DW_CC_NORMAL: Final = 1
"""The convention that the target's C has (DWARF 5, section 3.3.1.1)."""
RUST_FUNCTION: Final = re.compile(r'(?:unsafe )?(?:extern "([\w-]+)" )?fn\(')
UNSPECIFIED: Final = BaseType(name="?", byte_size=0, encoding=Encoding.OTHER)


class TypeReader:
    """Reads the types of one object; `paths` are the full paths of types in Rust's modules."""

    def __init__(
        self, locations: MemberLocations, files: SourceFiles, paths: Mapping[int, str]
    ) -> None:
        self._locations, self._files, self._paths = locations, files, paths
        self._types: dict[tuple[int, bool], Type] = {}
        self._depth = 0

    def read(self, die: Any | None) -> Type | None:
        """The type at `die` (None: `void`).

        Records behind a pointer come without members. Raises `DwarfError` for what neither C nor
        Rust make.
        """
        return self._type(die, behind_pointer=False)

    def read_object(self, pointer: Any | None) -> Type | None:
        """What a pointer points to, whole; a function's parameters and result are, too."""
        pointee = None if pointer is None else refer(pointer)
        inner = pointee
        while inner is not None and inner.tag == "DW_TAG_typedef":  # `vfs_root_t vfs_stdroot;`
            inner = refer(inner)
        if inner is None or inner.tag != "DW_TAG_subroutine_type":
            return self.read(pointee)
        function = self._function(inner, behind_pointer=False)
        return _as_rust_says(function, text_of(pointer, "DW_AT_name"))

    def _type(self, die: Any | None, *, behind_pointer: bool) -> Type | None:
        """The type at `die` (None: `void`); records behind a pointer come without members."""
        if die is None:
            return None
        key = (die.offset, behind_pointer)
        if key not in self._types:
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise DwarfError(f"the type at {die.offset:#x} contains itself")
            self._types[key] = self._convert(die, behind_pointer=behind_pointer)
            self._depth -= 1
        return self._types[key]

    def _convert(self, die: Any, *, behind_pointer: bool) -> Type:
        name = text_of(die, "DW_AT_name")
        if die.tag in {"DW_TAG_structure_type", "DW_TAG_union_type"}:
            return self._record(die, behind_pointer=behind_pointer)
        if die.tag == "DW_TAG_base_type":
            encoding = ENCODINGS.get(number_of(die, "DW_AT_encoding") or 0, Encoding.OTHER)
            size = number_of(die, "DW_AT_byte_size") or 0
            return BaseType(name=name or "?", byte_size=size, encoding=encoding)
        if die.tag in {"DW_TAG_pointer_type", "DW_TAG_reference_type"}:
            size = number_of(die, "DW_AT_byte_size") or die.cu["address_size"]
            pointee = _as_rust_says(self._type(refer(die), behind_pointer=True), name)
            return PointerType(byte_size=size, pointee=pointee)
        if die.tag == "DW_TAG_typedef":
            target = self._type(refer(die), behind_pointer=behind_pointer)
            return TypedefType(name=name or "?", target=target)
        if die.tag in QUALIFIERS:
            target = self._type(refer(die), behind_pointer=behind_pointer)
            return QualifiedType(qualifier=QUALIFIERS[die.tag], target=target)
        if die.tag == "DW_TAG_array_type":
            return self._array(die, behind_pointer=behind_pointer)
        if die.tag == "DW_TAG_enumeration_type":
            return self._enum(die)
        if die.tag == "DW_TAG_subroutine_type":
            return self._function(die, behind_pointer=True)
        if die.tag == "DW_TAG_unspecified_type":
            return BaseType(name=name or "?", byte_size=0, encoding=Encoding.OTHER)
        raise DwarfError(f"{die.tag} at {die.offset:#x} is no type that C or Rust is known to make")

    def _function(self, die: Any, *, behind_pointer: bool) -> FunctionType:
        children = tuple(die.iter_children())
        convention = number_of(die, "DW_AT_calling_convention") or DW_CC_NORMAL
        return FunctionType(
            result=self._type(refer(die), behind_pointer=behind_pointer),
            parameters=tuple(
                self._type(refer(child), behind_pointer=behind_pointer) or UNSPECIFIED
                for child in children
                if child.tag == "DW_TAG_formal_parameter"
            ),
            variadic=any(c.tag == "DW_TAG_unspecified_parameters" for c in children),
            convention="C" if convention == DW_CC_NORMAL else f"DW_CC {convention:#x}",
        )

    def _record(self, die: Any, *, behind_pointer: bool) -> RecordLayout:
        is_declaration = behind_pointer or "DW_AT_declaration" in die.attributes
        return RecordLayout(
            name=self._paths.get(die.offset) or text_of(die, "DW_AT_name"),
            kind="union" if die.tag == "DW_TAG_union_type" else "struct",
            byte_size=number_of(die, "DW_AT_byte_size") or 0,
            alignment=number_of(die, "DW_AT_alignment"),
            members=() if is_declaration else tuple(self._members(die)),
            declared_at=self._files.location(die),
            is_declaration=is_declaration,
            type_parameters=() if is_declaration else tuple(self._type_parameters(die)),
        )

    def _type_parameters(self, die: Any) -> Iterator[Type]:
        is_union_field = (text_of(die, "DW_AT_name") or "").startswith(UNION_FIELD)
        for child in die.iter_children():
            if child.tag == "DW_TAG_template_type_param":
                type_ = self._type(refer(child), behind_pointer=not is_union_field)
                if type_ is not None:
                    yield type_

    def _members(self, die: Any) -> Iterator[Member]:
        """The record's members; those of a Rust enum with one payload (`Option`) are its own."""
        for child in die.iter_children():
            if child.tag == "DW_TAG_member" and "DW_AT_external" not in child.attributes:
                yield self._member(child)
            elif child.tag == "DW_TAG_variant_part":
                variants = (v for v in child.iter_children() if v.tag == "DW_TAG_variant")
                payloads = [
                    record
                    for variant in variants
                    for member in variant.iter_children()
                    if isinstance(
                        record := self._type(refer(member), behind_pointer=False), RecordLayout
                    )
                    and record.members
                ]
                if len(payloads) == 1:
                    yield from payloads[0].members

    def _member(self, die: Any) -> Member:
        type_ = self._type(refer(die), behind_pointer=False)
        if type_ is None:
            raise DwarfError(f"the member at {die.offset:#x} has no type")
        bit_size = number_of(die, "DW_AT_bit_size")
        return Member(
            name=text_of(die, "DW_AT_name"),
            bit_offset=self._locations.bit_offset(die, storage_byte_size=byte_size_of(type_)),
            bit_size=byte_size_of(type_) * 8 if bit_size is None else bit_size,
            type=type_,
            is_bit_field=bit_size is not None,
            declared_at=self._files.location(die),
        )

    def _array(self, die: Any, *, behind_pointer: bool) -> Type:
        element = self._type(refer(die), behind_pointer=behind_pointer)
        if element is None:
            raise DwarfError(f"the array at {die.offset:#x} has no element type")
        counts = [
            self._count(child)
            for child in die.iter_children()
            if child.tag in {"DW_TAG_subrange_type", "DW_TAG_enumeration_type"}
        ]
        if isinstance(element, ArrayType):  # Rust nests arrays, C gives all dimensions at once
            counts, element = [*counts, *element.counts], element.element
        array = ArrayType(element=element, counts=tuple(counts) or (None,))
        byte_size = number_of(die, "DW_AT_byte_size")
        if byte_size is not None and byte_size != byte_size_of(array):  # vectors are padded
            name = f"{spell(array)} of {byte_size} bytes"
            return BaseType(name=name, byte_size=byte_size, encoding=Encoding.OTHER)
        return array

    @staticmethod
    def _count(die: Any) -> int | None:
        count = number_of(die, "DW_AT_count")
        if count is not None:
            return count
        upper = number_of(die, "DW_AT_upper_bound")
        return None if upper is None else upper - (number_of(die, "DW_AT_lower_bound") or 0) + 1

    def _enum(self, die: Any) -> EnumType:
        enumerators = tuple(
            (text_of(child, "DW_AT_name") or "?", number_of(child, "DW_AT_const_value") or 0)
            for child in die.iter_children()
            if child.tag == "DW_TAG_enumerator"
        )
        underlying = strip(self._type(refer(die), behind_pointer=False))
        if isinstance(underlying, BaseType):
            signed = underlying.encoding is Encoding.SIGNED
        else:
            signed = any(value < 0 for _, value in enumerators)
        return EnumType(
            name=self._paths.get(die.offset) or text_of(die, "DW_AT_name"),
            byte_size=number_of(die, "DW_AT_byte_size") or byte_size_of(underlying),
            signed=signed,
            enumerators=enumerators,
        )


def _as_rust_says(pointee: Type | None, name: str | None) -> Type | None:
    """A function with what rustc says only in the name of the type of pointers to it."""
    written = RUST_FUNCTION.match(name or "")
    if name is None or written is None or not isinstance(pointee, FunctionType):
        return pointee
    depth, end = 1, written.end()
    while depth and end < len(name):
        depth += {"(": 1, ")": -1}.get(name[end], 0)
        end += 1
    variadic = name[: end - 1].endswith("...")
    return replace(pointee, variadic=variadic, convention=written[1] or "Rust")
