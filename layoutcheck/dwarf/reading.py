"""A probe object -> the layouts of the subjects that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from elftools.elf.elffile import ELFFile

from layoutcheck.dwarf.attributes import MemberLocations, SourceFiles, refer, text_of
from layoutcheck.dwarf.types import TypeReader
from layoutcheck.dwarf.values import InitialisedData
from layoutcheck.errors import DwarfError
from layoutcheck.layout import (
    ArrayType,
    FunctionType,
    Member,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
    byte_size_of,
    strip,
)
from layoutcheck.layout_set import ConstantValue, LayoutSet
from layoutcheck.symbols import ALIGNMENT, CONSTANT, ITEM, SUBJECT, VALUE, WRAPPER

__all__ = ["read_layouts"]

_WRAPPED: Final = re.compile(rf"\b{WRAPPER}<")
_VALUE: Final = re.compile(rf"\b{VALUE}<")
_PREFIXES: Final = (SUBJECT, ALIGNMENT, CONSTANT, ITEM)


def read_layouts(path: Path, *, strip_prefixes: tuple[str, ...] = ()) -> LayoutSet:
    """What the probe object at `path` says of the subjects that it names, by their keys.

    The values of constants are known of a linked object only.

    A source path that starts with one of `strip_prefixes` is given without it. Raises `DwarfError`
    for an object that cannot be read, whatever is wrong with it.
    """
    try:
        with path.open("rb") as stream:
            elf = ELFFile(stream)
            dwarf = elf.get_dwarf_info(relocate_dwarf_sections=True)
            if dwarf.has_debug_info:
                return _Reader(elf, dwarf, strip_prefixes).read()
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
    """One reading of one object."""

    def __init__(self, elf: Any, dwarf: Any, strip_prefixes: tuple[str, ...]) -> None:
        self._elf, self._dwarf = elf, dwarf
        self._paths: dict[int, str] = {}
        self._types = TypeReader(
            MemberLocations(dwarf, little_endian=elf.little_endian),
            SourceFiles(dwarf, strip_prefixes),
            self._paths,
        )

    def read(self) -> LayoutSet:
        named: dict[str, dict[str, Any]] = {prefix: {} for prefix in _PREFIXES}
        producers: list[str] = []
        for unit in self._dwarf.iter_CUs():
            producers.append(text_of(unit.get_top_DIE(), "DW_AT_producer") or "unknown")
            for die in self._variables(unit):
                name = text_of(die, "DW_AT_name") or ""
                prefix = next(filter(name.startswith, _PREFIXES), None)
                if prefix is not None:
                    key, _, _ = name.removeprefix(prefix).removeprefix("<").partition(",")
                    named[prefix][key] = die
        return LayoutSet(
            producer=", ".join(dict.fromkeys(producers)) or "unknown",
            records=MappingProxyType(self._records(named[SUBJECT], named[ALIGNMENT])),
            constants=MappingProxyType(self._constants(named[CONSTANT])),
            objects=MappingProxyType(self._objects(named[ITEM])),
        )

    def _records(
        self, subjects: Mapping[str, Any], alignments: Mapping[str, Any]
    ) -> dict[str, RecordLayout]:
        found = {}
        for key, die in subjects.items():
            record = self._subject(die)
            array = self._types.read(refer(alignments[key])) if key in alignments else None
            if record is not None and isinstance(array, ArrayType):
                record = replace(record, alignment=array.counts[0])
            if record is not None:
                found[key] = record
        return found

    def _constants(self, variables: Mapping[str, Any]) -> dict[str, ConstantValue]:
        """The constants; an object that is not linked has no values yet."""
        if not variables or self._elf["e_type"] == "ET_REL":
            return {}
        data = InitialisedData(self._elf, prefix=CONSTANT)
        types = {key: self._constant_type(refer(die)) for key, die in variables.items()}
        return {
            key: ConstantValue(type=type_, value=data.value(f"{CONSTANT}{key}", type_))
            for key, type_ in types.items()
            if type_ is not None
        }

    def _constant_type(self, die: Any | None) -> Type | None:
        """The type of a constant; of a pointer's, which Rust's probe wraps, the pointer.

        Of one that Rust's probe wraps as a value, what is in it, down to what is no newtype.
        """
        type_ = self._types.read(die)
        if isinstance(type_, RecordLayout) and _VALUE.search(type_.name or ""):
            return _content(type_)
        if isinstance(type_, RecordLayout) and _WRAPPED.search(type_.name or ""):
            return type_.members[0].type
        return type_

    def _objects(self, dies: Mapping[str, Any]) -> dict[str, Type]:
        types = {key: self._types.read_object(_pointer_to_item(d)) for key, d in dies.items()}
        return {key: type_ for key, type_ in types.items() if type_ is not None}

    def _variables(self, unit: Any) -> Iterator[Any]:
        """The unit's variables and functions; on the way the paths of its types are noted."""
        namespaces: list[str] = []
        for die in unit.iter_DIEs():
            if die.is_null():
                if namespaces:
                    namespaces.pop()
                continue
            if die.tag in {"DW_TAG_structure_type", "DW_TAG_union_type", "DW_TAG_enumeration_type"}:
                name = text_of(die, "DW_AT_name")
                if name and any(namespaces):
                    self._paths[die.offset] = "::".join((*filter(None, namespaces), name))
            elif die.tag in {"DW_TAG_variable", "DW_TAG_subprogram"}:
                yield die
            if die.has_children:
                is_scope = die.tag == "DW_TAG_namespace" or (
                    die.tag == "DW_TAG_structure_type" and any(namespaces)
                )
                namespaces.append((text_of(die, "DW_AT_name") or "") if is_scope else "")

    def _subject(self, variable: Any) -> RecordLayout | None:
        """What the variable points to (C), or the pointer that it wraps (Rust).

        A tagless record has the name of the typedef next to it, as its members' types have. What is
        no record comes as a record of one member, `__0`, as in Rust's tuple structs. `void`
        and functions have no layout.
        """
        pointer = refer(variable)
        if pointer is not None and (text_of(pointer, "DW_AT_name") or "").startswith(f"{WRAPPER}<"):
            fields = (c for c in pointer.iter_children() if c.tag == "DW_TAG_member")
            pointer = refer(next(fields))
        type_ = self._types.read(refer(pointer))
        if type_ is None:
            return None
        name: str | None = None
        inner: Type = type_
        while isinstance(inner, TypedefType | QualifiedType) and inner.target is not None:
            name = inner.name if isinstance(inner, TypedefType) else name
            inner = inner.target
        if isinstance(inner, FunctionType) or strip(inner) is None:
            return None
        if isinstance(inner, RecordLayout):
            return inner if inner.name else replace(inner, name=name)
        size = byte_size_of(type_)
        member = Member(name="__0", bit_offset=0, bit_size=size * 8, type=type_)
        return RecordLayout(
            name=name, kind="struct", byte_size=size, alignment=None, members=(member,)
        )


def _content(type_: Type) -> Type:
    """What a record of one member is, down to what is no such record."""
    while isinstance(type_, RecordLayout):
        sized = [member for member in type_.members if member.bit_size]
        if len(sized) != 1 or sized[0].bit_size != type_.byte_size * 8:
            break
        type_ = sized[0].type
    return type_


def _pointer_to_item(die: Any) -> Any | None:
    """The type of the variable that points to an item (C), or the one argument of the generic."""
    if die.tag == "DW_TAG_variable":
        return refer(die)
    arguments = (c for c in die.iter_children() if c.tag == "DW_TAG_template_type_param")
    return next(map(refer, arguments), None)
