"""DIEs of types -> the model's types, each DIE converted once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from layoutcheck.compilers.dwarf.attributes import bit_offset_of
from layoutcheck.compilers.dwarf.codes import (
    CONVENTIONS,
    DW_CC_NORMAL,
    EFIAPI,
    ENCODINGS,
    QUALIFIERS,
    UNION_FIELD,
)
from layoutcheck.compilers.dwarf.dies import Die, Dies
from layoutcheck.compilers.dwarf.lines import SourceFiles
from layoutcheck.errors import DwarfError
from layoutcheck.model.layout import (
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
"""Types nest a dozen deep in practice; more means that a corrupt object has a cycle."""

ADDRESS_SPACE: Final = 1 << 64

RUST_FUNCTION: Final = re.compile(r'(?:unsafe )?(?:extern "([\w-]+)" )?fn\(')
UNSPECIFIED: Final = BaseType(name="?", byte_size=0, encoding=Encoding.OTHER)


class TypeReader:
    """Reader of the types of one object, each when it is first needed.

    A type is given by the offset of its DIE, None for `void`. `identity` identifies the object: a
    record's `ref` consists of it and the offset of the record's DIE.
    """

    def __init__(self, dies: Dies, files: SourceFiles, *, identity: int = 0) -> None:
        self._dies, self._files, self._identity = dies, files, identity
        self._types: dict[tuple[int, bool], Type] = {}
        self._reached: list[int] = []
        self._depth = 0

    def read(self, offset: int | None) -> Type | None:
        """Return the type at an offset.

        Records behind a pointer have no members. Raises `DwarfError` for types that neither C nor
        Rust has.
        """
        return self._type(offset, behind_pointer=False)

    def read_object(self, pointer: Die | None) -> Type | None:
        """Return a pointer's target with its members; functions have complete parameter types."""
        pointee = None if pointer is None else pointer.reference()
        if pointer is None or pointee is None:
            return None
        inner, passed = self._dies.at(pointee), 0
        while inner.tag == "DW_TAG_typedef":  # `vfs_root_t vfs_stdroot;`
            target, passed = inner.reference(), passed + 1
            if target is None or passed > MAX_DEPTH:
                break
            inner = self._dies.at(target)
        if inner.tag != "DW_TAG_subroutine_type":
            return self.read(pointee)
        function = self._function(inner, behind_pointer=False)
        return self._as_rust_says(function, pointer.text("DW_AT_name"))

    def definitions(self) -> dict[int, RecordLayout]:
        """Return the records behind pointers of the types read so far, by `ref`."""
        found: dict[int, RecordLayout] = {}
        while self._reached:
            record = self.read(self._reached.pop())
            if isinstance(record, RecordLayout) and record.ref is not None:
                found[record.ref] = record
        return found

    def _type(self, offset: int | None, *, behind_pointer: bool) -> Type | None:
        if offset is None:
            return None
        key = (offset, behind_pointer)
        found = self._types.get(key)
        if found is None:
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise DwarfError(f"the type at {offset:#x} contains itself")
            found = self._convert(self._dies.at(offset), behind_pointer=behind_pointer)
            self._types[key] = found
            self._depth -= 1
        return found

    def _convert(self, die: Die, *, behind_pointer: bool) -> Type:
        match die.tag:
            case "DW_TAG_structure_type" | "DW_TAG_union_type":
                return self._record(die, behind_pointer=behind_pointer)
            case "DW_TAG_pointer_type" | "DW_TAG_reference_type":
                size = die.number("DW_AT_byte_size") or die.unit.encoded.address_size
                pointee = self._type(die.reference(), behind_pointer=True)
                if isinstance(pointee, FunctionType):
                    pointee = self._as_rust_says(pointee, die.text("DW_AT_name"))
                return PointerType(byte_size=size, pointee=pointee)
            case "DW_TAG_typedef":
                target = self._type(die.reference(), behind_pointer=behind_pointer)
                return TypedefType(name=die.text("DW_AT_name") or "?", target=target)
            case "DW_TAG_array_type":
                return self._array(die, behind_pointer=behind_pointer)
            case "DW_TAG_enumeration_type":
                return self._enum(die)
            case "DW_TAG_subroutine_type":
                return self._function(die, behind_pointer=True)
            case "DW_TAG_base_type" | "DW_TAG_unspecified_type":
                return BaseType(
                    name=die.text("DW_AT_name") or "?",
                    byte_size=die.number("DW_AT_byte_size") or 0,
                    encoding=ENCODINGS.get(die.number("DW_AT_encoding") or 0, Encoding.OTHER),
                )
            case tag if tag in QUALIFIERS:
                target = self._type(die.reference(), behind_pointer=behind_pointer)
                return QualifiedType(qualifier=QUALIFIERS[tag], target=target)
        raise DwarfError(f"{die.tag} at {die.offset:#x} is not a known type of C or Rust")

    def _function(self, die: Die, *, behind_pointer: bool) -> FunctionType:
        children = tuple(die.unit.children(die))
        convention = die.number("DW_AT_calling_convention") or DW_CC_NORMAL
        return FunctionType(
            result=self._type(die.reference(), behind_pointer=behind_pointer),
            parameters=tuple(
                self._type(child.reference(), behind_pointer=behind_pointer) or UNSPECIFIED
                for child in children
                if child.tag == "DW_TAG_formal_parameter"
            ),
            variadic=any(c.tag == "DW_TAG_unspecified_parameters" for c in children),
            convention=CONVENTIONS.get(convention, f"DW_CC {convention:#x}"),
        )

    def _record(self, die: Die, *, behind_pointer: bool) -> RecordLayout:
        is_declaration = behind_pointer or "DW_AT_declaration" in die.values
        if behind_pointer and "DW_AT_declaration" not in die.values:
            self._reached.append(die.offset)
        children = () if is_declaration else tuple(die.unit.children(die))
        return RecordLayout(
            name=die.unit.path(die),
            kind="union" if die.tag == "DW_TAG_union_type" else "struct",
            byte_size=die.number("DW_AT_byte_size") or 0,
            alignment=die.number("DW_AT_alignment"),
            members=tuple(self._members(children)),
            declared_at=self._files.location(die),
            is_declaration=is_declaration,
            type_parameters=tuple(self._type_parameters(die, children)),
            ref=self._identity + die.offset,
            is_tagged=self._is_tagged(children, die.number("DW_AT_byte_size") or 0),
        )

    def _type_parameters(self, die: Die, children: Sequence[Die]) -> Iterator[Type]:
        parameters = [c for c in children if c.tag == "DW_TAG_template_type_param"]
        if not parameters:
            return
        is_union_field = (die.text("DW_AT_name") or "").startswith(UNION_FIELD)
        for child in parameters:
            type_ = self._type(child.reference(), behind_pointer=not is_union_field)
            if type_ is not None:
                yield type_

    def _members(self, children: Sequence[Die]) -> Iterator[Member]:
        """Yield the record's members, and those of a Rust enum's only payload (`Option`).

        A payload without a size does not count: `Result<(), T>` has one payload.
        """
        for child in children:
            if child.tag == "DW_TAG_member" and "DW_AT_external" not in child.values:
                yield self._member(child)
            elif child.tag == "DW_TAG_variant_part":
                found = (one.members for one in self._payloads(child))
                payloads = [members for members in found if any(m.bit_size for m in members)]
                if len(payloads) == 1:
                    yield from payloads[0]

    def _payloads(self, part: Die) -> list[RecordLayout]:
        """Return the records of the variants that carry data."""
        inside = part.unit.children
        variants = (variant for variant in inside(part) if variant.tag == "DW_TAG_variant")
        types = (
            self._type(member.reference(), behind_pointer=False)
            for variant in variants
            for member in inside(variant)
        )
        return [type_ for type_ in types if isinstance(type_, RecordLayout) and type_.members]

    def _is_tagged(self, children: Sequence[Die], byte_size: int) -> bool:
        """Return whether a Rust enum carries data beside its tag: no payload fills it."""
        part = next((child for child in children if child.tag == "DW_TAG_variant_part"), None)
        payloads = [] if part is None else self._payloads(part)
        sizes = [m.bit_size for record in payloads for m in record.members if m.bit_size]
        return bool(payloads) and sizes != [byte_size * 8]

    def _member(self, die: Die) -> Member:
        type_ = self._type(die.reference(), behind_pointer=False)
        if type_ is None:
            raise DwarfError(f"the member at {die.offset:#x} has no type")
        byte_size = self._room(type_, die.unit.encoded.address_size)
        bit_size = die.number("DW_AT_bit_size")
        return Member(
            name=die.text("DW_AT_name"),
            bit_offset=bit_offset_of(die, storage_byte_size=byte_size),
            bit_size=byte_size * 8 if bit_size is None else bit_size,
            type=type_,
            is_bit_field=bit_size is not None,
            declared_at=self._files.location(die),
        )

    @staticmethod
    def _room(type_: Type, address_size: int) -> int:
        """Return the size of a member in bytes; `_Atomic` rounds it up to a power of two.

        The rounding applies to sizes with atomic instructions. Source: clang's
        `ASTContext::getTypeInfoImpl`; the debug information lacks it.
        """
        inner: Type | None = type_
        while isinstance(inner, TypedefType | QualifiedType):
            if isinstance(inner, QualifiedType) and inner.qualifier == "_Atomic":
                size = byte_size_of(inner)
                return 1 << (size - 1).bit_length() if 0 < size <= 2 * address_size else size
            inner = inner.target
        return byte_size_of(type_)

    def _array(self, die: Die, *, behind_pointer: bool) -> Type:
        element = self._type(die.reference(), behind_pointer=behind_pointer)
        if element is None:
            raise DwarfError(f"the array at {die.offset:#x} has no element type")
        counts = [
            self._count(child)
            for child in die.unit.children(die)
            if child.tag in {"DW_TAG_subrange_type", "DW_TAG_enumeration_type"}
        ]
        if isinstance(element, ArrayType):  # Rust nests arrays, C has all dimensions in one DIE
            counts, element = [*counts, *element.counts], element.element
        is_vector = "DW_AT_GNU_vector" in die.values
        array = ArrayType(element=element, counts=tuple(counts) or (None,), is_vector=is_vector)
        if not 0 <= byte_size_of(array) < ADDRESS_SPACE:
            raise DwarfError(f"the array at {die.offset:#x} is larger than the address space")
        byte_size = die.number("DW_AT_byte_size")
        if byte_size is not None and byte_size != byte_size_of(array):  # vectors are padded
            name = f"{spell(array)} of {byte_size} bytes"
            return BaseType(name=name, byte_size=byte_size, encoding=Encoding.OTHER)
        return array

    @staticmethod
    def _count(die: Die) -> int | None:
        count = die.number("DW_AT_count")
        if count is not None:
            return count
        upper = die.number("DW_AT_upper_bound")
        return None if upper is None else upper - (die.number("DW_AT_lower_bound") or 0) + 1

    def _enum(self, die: Die) -> EnumType:
        enumerators = tuple(
            (child.text("DW_AT_name") or "?", child.number("DW_AT_const_value") or 0)
            for child in die.unit.children(die)
            if child.tag == "DW_TAG_enumerator"
        )
        underlying = strip(self._type(die.reference(), behind_pointer=False))
        if isinstance(underlying, BaseType):
            signed = underlying.encoding is Encoding.SIGNED
        else:
            signed = any(value < 0 for _, value in enumerators)
        return EnumType(
            name=die.unit.path(die),
            byte_size=die.number("DW_AT_byte_size") or byte_size_of(underlying),
            signed=signed,
            enumerators=enumerators,
        )

    def _as_rust_says(self, function: FunctionType, name: str | None) -> FunctionType:
        """Add the facts that rustc encodes only in the name of the pointer's type to a function."""
        written = RUST_FUNCTION.match(name or "")
        if name is None or written is None:
            return function
        depth, end = 1, written.end()
        while depth and end < len(name):
            depth += {"(": 1, ")": -1}.get(name[end], 0)
            end += 1
        variadic = name[: end - 1].endswith("...")
        convention = written[1] or "Rust"
        if convention.removesuffix("-unwind") == "efiapi":
            convention = EFIAPI.get(self._dies.sections.machine, "C")
        return replace(function, variadic=variadic, convention=convention)
