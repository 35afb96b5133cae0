"""A probe object -> the layouts, values and types that it has for the probe's keys."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from layoutcheck.compilers.dwarf.dies import Die, Dies
from layoutcheck.compilers.dwarf.lines import SourceFiles
from layoutcheck.compilers.dwarf.sections import Sections, open_elf, read_sections
from layoutcheck.compilers.dwarf.types import TypeReader
from layoutcheck.compilers.dwarf.values import InitialisedData
from layoutcheck.errors import DwarfError
from layoutcheck.model.layout import (
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
from layoutcheck.model.layout_set import ConstantValue, LayoutSet
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.symbols import (
    ALIGNMENT,
    CONSTANT,
    ITEM,
    SUBJECT,
    TYPE,
    VALUE,
    WRAPPER,
    key_in,
)

__all__ = ["read_layouts"]

_WRAPPED: Final = re.compile(rf"\b{WRAPPER}<")
_VALUE: Final = re.compile(rf"\b{VALUE}<")
_PREFIXES: Final = (SUBJECT, ALIGNMENT, CONSTANT, ITEM, TYPE)
_IDENTITY_BYTES: Final = 8
_OFFSET_BITS: Final = 32
_NAMED: Final = frozenset(("DW_TAG_variable", "DW_TAG_subprogram"))


def read_layouts(path: Path, *, strip_prefixes: tuple[str, ...] = ()) -> LayoutSet:
    """Return the contents of the probe object at `path`, by the probe's keys.

    Only a linked object has the values of constants.

    A source path that starts with one of `strip_prefixes` is returned without it. Raises
    `DwarfError` for an object that cannot be read, for any reason.
    """
    try:
        with path.open("rb") as stream:
            elf = open_elf(stream)
            sections = read_sections(elf)
            if sections is not None:
                return _Reader(elf, sections, strip_prefixes).read()
    except OSError as error:
        raise DwarfError(error.strerror or str(error), where=str(path)) from None
    except Exception as error:  # a corrupt file makes elftools raise anything
        kind = "" if isinstance(error, DwarfError) else f"{type(error).__name__}: "
        raise DwarfError(
            f"cannot be read: {kind}{error}",
            where=str(path),
            hint="is it a complete ELF object with DWARF 2 to 5?",
        ) from error
    raise DwarfError("has no debug information", where=str(path), hint="compile it with -g")


class _Reader:
    """One reading of one object."""

    def __init__(self, elf: Any, sections: Sections, strip_prefixes: tuple[str, ...]) -> None:
        self._elf = elf
        self._dies = Dies(sections, _NAMED)
        digest = hashlib.blake2b(sections.info, digest_size=_IDENTITY_BYTES).digest()
        identity = int.from_bytes(digest, "big") << _OFFSET_BITS
        self._types = TypeReader(self._dies, SourceFiles(strip_prefixes), identity=identity)

    def read(self) -> LayoutSet:
        named: dict[str, dict[ProbeKey, Die]] = {prefix: {} for prefix in _PREFIXES}
        producers: list[str] = []
        for unit in self._dies.units:
            producers.append(unit.root.text("DW_AT_producer") or "unknown")
            for die in map(self._dies.at, unit.wanted):
                name = die.text("DW_AT_name") or ""
                prefix = next(filter(name.startswith, _PREFIXES), None)
                if prefix is not None:
                    named[prefix][key_in(name, prefix)] = die
        records = self._records(named[SUBJECT], named[ALIGNMENT])
        items = self._items(named[CONSTANT], named[ITEM] | named[TYPE])
        aligned = {r.ref: r for r in records.values() if r.ref is not None}
        return LayoutSet(
            producer=", ".join(dict.fromkeys(producers)) or "unknown",
            records=MappingProxyType(records),
            **items,
            definitions=MappingProxyType(self._types.definitions() | aligned),
        )

    def _records(
        self, subjects: Mapping[ProbeKey, Die], alignments: Mapping[ProbeKey, Die]
    ) -> dict[ProbeKey, RecordLayout]:
        found = {}
        for key, die in subjects.items():
            record = self._subject(die)
            array = self._types.read(alignments[key].reference()) if key in alignments else None
            if record is not None and isinstance(array, ArrayType):
                record = replace(record, alignment=array.counts[0])
            if record is not None:
                found[key] = record
        return found

    def _items(
        self, constants: Mapping[ProbeKey, Die], items: Mapping[ProbeKey, Die]
    ) -> dict[str, Mapping[ProbeKey, Any]]:
        """Return constants, objects and symbols; an unlinked object has no values and symbols."""
        objects = self._objects(items)
        values, symbols = dict[ProbeKey, ConstantValue](), dict[ProbeKey, str]()
        if (constants or items) and self._elf["e_type"] != "ET_REL":
            data = InitialisedData(self._elf, (CONSTANT, ITEM))
            types = {key: self._constant_type(die.reference()) for key, die in constants.items()}
            # An alias of an array has no DIE of its own.
            types |= {key: type_ for key, type_ in objects.items() if f"{CONSTANT}{key}" in data}
            values = {
                key: ConstantValue(type=type_, value=data.value(f"{CONSTANT}{key}", type_))
                for key, type_ in types.items()
                if type_ is not None
            }
            linked = ((key, data.symbol(f"{ITEM}{key}")) for key in objects if key not in values)
            symbols = {key: symbol for key, symbol in linked if symbol is not None}
        return {
            "constants": MappingProxyType(values),
            "objects": MappingProxyType(
                {key: type_ for key, type_ in objects.items() if key not in values}
            ),
            "symbols": MappingProxyType(symbols),
        }

    def _constant_type(self, offset: int | None) -> Type | None:
        """Return the type of a constant; for a pointer, which Rust's probe wraps, the pointer.

        For a value that Rust's probe wraps, it is the content of all newtypes around it.
        """
        type_ = self._types.read(offset)
        if isinstance(type_, RecordLayout) and _VALUE.search(type_.name or ""):
            return _content(type_.members[0].type)
        if isinstance(type_, RecordLayout) and _WRAPPED.search(type_.name or ""):
            return type_.members[0].type
        return type_

    def _objects(self, dies: Mapping[ProbeKey, Die]) -> dict[ProbeKey, Type]:
        types = {key: self._types.read_object(self._pointer(die)) for key, die in dies.items()}
        return {key: type_ for key, type_ in types.items() if type_ is not None}

    def _pointer(self, die: Die) -> Die | None:
        """Return the type of the variable that points to an item, or of the generic's argument."""
        if die.tag == "DW_TAG_variable":
            return self._unwrapped(self._referred(die))
        arguments = die.unit.children(die)
        return next(
            (self._referred(c) for c in arguments if c.tag == "DW_TAG_template_type_param"), None
        )

    def _unwrapped(self, pointer: Die | None) -> Die | None:
        """Return the type of a pointer that Rust's probe may wrap."""
        if pointer is None or not (pointer.text("DW_AT_name") or "").startswith(f"{WRAPPER}<"):
            return pointer
        fields = pointer.unit.children(pointer)
        return self._referred(next((f for f in fields if f.tag == "DW_TAG_member"), None))

    def _referred(self, die: Die | None) -> Die | None:
        """Return the DIE of another DIE's type."""
        offset = None if die is None else die.reference()
        return None if offset is None else self._dies.at(offset)

    def _subject(self, variable: Die) -> RecordLayout | None:
        """Return the target of the variable (C), or of the pointer that it wraps (Rust).

        A tagless record has the name of the typedef next to it, like the types of members. Other
        types are returned as a record of one member, `__0`, as in Rust's tuple structs. `void` and
        functions have no layout.
        """
        pointer = self._unwrapped(self._referred(variable))
        type_ = None if pointer is None else self._types.read(pointer.reference())
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
    """Return the content of records of one member, at any depth."""
    while isinstance(type_, RecordLayout):
        sized = [member for member in type_.members if member.bit_size]
        if len(sized) != 1 or sized[0].bit_size != type_.byte_size * 8:
            break
        type_ = sized[0].type
    return type_
