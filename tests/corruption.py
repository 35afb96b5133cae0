"""A real object -> the same corrupted: anywhere, or where its structure is sensitive.

A `Random` determines the corruption, so that its seed makes the same object again.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Final, Literal

from elftools.elf.elffile import ELFFile

__all__ = ["Whole", "corrupt", "look_at", "write_number"]

DEBUG: Final = (".debug_info", ".debug_abbrev", ".debug_str", ".debug_str_offsets", ".debug_line")
OTHERS: Final = (".debug_line_str", ".symtab", ".strtab", ".shstrtab", ".data", ".rodata", ".bss")
COMPRESSED: Final = 0x800
"""SHF_COMPRESSED; its header begins with ELFCOMPRESS_ZLIB = 1."""
NUMBERS: Final = ("_size", "_count", "_bound", "_offset", "_value", "_location", "_file", "_line")
KNOWN_FORMS: Final = (0x08, 0x0A, 0x0B, 0x0D, 0x0F, 0x13, 0x16, 0x17, 0x18, 0x19, 0x1E, 0x20, 0x21)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """The place of an attribute's value in the file."""

    name: str
    at: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """An object, and the places of its parts in the file, in bytes.

    `headers` are the fields (place, size) of its ELF header; `sections` are the places of the
    sections, `section_headers` the fields of each one's header. `dies` are offsets in the unit.
    """

    name: str
    data: bytes
    order: Literal["little", "big"]
    word: int
    headers: tuple[tuple[int, int], ...]
    sections: dict[str, tuple[int, int]]
    section_headers: dict[str, dict[str, tuple[int, int]]]
    values: tuple[Value, ...]
    dies: tuple[int, ...]


def look_at(name: str, path: Path) -> Whole:
    """Return the object with the places of its parts, as pyelftools reads them."""
    with path.open("rb") as stream:
        elf = ELFFile(stream)
        word = elf.elfclass // 8
        section_headers, sections = {}, {}
        for number, section in enumerate(elf.iter_sections()):
            start = elf["e_shoff"] + number * elf["e_shentsize"]
            section_headers[section.name] = _fields(start, SECTION_HEADER, word)
            size = 0 if section["sh_type"] == "SHT_NOBITS" else section["sh_size"]
            sections[section.name] = (section["sh_offset"], size)
        dwarf = elf.get_dwarf_info()
        values, dies = [], []
        info = sections[".debug_info"][0]
        for unit in dwarf.iter_CUs():
            for die in unit.iter_DIEs():
                if die.is_null() or not die.attributes:
                    continue
                dies.append(die.offset - unit.cu_offset)
                ends = [*(a.offset for a in die.attributes.values()), die.offset + die.size][1:]
                for attribute, end in zip(die.attributes.values(), ends, strict=True):
                    size = end - attribute.offset
                    values.append(Value(name=attribute.name, at=info + attribute.offset, size=size))
        return Whole(
            name=name,
            data=path.read_bytes(),
            order="little" if elf.little_endian else "big",
            word=word,
            headers=tuple(_fields(16, ELF_HEADER, word).values()),
            sections=sections,
            section_headers=section_headers,
            values=tuple(value for value in values if value.size),
            dies=tuple(dies),
        )


# Sizes of fields as in the generic ABI; 0 is a word.
ELF_HEADER: Final = {
    **dict.fromkeys(("type", "machine"), 2),
    "version": 4,
    **dict.fromkeys(("entry", "phoff", "shoff"), 0),
    "flags": 4,
    **dict.fromkeys(("ehsize", "phentsize", "phnum", "shentsize", "shnum", "shstrndx"), 2),
}
SECTION_HEADER: Final = {
    **dict.fromkeys(("name", "type"), 4),
    **dict.fromkeys(("flags", "addr", "offset", "size"), 0),
    **dict.fromkeys(("link", "info"), 4),
    **dict.fromkeys(("addralign", "entsize"), 0),
}


def _fields(at: int, sizes: dict[str, int], word: int) -> dict[str, tuple[int, int]]:
    fields = {}
    for name, size in sizes.items():
        fields[name] = (at, size or word)
        at += size or word
    return fields


def corrupt(whole: Whole, random: Random) -> tuple[bytes, tuple[str, ...]]:
    """Apply one to three corruptions at once; return the object and their names."""
    data, done = bytearray(whole.data), []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        what = random.choice(WAYS)
        what(data, whole, random)
        done.append(what.__name__)
    return bytes(data), tuple(done)


def _extreme(random: Random, size: int) -> int:
    """Return an extreme number, in `size` bytes."""
    top = (1 << (8 * size)) - 1
    return random.choice(
        (
            *(0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x10000, 1 << 31, 1 << 40, top >> 1),
            *(top, top - 1, top - random.randrange(64), random.randrange(top + 1)),
            *(random.randrange(1 << 20), random.randrange(1 << 10), random.randrange(64)),
        )
    ) & (top)


def write_number(data: bytearray, whole: Whole, place: tuple[int, int], number: int) -> None:
    """Write a number into a field, cut to its size."""
    at, size = place
    data[at : at + size] = (number & (1 << 8 * size) - 1).to_bytes(size, whole.order)


def _place(whole: Whole, random: Random, *names: str) -> tuple[int, int]:
    """Return a section that exists and has bytes."""
    return whole.sections[random.choice([n for n in names if whole.sections.get(n, (0, 0))[1]])]


def flip_bits(data: bytearray, _: Whole, random: Random) -> None:
    """Flip up to eight bits anywhere."""
    for _number in range(random.randrange(1, 9)):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def flip_bits_of_dwarf(data: bytearray, whole: Whole, random: Random) -> None:
    """Flip up to three bits in a section of debug information."""
    start, size = _place(whole, random, *DEBUG)
    for _ in range(random.randrange(1, 4)):
        at = start + random.randrange(size)
        if at < len(data):
            data[at] ^= 1 << random.randrange(8)


def cut(data: bytearray, _: Whole, random: Random) -> None:
    """Cut the file at its end."""
    del data[random.randrange(len(data)) :]
    data += b"\0" * (not data)


def overwrite(data: bytearray, _: Whole, random: Random) -> None:
    """Overwrite a run of bytes with zeros, ones, or any."""
    at, size = random.randrange(len(data)), random.choice((1, 4, 16, 200))
    byte = random.choice((b"\0", b"\xff", b"\x80", b"A", None))
    run = random.randbytes(size) if byte is None else byte * size
    data[at : at + size] = run[: len(data) - at]


def double(data: bytearray, _: Whole, random: Random) -> None:
    """Copy a block over another, or insert it in between."""
    size = random.choice((4, 24, 64, 500))
    one, other = random.randrange(len(data)), random.randrange(len(data))
    block = data[one : one + size]
    if random.random() < 0.5:
        data[other:other] = block
    else:
        data[other : other + len(block)] = block[: len(data) - other]


def elf_header(data: bytearray, whole: Whole, random: Random) -> None:
    """Change a field of the ELF header."""
    place = random.choice(whole.headers)
    write_number(data, whole, place, _extreme(random, place[1]))


def section_header(data: bytearray, whole: Whole, random: Random) -> None:
    """Change a field of a section header that is read; types and flags become valid others."""
    name = random.choice([n for n in (*DEBUG, *OTHERS) if n in whole.section_headers])
    field, place = random.choice(list(whole.section_headers[name].items()))
    number = _extreme(random, place[1])
    if field == "type":
        number = random.choice((1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 18, 19, 0x6FFFFFF6, number))
    if field == "flags":
        number = random.choice((COMPRESSED, number))
    write_number(data, whole, place, number)


def compress(data: bytearray, whole: Whole, random: Random) -> None:
    """Compress a section: correctly, with another size, or so that it grows a thousandfold."""
    name = random.choice([n for n in DEBUG if n in whole.section_headers])
    start, size = whole.sections[name]
    content = bytes(data[start : start + size])
    claimed = random.choice((len(content), len(content) + 1, 0, _extreme(random, whole.word)))
    packed = zlib.compress(content)
    if random.random() < 0.3:
        packed, claimed = _bomb(), random.choice((BOMB, BOMB // 2, 1 << 30, 60 << 20))
    header = [(random.choice((1, 1, 1, 2, 9)), 4)] + [(0, 4)] * (whole.word == 8)
    header += [(claimed, whole.word), (1, whole.word)]
    written = b"".join(
        (number & (1 << 8 * size) - 1).to_bytes(size, whole.order) for number, size in header
    )
    _move(data, whole, name, written + packed)
    write_number(data, whole, whole.section_headers[name]["flags"], COMPRESSED)


BOMB: Final = 200 << 20


@cache
def _bomb() -> bytes:
    return zlib.compress(bytes(BOMB))


def _move(data: bytearray, whole: Whole, name: str, content: bytes) -> None:
    """Put another content of a section at the end of the file."""
    fields = whole.section_headers[name]
    write_number(data, whole, fields["offset"], len(data))
    write_number(data, whole, fields["size"], len(content))
    data += content


def enlarge(data: bytearray, whole: Whole, random: Random) -> None:
    """Enlarge a section: its content again and again, or one byte a million times."""
    name = random.choice([n for n in (*DEBUG, ".symtab", ".strtab") if n in whole.section_headers])
    start, size = whole.sections[name]
    content = bytes(data[start : start + size])
    more = random.choice((1 << 16, 1 << 20))
    if random.random() < 0.5:
        content *= more // max(1, size)
    else:
        content += random.choice((b"\0", b"\x01", b"\x02", b"\x80", b"\xff", b"A")) * more
    _move(data, whole, name, content)
    if random.random() < 0.5:  # and the unit or the table says so
        write_number(data, whole, (len(data) - len(content), 4), len(content) - 4)


def abbreviation(data: bytearray, whole: Whole, random: Random) -> None:
    """Change a byte of the table to another form, tag or attribute, or to an endless number."""
    start, size = _place(whole, random, ".debug_abbrev")
    at = start + random.randrange(size)
    run = random.choice((1, 1, 1, 12, 40))
    form = random.choice((*KNOWN_FORMS, random.randrange(256), random.randrange(64)))
    run_of = [form] if run == 1 else [random.choice((0x80, 0xFF))] * run
    data[at : at + run] = bytes(run_of)


def value(data: bytearray, whole: Whole, random: Random) -> None:
    """Change the value of an attribute."""
    one = random.choice(whole.values)
    write_number(data, whole, (one.at, one.size), _extreme(random, one.size))


def size(data: bytearray, whole: Whole, random: Random) -> None:
    """Make up to five sizes, counts, places or constants huge or small."""
    ones = [one for one in whole.values if one.name.endswith(NUMBERS)]
    for one in random.sample(ones, min(len(ones), random.randrange(1, 6))):
        write_number(data, whole, (one.at, one.size), _extreme(random, one.size))


def reference(data: bytearray, whole: Whole, random: Random) -> None:
    """Redirect up to twenty types to other DIEs: themselves, their holders, or DIEs of no type."""
    ones = [one for one in whole.values if one.name == "DW_AT_type"]
    for one in random.sample(ones, min(len(ones), random.choice((1, 2, 20)))):
        write_number(data, whole, (one.at, one.size), random.choice(whole.dies))


def number_without_end(data: bytearray, whole: Whole, random: Random) -> None:
    """Write a run of bytes, each of which continues the number."""
    start, size = _place(whole, random, *DEBUG)
    at, run = start + random.randrange(size), random.choice((4, 12, 64, 4096))
    run = min(run, max(0, len(data) - at))
    data[at : at + run] = random.choice((b"\x80", b"\xff")) * run


def text(data: bytearray, whole: Whole, random: Random) -> None:
    """Make offsets of texts point anywhere, or remove the end of texts."""
    start, size = _place(whole, random, ".debug_str_offsets", ".debug_str", ".debug_line_str")
    at = start + random.randrange(size)
    if random.random() < 0.5:
        write_number(data, whole, (at, 4), _extreme(random, 4))
    else:
        data[at : start + size] = data[at : start + size].replace(b"\0", b"A")


def line_header(data: bytearray, whole: Whole, random: Random) -> None:
    """Change a byte or a word of a line header: lengths, formats, counts."""
    start, size = _place(whole, random, ".debug_line")
    width = random.choice((1, 1, 2, 4))
    write_number(
        data, whole, (start + random.randrange(min(size, 80)), width), _extreme(random, width)
    )


def unit_header(data: bytearray, whole: Whole, random: Random) -> None:
    """Change a byte or a word of a unit header: length, version, type, abbreviations."""
    start, size = _place(whole, random, ".debug_info")
    width = random.choice((1, 2, 4, 8))
    write_number(
        data, whole, (start + random.randrange(min(size, 24)), width), _extreme(random, width)
    )


def location(data: bytearray, whole: Whole, random: Random) -> None:
    """Change expressions and places of members."""
    ones = [one for one in whole.values if one.name.endswith(("_location", "_offset"))]
    for one in random.sample(ones, min(len(ones), 3)):
        at = one.at + random.randrange(one.size)
        data[at : at + 1] = bytes((random.choice((0, 3, 6, 0x10, 0x22, 0x23, 0x80, 0xFF)),))


def symbol(data: bytearray, whole: Whole, random: Random) -> None:
    """Change a word of a symbol: its name, section, address, or size."""
    start, size = _place(whole, random, ".symtab")
    width = random.choice((1, 2, 4, 8))
    at = start + random.randrange(size) // width * width
    write_number(data, whole, (at, width), _extreme(random, width))


WAYS: Final[tuple[Callable[[bytearray, Whole, Random], None], ...]] = (
    *(flip_bits, flip_bits_of_dwarf, cut, overwrite, double, elf_header, section_header),
    *(compress, enlarge, abbreviation, abbreviation, value, value, size, reference, reference),
    *(number_without_end, text, line_header, unit_header, location, symbol),
)
