"""The header of a line number program -> the files that a unit's DIEs were declared in.

DWARF 5, section 6.2.4. In earlier versions the tables end with an empty name, and count from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from layoutcheck.compilers.dwarf.abbreviations import Abbreviation, Value, describe
from layoutcheck.compilers.dwarf.dies import LONG, VERSIONS, Die, Unit
from layoutcheck.compilers.dwarf.forms import FORMS, read_text, uleb
from layoutcheck.errors import DwarfError
from layoutcheck.location import SourceLocation

__all__ = ["SourceFiles"]

MODERN: Final = 5
PATH: Final = 1
FOLDER: Final = 2
"""Contents of an entry, DW_LNCT_path and DW_LNCT_directory_index (DWARF 5, section 6.2.4.1)."""


class SourceFiles:
    """Places where one object's DIEs are declared; prefixes in `strip` are removed from paths."""

    def __init__(self, strip: tuple[str, ...]) -> None:
        self._strip = strip
        self._files: dict[int, tuple[str | None, ...]] = {}

    def location(self, die: Die) -> SourceLocation | None:
        """Return the place in DW_AT_decl_file and DW_AT_decl_line; None without them."""
        index, line = die.number("DW_AT_decl_file"), die.number("DW_AT_decl_line")
        if index is None or line is None:
            return None
        unit = die.unit
        files = self._files.get(unit.offset)
        if files is None:
            files = self._files[unit.offset] = tuple(self._paths(unit))
        path = files[index] if 0 <= index < len(files) else None
        return None if path is None else SourceLocation(path=path, line=line)

    def _paths(self, unit: Unit) -> Iterator[str | None]:
        """Yield the unit's files by their numbers; before DWARF 5 there is no file 0."""
        at = unit.root.values.get("DW_AT_stmt_list")
        if not isinstance(at, int):
            return
        version, folders, files = _read_header(unit, at)
        if version < MODERN:
            folders.insert(0, unit.root.text("DW_AT_comp_dir") or "")
            yield None
        for name, number in files:
            folder = folders[number] if number < len(folders) else ""
            path = name if name.startswith("/") or not folder else f"{folder}/{name}"
            if not path.startswith("/") and folders:
                path = f"{folders[0]}/{path}"
            prefix = next((p for p in self._strip if path.startswith(p)), "")
            yield path.removeprefix(prefix)


def _read_header(unit: Unit, at: int) -> tuple[int, list[str], list[tuple[str, int]]]:
    """Return the version of the header at a place, its folders, and its files with folders."""
    data, order = unit.sections.line, unit.encoded.byte_order
    size = 4
    if int.from_bytes(data[at : at + 4], order) == LONG:
        at, size = at + 4, 8
    at += size
    version = int.from_bytes(data[at : at + 2], order)
    if version not in VERSIONS or at + 2 > len(data):
        raise DwarfError(f"there is no line number program of DWARF 2 to 5 before {at:#x}")
    at += 4 if version == MODERN else 2  # the sizes of addresses and of segment selectors
    at += size  # the header's length
    at += 5 if version < 4 else 6  # noqa: PLR2004 - DWARF 4 added a field of one byte
    if at > len(data):
        raise DwarfError(f"the line number program before {at:#x} has no end")
    at += data[at - 1]  # one byte for each opcode below opcode_base, which is just before
    at -= 1
    if version < MODERN:
        folders, at = _old_folders(data, at)
        return version, folders, list(_old_files(data, at))
    read, at = _entries(unit, data, at, size)
    folders = [name for name, _ in read]
    return version, folders, _entries(unit, data, at, size)[0]


def _old_folders(data: bytes, at: int) -> tuple[list[str], int]:
    folders = []
    while name := read_text(data, at):
        folders.append(name.decode("utf-8", "replace"))
        at += len(name) + 1
    return folders, at + 1


def _old_files(data: bytes, at: int) -> Iterator[tuple[str, int]]:
    while name := read_text(data, at):
        folder, at = uleb(data, at + len(name) + 1)
        _, at = uleb(data, at)  # the time of its change
        _, at = uleb(data, at)  # its length
        yield name.decode("utf-8", "replace"), folder


def _entries(unit: Unit, data: bytes, at: int, size: int) -> tuple[list[tuple[str, int]], int]:
    """Return each entry's path and the number of its folder, and the place after the entries."""
    if at >= len(data):
        raise DwarfError(f"the line number program before {at:#x} has no end")
    specified: dict[str, tuple[str, int]] = {}
    count, at = data[at], at + 1
    for _ in range(count):
        content, at = uleb(data, at)
        form, at = uleb(data, at)
        specified[str(content)] = (FORMS.get(form, f"{form:#x}"), 0)
    layout = describe("entry", specified, replace(unit.encoded, offset_size=size))
    number, at = uleb(data, at)
    if number > len(data):
        raise DwarfError(f"a line number program would have {number} files")
    entries: list[tuple[str, int]] = []
    for _ in range(number):
        values, at = layout.read(data, at)
        entries.append((_name(unit, layout, values), int(values.get(str(FOLDER), 0))))
    return entries, at


def _name(unit: Unit, layout: Abbreviation, values: dict[str, Value]) -> str:
    if str(PATH) not in values:
        raise DwarfError("a file of a line number program has no name")
    return unit.text(layout.forms[str(PATH)], values[str(PATH)])
