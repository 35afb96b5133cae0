"""An object file -> `LayoutSet`: the only user of elftools, and no DIE leaves this module.

Reads what clang and rustc write (DWARF 5), and what older compilers wrote into a kernel's debug
file: member locations as expressions (DWARF 2, section 2.4) and bit offsets that count from the
other end of the storage unit (DWARF 3, section 5.6.6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from elftools.dwarf.dwarf_expr import DWARFExprParser
from elftools.elf.elffile import ELFFile

from layoutcheck.errors import DwarfError
from layoutcheck.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    FunctionType,
    LayoutSet,
    Member,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
    byte_size_of,
    strip,
)
from layoutcheck.location import SourceLocation
from layoutcheck.symbols import ALIGNMENT, SUBJECT, WRAPPER

__all__ = ["read_layouts"]

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
DW_OP_PLUS_UCONST: Final = 0x23
DW_OP_CONSTU: Final = 0x10


def read_layouts(path: Path, *, strip_prefixes: tuple[str, ...] = ()) -> LayoutSet:
    """The layouts of the subjects that the probe object at `path` names, by their keys.

    A source path that starts with one of `strip_prefixes` is given without it. Raises `DwarfError`
    for an object that cannot be read, whatever is wrong with it.
    """
    try:
        with path.open("rb") as stream:
            elf = ELFFile(stream)
            dwarf = elf.get_dwarf_info(relocate_dwarf_sections=True)
            if dwarf.has_debug_info:
                return _Reader(dwarf, elf.little_endian, strip_prefixes).read()
    except OSError as error:
        raise DwarfError(error.strerror or str(error), where=str(path)) from None
    except Exception as error:  # elftools lets anything out of a corrupt file
        kind = "" if isinstance(error, DwarfError) else f"{type(error).__name__}: "
        raise DwarfError(
            f"cannot be read: {kind}{error}",
            where=str(path),
            hint="is it a complete ELF object with DWARF 2 to 5?",
        ) from error
    raise DwarfError("has no debug information", where=str(path), hint="compile it with -g")


class _Reader:
    """One reading of one object; converts each DIE once."""

    def __init__(self, dwarf: Any, little_endian: bool, strip_prefixes: tuple[str, ...]) -> None:
        self._dwarf = dwarf
        self._little_endian = little_endian
        self._strip_prefixes = strip_prefixes
        self._expressions = DWARFExprParser(dwarf.structs)
        self._paths: dict[int, str] = {}
        self._files: dict[int, list[str]] = {}
        self._types: dict[tuple[int, bool], Type] = {}
        self._depth = 0

    def read(self) -> LayoutSet:
        subjects, alignments, producers = {}, {}, []
        for unit in self._dwarf.iter_CUs():
            producers.append(_text(unit.get_top_DIE(), "DW_AT_producer") or "unknown")
            for die in self._variables(unit):
                name = _text(die, "DW_AT_name") or ""
                if name.startswith(SUBJECT):
                    subjects[name.removeprefix(SUBJECT)] = die
                elif name.startswith(ALIGNMENT):
                    array = self._type(_refer(die), behind_pointer=False)
                    if isinstance(array, ArrayType):
                        alignments[name.removeprefix(ALIGNMENT)] = array.counts[0]
        records = {}
        for key, die in subjects.items():
            record = self._subject(die)
            if record is not None:
                alignment = alignments.get(key, record.alignment)
                records[key] = replace(record, alignment=alignment)
        return LayoutSet(
            producer=", ".join(dict.fromkeys(producers)) or "unknown",
            records=MappingProxyType(records),
        )

    def _variables(self, unit: Any) -> Iterator[Any]:
        """The unit's variables; on the way, the paths of types in namespaces are noted."""
        namespaces: list[str] = []
        for die in unit.iter_DIEs():
            if die.is_null():
                if namespaces:
                    namespaces.pop()
                continue
            if die.tag in {"DW_TAG_structure_type", "DW_TAG_union_type", "DW_TAG_enumeration_type"}:
                name = _text(die, "DW_AT_name")
                if name and any(namespaces):
                    self._paths[die.offset] = "::".join((*filter(None, namespaces), name))
            elif die.tag == "DW_TAG_variable":
                yield die
            if die.has_children:
                is_scope = die.tag == "DW_TAG_namespace" or (
                    die.tag == "DW_TAG_structure_type" and any(namespaces)
                )
                namespaces.append((_text(die, "DW_AT_name") or "") if is_scope else "")

    def _subject(self, variable: Any) -> RecordLayout | None:
        """What the variable points to (C), or the pointer that it wraps (Rust).

        What is no record comes as a record of one member, `__0`, as in Rust's tuple structs.
        """
        pointer = _refer(variable)
        if pointer is not None and (_text(pointer, "DW_AT_name") or "").startswith(f"{WRAPPER}<"):
            fields = (c for c in pointer.iter_children() if c.tag == "DW_TAG_member")
            pointer = _refer(next(fields))
        type_ = self._type(_refer(pointer), behind_pointer=False)
        inner = strip(type_)
        name = type_.name if isinstance(type_, TypedefType) else None
        if isinstance(inner, RecordLayout):
            return inner if inner.name else replace(inner, name=name)
        if type_ is None:
            return None
        size = byte_size_of(type_)
        member = Member(name="__0", bit_offset=0, bit_size=size * 8, type=type_)
        return RecordLayout(
            name=name, kind="struct", byte_size=size, alignment=None, members=(member,)
        )

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
        name = _text(die, "DW_AT_name")
        if die.tag in {"DW_TAG_structure_type", "DW_TAG_union_type"}:
            return self._record(die, behind_pointer=behind_pointer)
        if die.tag == "DW_TAG_base_type":
            encoding = ENCODINGS.get(_number(die, "DW_AT_encoding") or 0, Encoding.OTHER)
            size = _number(die, "DW_AT_byte_size") or 0
            return BaseType(name=name or "?", byte_size=size, encoding=encoding)
        if die.tag in {"DW_TAG_pointer_type", "DW_TAG_reference_type"}:
            size = _number(die, "DW_AT_byte_size") or die.cu["address_size"]
            pointee = self._type(_refer(die), behind_pointer=True)
            return PointerType(byte_size=size, pointee=pointee)
        if die.tag == "DW_TAG_typedef":
            target = self._type(_refer(die), behind_pointer=behind_pointer)
            return TypedefType(name=name or "?", target=target)
        if die.tag in QUALIFIERS:
            target = self._type(_refer(die), behind_pointer=behind_pointer)
            return QualifiedType(qualifier=QUALIFIERS[die.tag], target=target)
        if die.tag == "DW_TAG_array_type":
            return self._array(die, behind_pointer=behind_pointer)
        if die.tag == "DW_TAG_enumeration_type":
            return self._enum(die)
        if die.tag == "DW_TAG_subroutine_type":
            children = tuple(die.iter_children())
            return FunctionType(
                result=self._type(_refer(die), behind_pointer=True),
                parameters=tuple(
                    self._type(_refer(child), behind_pointer=True) or _UNSPECIFIED
                    for child in children
                    if child.tag == "DW_TAG_formal_parameter"
                ),
                variadic=any(c.tag == "DW_TAG_unspecified_parameters" for c in children),
            )
        if die.tag == "DW_TAG_unspecified_type":
            return BaseType(name=name or "?", byte_size=0, encoding=Encoding.OTHER)
        raise DwarfError(f"{die.tag} at {die.offset:#x} is no type that C or Rust is known to make")

    def _record(self, die: Any, *, behind_pointer: bool) -> RecordLayout:
        is_declaration = behind_pointer or "DW_AT_declaration" in die.attributes
        return RecordLayout(
            name=self._paths.get(die.offset) or _text(die, "DW_AT_name"),
            kind="union" if die.tag == "DW_TAG_union_type" else "struct",
            byte_size=_number(die, "DW_AT_byte_size") or 0,
            alignment=_number(die, "DW_AT_alignment"),
            members=() if is_declaration else tuple(self._members(die)),
            declared_at=self._location(die),
            is_declaration=is_declaration,
            type_parameters=() if is_declaration else tuple(self._type_parameters(die)),
        )

    def _type_parameters(self, die: Any) -> Iterator[Type]:
        for child in die.iter_children():
            if child.tag == "DW_TAG_template_type_param":
                type_ = self._type(_refer(child), behind_pointer=True)
                if type_ is not None:
                    yield type_

    def _members(self, die: Any) -> Iterator[Member]:
        """The record's members; those of a Rust enum with one payload (`Option`) are its own."""
        for child in die.iter_children():
            if child.tag == "DW_TAG_member" and "DW_AT_external" not in child.attributes:
                yield self._member(child)
            elif child.tag == "DW_TAG_variant_part":
                variants = (v for v in child.iter_children() if v.tag == "DW_TAG_variant")
                members = (m for v in variants for m in v.iter_children())
                payloads = [
                    record
                    for record in (self._type(_refer(m), behind_pointer=False) for m in members)
                    if isinstance(record, RecordLayout) and record.members
                ]
                if len(payloads) == 1:
                    yield from payloads[0].members

    def _member(self, die: Any) -> Member:
        type_ = self._type(_refer(die), behind_pointer=False)
        if type_ is None:
            raise DwarfError(f"the member at {die.offset:#x} has no type")
        bit_size = _number(die, "DW_AT_bit_size")
        return Member(
            name=_text(die, "DW_AT_name"),
            bit_offset=self._bit_offset(die, type_, bit_size),
            bit_size=byte_size_of(type_) * 8 if bit_size is None else bit_size,
            type=type_,
            is_bit_field=bit_size is not None,
            declared_at=self._location(die),
        )

    def _bit_offset(self, die: Any, type_: Type, bit_size: int | None) -> int:
        from_start = _number(die, "DW_AT_data_bit_offset")
        if from_start is not None:
            return from_start
        attribute = die.attributes.get("DW_AT_data_member_location")
        if attribute is None:
            byte_offset = 0
        elif isinstance(attribute.value, int):
            byte_offset = attribute.value
        else:
            operations = self._expressions.parse_expr(attribute.value)
            if len(operations) != 1 or operations[0].op not in {DW_OP_PLUS_UCONST, DW_OP_CONSTU}:
                raise DwarfError(f"the member at {die.offset:#x} has no constant offset")
            byte_offset = operations[0].args[0]
        from_top = _number(die, "DW_AT_bit_offset")
        if from_top is None or bit_size is None:
            return int(byte_offset) * 8
        if not self._little_endian:
            return int(byte_offset) * 8 + from_top
        storage = _number(die, "DW_AT_byte_size") or byte_size_of(type_)
        return (int(byte_offset) + storage) * 8 - from_top - bit_size

    def _array(self, die: Any, *, behind_pointer: bool) -> ArrayType:
        element = self._type(_refer(die), behind_pointer=behind_pointer)
        if element is None:
            raise DwarfError(f"the array at {die.offset:#x} has no element type")
        counts = [
            self._count(child)
            for child in die.iter_children()
            if child.tag in {"DW_TAG_subrange_type", "DW_TAG_enumeration_type"}
        ]
        if isinstance(element, ArrayType):  # Rust nests arrays, C gives all dimensions at once
            counts, element = [*counts, *element.counts], element.element
        return ArrayType(element=element, counts=tuple(counts) or (None,))

    @staticmethod
    def _count(die: Any) -> int | None:
        count = _number(die, "DW_AT_count")
        if count is not None:
            return count
        upper = _number(die, "DW_AT_upper_bound")
        return None if upper is None else upper - (_number(die, "DW_AT_lower_bound") or 0) + 1

    def _enum(self, die: Any) -> EnumType:
        enumerators = tuple(
            (_text(child, "DW_AT_name") or "?", _number(child, "DW_AT_const_value") or 0)
            for child in die.iter_children()
            if child.tag == "DW_TAG_enumerator"
        )
        underlying = strip(self._type(_refer(die), behind_pointer=False))
        if isinstance(underlying, BaseType):
            signed = underlying.encoding is Encoding.SIGNED
        else:
            signed = any(value < 0 for _, value in enumerators)
        return EnumType(
            name=self._paths.get(die.offset) or _text(die, "DW_AT_name"),
            byte_size=_number(die, "DW_AT_byte_size") or byte_size_of(underlying),
            signed=signed,
            enumerators=enumerators,
        )

    def _location(self, die: Any) -> SourceLocation | None:
        index, line = _number(die, "DW_AT_decl_file"), _number(die, "DW_AT_decl_line")
        if index is None or line is None:
            return None
        files = self._files.get(die.cu.cu_offset)
        if files is None:
            files = self._files[die.cu.cu_offset] = self._read_files(die.cu)
        if not 0 <= index < len(files):
            return None
        return SourceLocation(path=files[index], line=line)

    def _read_files(self, unit: Any) -> list[str]:
        """The unit's file table as paths; before DWARF 5 it counts from 1 (section 6.2.4)."""
        program = self._dwarf.line_program_for_CU(unit)
        if program is None:
            return []
        header = program.header
        modern = header["version"] >= 5  # noqa: PLR2004 - the DWARF version
        folders = [_decode(folder) for folder in header["include_directory"]]
        if not modern:
            folders.insert(0, _text(unit.get_top_DIE(), "DW_AT_comp_dir") or "")
        files = [] if modern else [""]
        for entry in header["file_entry"]:
            name = _decode(entry.name)
            folder = folders[entry.dir_index] if entry.dir_index < len(folders) else ""
            path = name if name.startswith("/") or not folder else f"{folder}/{name}"
            if not path.startswith("/") and folders:
                path = f"{folders[0]}/{path}"
            prefix = next((p for p in self._strip_prefixes if path.startswith(p)), "")
            files.append(path.removeprefix(prefix))
        return files


_UNSPECIFIED: Final = BaseType(name="?", byte_size=0, encoding=Encoding.OTHER)


def _refer(die: Any) -> Any | None:
    """The DIE that DW_AT_type refers to, None if there is none (`void`)."""
    return die.get_DIE_from_attribute("DW_AT_type") if "DW_AT_type" in die.attributes else None


def _number(die: Any, name: str) -> int | None:
    attribute = die.attributes.get(name)
    return attribute.value if attribute is not None and isinstance(attribute.value, int) else None


def _text(die: Any, name: str) -> str | None:
    attribute = die.attributes.get(name)
    return None if attribute is None else _decode(attribute.value)


def _decode(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
