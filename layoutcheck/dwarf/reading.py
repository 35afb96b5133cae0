"""A probe object -> the layouts of the subjects that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from elftools.elf.elffile import ELFFile

from layoutcheck.dwarf.attributes import MemberLocations, SourceFiles, refer, text_of
from layoutcheck.dwarf.types import TypeReader
from layoutcheck.errors import DwarfError
from layoutcheck.layout import (
    ArrayType,
    FunctionType,
    LayoutSet,
    Member,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
    byte_size_of,
    strip,
)
from layoutcheck.symbols import ALIGNMENT, SUBJECT, WRAPPER

__all__ = ["read_layouts"]


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
                return _Reader(dwarf, strip_prefixes, little_endian=elf.little_endian).read()
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

    def __init__(self, dwarf: Any, strip_prefixes: tuple[str, ...], *, little_endian: bool) -> None:
        self._dwarf = dwarf
        self._paths: dict[int, str] = {}
        self._types = TypeReader(
            MemberLocations(dwarf, little_endian=little_endian),
            SourceFiles(dwarf, strip_prefixes),
            self._paths,
        )

    def read(self) -> LayoutSet:
        subjects: dict[str, Any] = {}
        alignments: dict[str, int | None] = {}
        producers: list[str] = []
        for unit in self._dwarf.iter_CUs():
            producers.append(text_of(unit.get_top_DIE(), "DW_AT_producer") or "unknown")
            for die in self._variables(unit):
                name = text_of(die, "DW_AT_name") or ""
                if name.startswith(SUBJECT):
                    subjects[name.removeprefix(SUBJECT)] = die
                elif name.startswith(ALIGNMENT):
                    array = self._types.read(refer(die))
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
                name = text_of(die, "DW_AT_name")
                if name and any(namespaces):
                    self._paths[die.offset] = "::".join((*filter(None, namespaces), name))
            elif die.tag == "DW_TAG_variable":
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
