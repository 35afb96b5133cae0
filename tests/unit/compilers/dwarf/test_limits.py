"""What would be read without end, or into too much memory, is refused, and says what it is."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.dwarf.forms import read_text, sleb, uleb
from layoutcheck.compilers.probes.c import render_c_probe
from layoutcheck.errors import DwarfError
from layoutcheck.model.probe_key import ProbeKey
from tests.corruption import Whole, look_at
from tests.dwarf_objects import compile_c_text, linker
from tests.questions import ask_types


@pytest.fixture
def whole(tmp_path: Path) -> Whole:
    """An object that is right."""
    text = "struct s { int i; };\n" + render_c_probe((), ask_types(["struct s"]))
    return look_at("whole", link_shared(linker(), compile_c_text(text, tmp_path)))


def write(data: bytearray, whole: Whole, place: tuple[int, int], number: int) -> None:
    """A number into a field."""
    at, size = place
    data[at : at + size] = number.to_bytes(size, whole.order)


def refused(data: bytes | bytearray, folder: Path) -> str:
    """Why an object is refused."""
    path = folder / "corrupt.so"
    path.write_bytes(data)
    with pytest.raises(DwarfError) as caught:
        read_layouts(path)
    assert caught.value.where == str(path)
    return caught.value.what


def compressed(whole: Whole, content: bytes) -> bytes:
    """The object with another .debug_str, compressed as the generic ABI has it (SHF_COMPRESSED)."""
    data, fields = bytearray(whole.data), whole.section_headers[".debug_str"]
    packed = b"".join(n.to_bytes(8, whole.order) for n in (1, len(content), 1))
    packed += zlib.compress(content)
    for name, number in (("offset", len(data)), ("size", len(packed)), ("flags", 0x800)):
        write(data, whole, fields[name], number)
    return bytes(data + packed)


@pytest.mark.needs_clang
def test_section_headers(whole: Whole, tmp_path: Path) -> None:
    """One more for each byte, and as many as a word says."""
    data = bytearray(whole.data)
    *_, size, count, _ = whole.headers
    write(data, whole, size, 1)
    assert "headers have 1 bytes each, not 64" in refused(data, tmp_path)
    write(data, whole, size, 64)
    write(data, whole, count, 0)
    write(data, whole, whole.section_headers[""]["size"], 1 << 60)
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


@pytest.mark.needs_clang
def test_a_type_in_itself(whole: Whole, tmp_path: Path) -> None:
    """Every type is the first DIE, the unit; or itself."""
    data = bytearray(whole.data)
    types = [value for value in whole.values if value.name == "DW_AT_type"]
    for value in types:
        write(data, whole, (value.at, value.size), whole.dies[0])
    assert "is no type that C or Rust is known to make" in refused(data, tmp_path)


def test_numbers_and_texts() -> None:
    """As the examples of DWARF 5, section 7.6, have them; and what has no end."""
    assert [uleb(b, 0) for b in (b"\x02", b"\x7f", b"\x80\x01")] == [(2, 1), (127, 1), (128, 2)]
    assert [sleb(b, 0)[0] for b in (b"\x02", b"\x7e", b"\x80\x7f", b"\xff\0")] == [2, -2, -128, 127]
    assert uleb(b"\xff" * 9 + b"\x01", 0) == ((1 << 64) - 1, 10)
    for endless in (b"\x80" * 11, b"\xff", b""):
        with pytest.raises(DwarfError, match="has no end"):
            uleb(endless, 0)
    assert read_text(b"ab\0c", 1) == b"b"
    for endless in (b"ab", b"A" * (1 << 17) + b"\0"):
        with pytest.raises(DwarfError, match="has no end"):
            read_text(endless, 0)
