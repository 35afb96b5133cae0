"""lines.py: the files of a unit, out of the header of its line number program (section 6.2.4)."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from layoutcheck.compilers.dwarf.dies import Die, Dies
from layoutcheck.compilers.dwarf.lines import SourceFiles
from layoutcheck.compilers.dwarf.sections import Sections
from layoutcheck.errors import DwarfError
from layoutcheck.model.probe_key import ProbeKey
from tests.dwarf_objects import read_c

# A unit of DWARF 4 with a list of statements and a folder, and variables that name file and line.
ABBREVIATIONS = bytes(
    (
        *(1, 0x11, 1, 0x10, 0x17, 0x1B, 0x08, 0, 0),  # stmt_list as sec_offset, comp_dir as string
        *(2, 0x34, 0, 0x3A, 0x0B, 0x3B, 0x0B, 0, 0),  # decl_file, decl_line
        *(3, 0x34, 0, 0x3A, 0x0B, 0, 0),
        *(4, 0x11, 1, 0x1B, 0x08, 0, 0),
        0,
    )
)
FOLDERS = ("/usr/include", "sys")
FILES = (("a.c", 0), ("b.h", 1), ("c.h", 2), ("/d.h", 1), ("e", 9))
EXPECTED = ("/work/a.c", "/usr/include/b.h", "/work/sys/c.h", "/d.h")
"""The expected places, but for the last file, whose folder does not exist."""


def old_header(version: int, *, is_long: bool = False) -> bytes:
    """The header of a program before DWARF 5: folders, then files, and nothing else."""
    folders = b"".join(one.encode() + b"\0" for one in FOLDERS) + b"\0"
    files = b"".join(name.encode() + bytes((0, folder, 0, 0)) for name, folder in FILES) + b"\0"
    middle = bytes((1, *((1,) if version == 4 else ()), 1, 0xFB, 14, 13)) + bytes(12)
    return _with_lengths(version, b"", middle + folders + files, is_long=is_long)


def new_header(*, is_long: bool = False) -> bytes:
    """Return a header of DWARF 5: file 0 is the unit's own, and folder 0 is its folder."""
    middle = bytes((1, 1, 1, 0xFB, 14, 13)) + bytes(12)
    folders = bytes((1, 1, 0x08, 3)) + b"".join(f"{one}\0".encode() for one in ("/work", *FOLDERS))
    files = bytes((2, 1, 0x08, 2, 0x0B, len(FILES) + 1)) + b"a.c\0\0"
    files += b"".join(name.encode() + bytes((0, folder)) for name, folder in FILES)
    return _with_lengths(5, b"\x08\0", middle + folders + files, is_long=is_long)


def _with_lengths(version: int, sizes: bytes, rest: bytes, *, is_long: bool) -> bytes:
    word = "<Q" if is_long else "<I"
    after = struct.pack("<H", version) + sizes + struct.pack(word, len(rest)) + rest
    length = struct.pack(word, len(after))
    return (b"\xff\xff\xff\xff" if is_long else b"") + length + after


def unit_dies(line: bytes, *dies: bytes, at: int = 0, root: int = 1) -> list[Die]:
    """The DIEs below the root of a unit whose list of statements is at a place of `line`."""
    statements = struct.pack("<I", at) if root == 1 else b""
    body = bytes((root,)) + statements + b"/work\0" + b"".join(dies) + b"\0"
    header = struct.pack("<HIB", 4, 0, 8)
    info = struct.pack("<I", len(header) + len(body)) + header + body
    sections = Sections(
        byte_order="little",
        info=info,
        abbrev=ABBREVIATIONS,
        str=b"",
        line=line,
        line_str=b"",
        str_offsets=b"",
        machine="EM_X86_64",
    )
    (unit,) = Dies(sections, ()).units
    return list(unit.children(unit.root))


def places(
    line: bytes, *numbers: int, strip: tuple[str, ...] = (), at: int = 0
) -> list[str | None]:
    """The places of DIEs that name these files, all of them on line 7."""
    files = SourceFiles(strip)
    dies = unit_dies(line, *(bytes((2, number, 7)) for number in numbers), at=at)
    found = [files.location(die) for die in dies]
    assert {place.line for place in found if place} <= {7}
    return [None if place is None else place.path for place in found]


@pytest.mark.parametrize("version", [2, 3, 4])
@pytest.mark.parametrize("is_long", [False, True])
def test_files_before_dwarf_5(version: int, *, is_long: bool) -> None:
    """Files count from 1, and their folders from 0, the folder in which the unit was compiled."""
    line = old_header(version, is_long=is_long)
    assert places(line, 1, 2, 3, 4, 5) == [*EXPECTED, "/work/e"]
    assert places(line, 0, 6) == [None, None]


@pytest.mark.parametrize("is_long", [False, True])
def test_files_of_dwarf_5(*, is_long: bool) -> None:
    """Files count from 0, which is the unit's own."""
    line = new_header(is_long=is_long)
    assert places(line, 0, 1, 2, 3, 4, 5) == ["/work/a.c", *EXPECTED, "/work/e"]
    assert places(line, 6) == [None]


def test_a_program_behind_others() -> None:
    """DW_AT_stmt_list is its place in the section."""
    assert places(b"?" * 9 + old_header(4), 2, at=9) == ["/usr/include/b.h"]


def test_a_prefix_of_a_path_is_left_out() -> None:
    """The first that it has, once."""
    strip = ("/nowhere/", "/usr/", "/usr/include/")
    assert places(old_header(4), 1, 2, strip=strip) == ["/work/a.c", "include/b.h"]


def test_a_die_that_does_not_say_where_it_is() -> None:
    """A DIE without a line, or in a unit without a program, has no place."""
    files = SourceFiles(())
    (die,) = unit_dies(old_header(4), b"\x03\x01")
    assert files.location(die) is None
    (die,) = unit_dies(old_header(4), b"\x02\x01\x07", root=4)
    assert files.location(die) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"", "there is no line number program of DWARF 2 to 5 before 0x4"),
        (struct.pack("<IH", 2, 6), "there is no line number program of DWARF 2 to 5 before 0x4"),
        (old_header(4)[:12], "the line number program before 0x10 has no end"),
        (old_header(4)[:40], "has no end, or more than 65536 bytes"),
        (new_header()[:30], "the line number program before 0x1e has no end"),
        (new_header()[:-1], "the values at 0x5b have no end"),
    ],
    ids=["empty", "version 6", "lengths", "a folder", "entries", "an entry"],
)
def test_a_program_that_is_cut_off_is_refused(line: bytes, words: str) -> None:
    """The error says where the program is truncated."""
    with pytest.raises(DwarfError) as caught:
        places(line, 1)
    assert words in caught.value.what


def test_more_files_than_bytes_are_refused() -> None:
    """A number that is wrong must not be counted up to."""
    line = new_header().replace(bytes((2, 0x0B, len(FILES) + 1)), bytes((2, 0x0B, 0xFF, 0x7F)))
    with pytest.raises(DwarfError) as caught:
        places(line, 1)
    assert caught.value.what == "a line number program would have 16383 files"


def test_a_file_without_a_name_is_refused() -> None:
    """A file entry without DW_LNCT_path is refused."""
    line = new_header().replace(bytes((2, 1, 0x08, 2, 0x0B)), bytes((2, 3, 0x08, 2, 0x0B)))
    with pytest.raises(DwarfError) as caught:
        places(line, 1)
    assert caught.value.what == "a file of a line number program has no name"


@pytest.mark.needs_clang
@pytest.mark.parametrize("version", [2, 4, 5])
def test_places_of_declaration(version: int, tmp_path: Path) -> None:
    """A record in an included file, another in the unit, and a name that came from the probe."""
    (tmp_path / "include" / "sys").mkdir(parents=True)
    header = tmp_path / "include" / "sys" / "queue.h"
    header.write_text("\n\nstruct entry {\n\tint first;\n};\n", encoding="utf-8")
    text = "#include <sys/queue.h>\nstruct here { struct entry e; };"
    flags = ("-I", "include", f"-gdwarf-{version}")
    records = read_c(text, ["struct entry", "struct here"], tmp_path, flags=flags).records
    places = [str(record.declared_at) for record in records.values()]
    assert places == [f"{tmp_path}/include/sys/queue.h:3", f"{tmp_path}/sample.c:2"]
    assert (
        str(records[ProbeKey("type", 0)].members[0].declared_at)
        == f"{tmp_path}/include/sys/queue.h:4"
    )
