"""An ELF file -> the bytes of its sections of debug information, within limits.

pyelftools reads the file. Values that would make it loop on a corrupt file are refused before.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, Final, Literal, TypeAlias

from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationHandler

from layoutcheck.errors import DwarfError

__all__ = ["Sections", "open_elf", "read_data", "read_sections"]

MAX_BYTES: Final = 32 << 20
"""Limit of one section: thirty times that of a probe of all headers of a kernel."""

Machine: TypeAlias = str
"""ELF's name of a machine: `EM_X86_64`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """Sections in DWARF 5, section 7.1 and appendix B; a missing section is empty."""

    byte_order: Literal["little", "big"]
    info: bytes
    abbrev: bytes
    str: bytes
    line: bytes
    line_str: bytes
    str_offsets: bytes
    machine: Machine


def open_elf(stream: BinaryIO) -> Any:
    """Open the file with pyelftools; check that its section table is valid and inside the file."""
    elf = ELFFile(stream)
    size, count = elf.structs.Elf_Shdr.sizeof(), elf.num_sections()
    if count and elf["e_shentsize"] != size:
        raise DwarfError(f"its section headers have {elf['e_shentsize']} bytes each, not {size}")
    if elf["e_shoff"] + count * size > elf.stream_len:
        raise DwarfError(f"its {count} section headers do not fit into the file")
    return elf


def read_sections(elf: Any) -> Sections | None:
    """Return the sections, relocated if the file is not linked; None without debug information."""
    found = {section.name: section for section in elf.iter_sections()}
    if ".debug_info" not in found:
        return None
    return Sections(
        byte_order="little" if elf.little_endian else "big",
        info=_relocated(elf, found.get(".debug_info")),
        abbrev=_relocated(elf, found.get(".debug_abbrev")),
        str=_relocated(elf, found.get(".debug_str")),
        line=_relocated(elf, found.get(".debug_line")),
        line_str=_relocated(elf, found.get(".debug_line_str")),
        str_offsets=_relocated(elf, found.get(".debug_str_offsets")),
        machine=str(elf["e_machine"]),
    )


def read_data(section: Any) -> bytes:
    """Return the bytes of a section, decompressed; zeros for one without bytes in the file."""
    if section.data_size > MAX_BYTES:
        raise DwarfError(f"its section {section.name} would have {section.data_size} bytes")
    data: bytes = section.data()
    if len(data) != section.data_size:
        raise DwarfError(f"its section {section.name} does not fit into the file")
    return data


def _relocated(elf: Any, section: Any | None) -> bytes:
    if section is None:
        return b""
    data = read_data(section)
    if elf["e_type"] == "ET_REL":
        handler = RelocationHandler(elf)
        relocations = handler.find_relocations_for_section(section)
        if relocations is not None:
            stream = BytesIO(data)
            handler.apply_section_relocations(stream, relocations)
            data = stream.getvalue()
    return data
