"""A linked object's initialised data -> the values of the variables in it."""

from __future__ import annotations

import struct
from bisect import bisect_left
from typing import Any, Final, Literal

from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import SymbolTableSection

from layoutcheck.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    PointerType,
    Type,
    byte_size_of,
    strip,
)

__all__ = ["InitialisedData"]

_FLOATS: Final = {4: "f", 8: "d"}


class InitialisedData:
    """The variables of one object, by their symbols' names."""

    def __init__(self, elf: Any, *, prefix: str) -> None:
        self._elf = elf
        self._symbols = {
            symbol.name: symbol
            for table in elf.iter_sections()
            if isinstance(table, SymbolTableSection)
            for symbol in table.iter_symbols()
            if symbol.name.startswith(prefix)
        }
        self._sections: dict[int, tuple[int, bytes]] = {}
        self._decided_later = sorted(
            relocation["r_offset"]
            for section in elf.iter_sections()
            if isinstance(section, RelocationSection)
            for relocation in section.iter_relocations()
        )

    def value(self, name: str, type_: Type | None) -> int | float | bytes | None:
        """The value of the variable; None where a relocation decides it, or its bits are not read.

        Not read are records, arrays but of bytes, and floats wider than 8 bytes, in which some bits
        mean nothing.
        """
        symbol, size = self._symbols.get(name), byte_size_of(type_)
        if symbol is None or not isinstance(symbol["st_shndx"], int):
            return None
        address = symbol["st_value"]
        at = bisect_left(self._decided_later, address)
        if self._decided_later[at : at + 1] and self._decided_later[at] < address + size:
            return None
        start, data = self._section(symbol["st_shndx"])
        return self._decoded(strip(type_), data[address - start : address - start + size])

    def _section(self, number: int) -> tuple[int, bytes]:
        if number not in self._sections:
            section = self._elf.get_section(number)
            self._sections[number] = (section["sh_addr"], section.data())
        return self._sections[number]

    def _decoded(self, type_: Type | None, data: bytes) -> int | float | bytes | None:
        order: Literal["little", "big"] = "little" if self._elf.little_endian else "big"
        match type_:
            case BaseType(encoding=Encoding.FLOAT, byte_size=size) if size in _FLOATS:
                written = data if order == "little" else data[::-1]
                number: float = struct.unpack(f"<{_FLOATS[size]}", written)[0]
                return number
            case BaseType(encoding=Encoding.FLOAT | Encoding.OTHER):
                return None
            case BaseType(encoding=encoding):
                return int.from_bytes(data, order, signed=encoding is Encoding.SIGNED)
            case EnumType(signed=signed):
                return int.from_bytes(data, order, signed=signed)
            case PointerType():
                return int.from_bytes(data, order)
            case ArrayType(element=element) if byte_size_of(element) == 1:
                return data
            case _:
                return None
