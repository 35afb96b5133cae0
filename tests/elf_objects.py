"""Sections in bytes -> an ELF file of either class and byte order, as the generic ABI has it.

For tests of edges that no compiler writes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal

import pytest

from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.dwarf.sections import open_elf
from layoutcheck.errors import DwarfError

__all__ = [
    "DYNAMIC",
    "RELOCATABLE",
    "Section",
    "Symbol",
    "elf_bytes",
    "opened",
    "refused",
    "symbol_sections",
]

RELOCATABLE: Final = 1
DYNAMIC: Final = 3
"""ET_REL and ET_DYN."""
_PROGBITS: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section; `size` is the one in its header, None for that of the data."""

    name: str
    data: bytes = b""
    type: int = _PROGBITS
    flags: int = 0
    address: int = 0
    link: int = 0
    info: int = 0
    entry_size: int = 0
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """One symbol: the number of its section, and its address."""

    name: str
    section: int
    value: int


def elf_bytes(
    *sections: Section,
    type_: int = DYNAMIC,
    machine: int = 62,
    order: Literal["little", "big"] = "little",
    bits: Literal[32, 64] = 64,
) -> bytes:
    """The file: its header, the sections' data, and their headers; the first one is number 1."""
    mark, word = ("<" if order == "little" else ">"), ("Q" if bits == 64 else "I")
    header_size, entry_size = (64, 64) if bits == 64 else (52, 40)
    names = b"\0" + b"".join(one.name.encode() + b"\0" for one in sections) + b".shstrtab\0"
    every = (*sections, Section(name=".shstrtab", data=names, type=3))
    data, entries = b"", bytes(entry_size)
    for one in every:
        at, size = header_size + len(data), len(one.data) if one.size is None else one.size
        name = names.index(one.name.encode() + b"\0")
        entries += struct.pack(
            f"{mark}II{word * 4}II{word * 2}",
            *(
                name,
                one.type,
                one.flags,
                one.address,
                at,
                size,
                one.link,
                one.info,
                1,
                one.entry_size,
            ),
        )
        data += one.data
    ident = b"\x7fELF" + bytes((bits // 32, 1 if order == "little" else 2, 1)) + bytes(9)
    header = struct.pack(
        f"{mark}HHI{word * 3}IHHHHHH",
        *(type_, machine, 1, 0, 0, header_size + len(data), 0),
        *(header_size, 0, 0, entry_size, len(every) + 1, len(every)),
    )
    return ident + header + data + entries


def symbol_sections(
    *symbols: Symbol,
    names_at: int,
    order: Literal["little", "big"] = "little",
    bits: Literal[32, 64] = 64,
) -> tuple[Section, Section]:
    """A table of symbols, which follow an empty one, and their names, in section `names_at`."""
    mark = "<" if order == "little" else ">"
    entry_size = 24 if bits == 64 else 16
    names, table = b"\0", bytes(entry_size)
    for one in symbols:
        if bits == 64:
            row = struct.pack(f"{mark}IBBHQQ", len(names), 0x11, 0, one.section, one.value, 0)
        else:
            row = struct.pack(f"{mark}IIIBBH", len(names), one.value, 0, 0x11, 0, one.section)
        table += row
        names += one.name.encode() + b"\0"
    return (
        Section(name=".symtab", data=table, type=2, link=names_at, entry_size=entry_size),
        Section(name=".strtab", data=names, type=3),
    )


def opened(content: bytes) -> Any:  # noqa: ANN401 - pyelftools has no types
    """The file as pyelftools reads it."""
    return open_elf(BytesIO(content))


def refused(content: bytes | bytearray, folder: Path) -> str:
    """Return the reason why an object is refused."""
    path = folder / "corrupt.so"
    path.write_bytes(content)
    with pytest.raises(DwarfError) as caught:
        read_layouts(path)
    assert caught.value.where == str(path)
    return caught.value.what
