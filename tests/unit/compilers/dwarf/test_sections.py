"""sections.py: the sections of debug information of ELF files (generic ABI, chapter 4)."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.dwarf import sections as module
from layoutcheck.compilers.dwarf.sections import read_data, read_sections
from layoutcheck.compilers.probes.c import render_c_probe
from layoutcheck.errors import DwarfError
from layoutcheck.model.probe_key import ProbeKey
from tests.corruption import Whole, look_at, write_number
from tests.dwarf_objects import compile_c_text, linker
from tests.elf_objects import (
    DYNAMIC,
    RELOCATABLE,
    Section,
    Symbol,
    elf_bytes,
    opened,
    refused,
    symbol_sections,
)
from tests.questions import ask_types

NOBITS = 8
COMPRESSED = 0x800
"""SHT_NOBITS and SHF_COMPRESSED."""
INFO = Section(name=".debug_info", data=b"info")


def test_each_section_is_read() -> None:
    """Each section is read by its name. A missing section is empty."""
    content = elf_bytes(
        Section(name=".debug_abbrev", data=b"abbrev"),
        INFO,
        Section(name=".debug_str_offsets", data=b"offsets"),
        Section(name=".debug_line_str", data=b"line_str"),
    )
    found = read_sections(opened(content))
    assert found is not None
    assert (found.info, found.abbrev, found.str_offsets) == (b"info", b"abbrev", b"offsets")
    assert (found.line_str, found.line, found.str) == (b"line_str", b"", b"")
    assert (found.byte_order, found.machine) == ("little", "EM_X86_64")


def test_a_file_of_32_bits_and_big_endian() -> None:
    """A big-endian file of 32 bits is read. Its machine is one of ELF's names."""
    found = read_sections(opened(elf_bytes(INFO, order="big", bits=32, machine=20)))
    assert found is not None
    assert (found.byte_order, found.machine, found.info) == ("big", "EM_PPC", b"info")


def test_a_file_without_debug_information() -> None:
    """A table of abbreviations alone is no debug information."""
    assert read_sections(opened(elf_bytes(Section(name=".debug_abbrev", data=b"x")))) is None
    assert read_sections(opened(elf_bytes())) is None


def test_a_compressed_section_is_decompressed() -> None:
    """A header of type, size and alignment comes first (generic ABI), then zlib's data."""
    packed = struct.pack("<IIQQ", 1, 0, 5, 1) + zlib.compress(b"whole")
    section = Section(name=".debug_info", data=packed, flags=COMPRESSED)
    found = read_sections(opened(elf_bytes(section)))
    assert found is not None
    assert found.info == b"whole"


def test_a_relocatable_file_is_relocated() -> None:
    """R_X86_64_32 writes symbol and addend; in a linked file nothing is left to do."""
    symbols, names = symbol_sections(Symbol(name="s", section=1, value=0x1000), names_at=4)
    relocation = struct.pack("<QQq", 4, 1 << 32 | 10, 0x23)
    rela = Section(name=".rela.debug_info", data=relocation, type=4, link=3, info=1, entry_size=24)
    info = Section(name=".debug_info", data=bytes(8))
    for type_, expected in ((RELOCATABLE, 0x1023), (DYNAMIC, 0)):
        content = elf_bytes(info, rela, symbols, names, type_=type_)
        found = read_sections(opened(content))
        assert found is not None
        assert struct.unpack("<II", found.info) == (0, expected)


def test_a_section_without_bytes_in_the_file_is_zeros() -> None:
    """A section without bytes in the file, such as `.bss`, is read as zeros."""
    content = elf_bytes(INFO, Section(name=".bss", type=NOBITS, size=6))
    assert read_data(opened(content).get_section(2)) == bytes(6)


@pytest.mark.parametrize("type_", [1, NOBITS])
def test_a_section_that_is_too_large_is_refused(type_: int) -> None:
    """A section is refused by the size in its header, before memory is allocated."""
    size = module.MAX_BYTES + 1
    content = elf_bytes(INFO, Section(name=".large", type=type_, size=size))
    with pytest.raises(DwarfError) as caught:
        read_data(opened(content).get_section(2))
    assert caught.value.what == f"its section .large would have {size} bytes"


def test_a_section_that_ends_behind_the_file_is_refused() -> None:
    """A section with fewer bytes than in its header is refused."""
    content = elf_bytes(INFO, Section(name=".cut", data=b"abc", size=1 << 20))
    with pytest.raises(DwarfError) as caught:
        read_data(opened(content).get_section(2))
    assert caught.value.what == "its section .cut does not fit into the file"


def test_section_headers_of_another_size_are_refused() -> None:
    """The size is that of the file's class (generic ABI, figure 4-8)."""
    for bits, at, size in ((64, 58, 64), (32, 46, 40)):
        content = bytearray(elf_bytes(INFO, bits=64 if bits == 64 else 32))
        struct.pack_into("<H", content, at, 41)
        with pytest.raises(DwarfError) as caught:
            opened(bytes(content))
        assert caught.value.what == f"its section headers have 41 bytes each, not {size}"


def test_section_headers_that_end_behind_the_file_are_refused() -> None:
    """Section headers that end one byte behind the file are refused."""
    with pytest.raises(DwarfError) as caught:
        opened(elf_bytes(INFO)[:-1])
    assert caught.value.what == "its 3 section headers do not fit into the file"


@pytest.fixture
def whole(tmp_path: Path) -> Whole:
    """A valid object."""
    text = "struct s { int i; };\n" + render_c_probe((), ask_types(["struct s"]))
    return look_at("whole", link_shared(linker(), compile_c_text(text, tmp_path)))


def compressed(whole: Whole, content: bytes) -> bytes:
    """The object with another .debug_str, compressed as the generic ABI has it (SHF_COMPRESSED)."""
    data, fields = bytearray(whole.data), whole.section_headers[".debug_str"]
    packed = b"".join(n.to_bytes(8, whole.order) for n in (1, len(content), 1))
    packed += zlib.compress(content)
    for name, number in (("offset", len(data)), ("size", len(packed)), ("flags", COMPRESSED)):
        write_number(data, whole, fields[name], number)
    return bytes(data + packed)


@pytest.mark.needs_clang
def test_section_headers(whole: Whole, tmp_path: Path) -> None:
    """Headers of a wrong size, or too many for the file, are refused."""
    data = bytearray(whole.data)
    *_, size, count, _ = whole.headers
    write_number(data, whole, size, 1)
    assert "headers have 1 bytes each, not 64" in refused(data, tmp_path)
    write_number(data, whole, size, 64)
    write_number(data, whole, count, 0)
    write_number(data, whole, whole.section_headers[""]["size"], 1 << 60)
    assert "section headers do not fit into the file" in refused(data, tmp_path)


@pytest.mark.needs_clang
def test_a_section_that_grows(whole: Whole, tmp_path: Path) -> None:
    """Rightly compressed it is read; a thousandfold it is not."""
    start, size = whole.sections[".debug_str"]
    path = tmp_path / "compressed.so"
    path.write_bytes(compressed(whole, whole.data[start : start + size]))
    assert read_layouts(path).records[ProbeKey("type", 0)].byte_size == 4
    grows = compressed(whole, bytes(200 << 20))
    assert "section .debug_str would have 209715200 bytes" in refused(grows, tmp_path)
