"""A linked object's initialised data -> the values of the variables in it."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from layoutcheck.compilers.dwarf.floats import decode_float
from layoutcheck.compilers.dwarf.forms import read_text
from layoutcheck.compilers.dwarf.sections import read_data
from layoutcheck.errors import DwarfError
from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    PointerType,
    RecordLayout,
    Type,
    byte_size_of,
    strip,
)
from layoutcheck.model.layout_set import Number

__all__ = ["InitialisedData"]

_NUMBERS: Final = range(1, 17)
"""Possible sizes of an integer in bytes."""
_WITH_X87: Final = frozenset(("EM_386", "EM_X86_64"))
_SYMBOLS: Final = frozenset(("SHT_SYMTAB", "SHT_DYNSYM"))
_RELOCATIONS: Final = {"SHT_REL": "PP", "SHT_RELA": "PPP"}
"""Fields at the start of an entry: a place, and a symbol's number above the relocation's kind."""
_RESERVED: Final = 0xFF00
"""Reserved section numbers begin here: SHN_LORESERVE of the generic ABI."""


class InitialisedData:
    """The variables of one object, by their symbols' names, which begin with one of `prefixes`."""

    def __init__(self, elf: Any, prefixes: Sequence[str]) -> None:
        self._elf = elf
        self._addresses = dict(self._symbols(tuple(prefix.encode() for prefix in prefixes)))
        self._sections: dict[int, tuple[int, bytes]] = {}
        self._has_x87 = elf["e_machine"] in _WITH_X87
        # Relocated places, each with its symbol table and the number of the symbol.
        self._relocations = {
            place: (section["sh_link"], info >> (32 if elf.elfclass == 64 else 8))  # noqa: PLR2004
            for section in elf.iter_sections()
            if section["sh_type"] in _RELOCATIONS
            for place, info, *_ in self._rows(section, _RELOCATIONS[section["sh_type"]])
        }
        self._decided_later = sorted(self._relocations)

    def __contains__(self, name: str) -> bool:
        return name in self._addresses

    def symbol(self, name: str) -> str | None:
        """Return the symbol whose address the variable has; None if no other unit defines it."""
        _, address = self._addresses.get(name, (0, -1))
        table, number = self._relocations.get(address, (0, 0))
        if not number:
            return None
        section = self._elf.get_section(table)
        if section["sh_type"] not in _SYMBOLS or not 0 < number < section.num_symbols():
            raise DwarfError(f"the symbol {number} of the variable {name} is in no table")
        return str(section.get_symbol(number).name)

    def value(self, name: str, type_: Type | None) -> Number | bytes | tuple[Number, ...] | None:
        """Return the value of the variable; None if a relocation decides it or it is not read.

        Records, complex numbers, and numbers wider than any of C or Rust are not read: some of
        their bits have no meaning.
        """
        number, address = self._addresses.get(name, (0, 0))
        size = byte_size_of(type_)
        if not 0 < number < _RESERVED:
            return None
        at = bisect_left(self._decided_later, address)
        if self._decided_later[at : at + 1] and self._decided_later[at] < address + size:
            return None
        start, data = self._section(number)
        if not 0 <= address - start <= len(data) - size:
            raise DwarfError(f"the variable {name} is not inside of its section")
        return self._decoded(strip(type_), data[address - start : address - start + size])

    def _symbols(self, prefixes: Sequence[bytes]) -> Iterator[tuple[str, tuple[int, int]]]:
        """Yield the names with these prefixes, with their sections' numbers and addresses."""
        is_wide = self._elf.elfclass == 64  # noqa: PLR2004 - bits
        for table in self._elf.iter_sections():
            if table["sh_type"] not in _SYMBOLS:
                continue
            names = read_data(self._elf.get_section(table["sh_link"]))
            # Name, info, other, section, value, size; or name, value, size, info, other, section.
            for row in self._rows(table, "IBBHQQ" if is_wide else "IIIBBH"):
                if any(names.startswith(prefix, row[0]) for prefix in prefixes):
                    place = (row[3], row[4]) if is_wide else (row[5], row[1])
                    yield read_text(names, row[0]).decode("utf-8", "replace"), place

    def _rows(self, section: Any, codes: str) -> Iterator[tuple[int, ...]]:
        """Yield a section's entries, by the codes of `struct`; P is a word of the ELF class."""
        mark = "<" if self._elf.little_endian else ">"
        word = {32: "I", 64: "Q"}[self._elf.elfclass]
        entry = struct.Struct(mark + codes.replace("P", word))
        data = read_data(section)
        return entry.iter_unpack(data[: len(data) - len(data) % entry.size])

    def _section(self, number: int) -> tuple[int, bytes]:
        if number not in self._sections:
            section = self._elf.get_section(number)
            self._sections[number] = (section["sh_addr"], read_data(section))
        return self._sections[number]

    def _decoded(
        self, type_: Type | None, data: bytes
    ) -> Number | bytes | tuple[Number, ...] | None:
        match type_:
            case ArrayType(element=element) if (size := byte_size_of(element)) > 1:
                inner = strip(element)
                parts = (data[at : at + size] for at in range(0, len(data), size))
                values = tuple(self._number(inner, part) for part in parts)
                known = tuple(value for value in values if value is not None)
                return known if len(known) == len(values) else None
            case ArrayType(element=element) if byte_size_of(element) == 1:
                return None if isinstance(strip(element), RecordLayout) else data
            case _:
                return self._number(type_, data)

    def _number(self, type_: Type | None, data: bytes) -> Number | None:
        order: Literal["little", "big"] = "little" if self._elf.little_endian else "big"
        match type_:
            case BaseType(encoding=Encoding.FLOAT, name=name):
                written = data if order == "little" else data[::-1]
                return decode_float(written, is_x87=self._has_x87 and name == "long double")
            case BaseType(encoding=Encoding.OTHER | Encoding.COMPLEX | Encoding.COMPLEX_INTEGER):
                return None
            case BaseType(byte_size=size) | EnumType(byte_size=size) if size not in _NUMBERS:
                return None
            case BaseType(encoding=encoding):
                return int.from_bytes(data, order, signed=encoding is Encoding.SIGNED)
            case EnumType(signed=signed):
                return int.from_bytes(data, order, signed=signed)
            case PointerType(byte_size=size) if size in _NUMBERS:
                return int.from_bytes(data, order)
            case _:
                return None
