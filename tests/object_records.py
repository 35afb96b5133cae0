"""Object files of a kernel -> the records that their debug information describes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf.dies import Die, Dies
from layoutcheck.compilers.dwarf.lines import SourceFiles
from layoutcheck.compilers.dwarf.sections import Sections, open_elf, read_sections
from layoutcheck.compilers.dwarf.types import TypeReader
from layoutcheck.compilers.find.programs import Linker
from layoutcheck.errors import DwarfError
from layoutcheck.model.layout import RecordLayout

__all__ = ["Layout", "ObjectRecord", "find_objects", "layout_of", "read_objects"]

_RECORDS: Final = {"DW_TAG_structure_type": "struct", "DW_TAG_union_type": "union"}
_TYPEDEF: Final = "DW_TAG_typedef"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The size of a record in bytes; its members' names, offsets in bits and sizes in bits."""

    byte_size: int
    members: tuple[tuple[str | None, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRecord:
    """A record as C names it, the file that declares it, and one layout that objects give it.

    `path` is the file's whole path; two files of one header in two folders are two records.
    """

    c_name: str
    path: str
    layout: Layout


def layout_of(record: RecordLayout) -> Layout:
    """Return the compared facts of a record: its direct members."""
    members = ((one.name, one.bit_offset, one.bit_size) for one in record.members)
    return Layout(byte_size=record.byte_size, members=tuple(members))


def find_objects(path: Path) -> tuple[Path, ...]:
    """Return the `.o` files below a folder, or the file itself."""
    return tuple(sorted(path.rglob("*.o"))) if path.is_dir() else (path,)


def read_objects(objects: Sequence[Path], linker: Linker) -> dict[ObjectRecord, Path]:
    """Return every record of the objects, with the first object that has it.

    A record without a tag has its typedef's name. An object may have no debug information, such as
    that of a source whose option is off. Raises `DwarfError` if no object has any, `ToolchainError`
    if the linker fails.
    """
    found: dict[ObjectRecord, Path] = {}
    is_described = False
    with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
        for path in objects:
            sections = _sections(_linked(path, linker, Path(folder)))
            is_described |= sections is not None
            for record in () if sections is None else _read(sections):
                found.setdefault(record, path)
    if not is_described:
        where = ", ".join(map(str, objects[:1])) or "no object"
        raise DwarfError("has no debug information", where=where, hint="build it with -g")
    return found


def _linked(path: Path, linker: Linker, folder: Path) -> Path:
    """Return the object itself if it needs no relocation, otherwise a linked one."""
    with path.open("rb") as stream:
        if open_elf(stream)["e_type"] != "ET_REL":
            return path
    link = folder / "object.o"  # the linked object is written beside it
    link.unlink(missing_ok=True)
    link.symlink_to(path.resolve())
    return link_shared(linker, link)


def _sections(linked: Path) -> Sections | None:
    with linked.open("rb") as stream:
        return read_sections(open_elf(stream))


def _read(sections: Sections) -> Iterator[ObjectRecord]:
    dies, files = Dies(sections, (*_RECORDS, _TYPEDEF)), SourceFiles(())
    for unit in dies.units:
        types = TypeReader(dies, files)  # of C, no unit refers to another
        for die in map(dies.at, unit.wanted):
            record, c_name = _named(die, dies)
            if record is None or "DW_AT_declaration" in record.values:
                continue
            layout, at = types.read(record.offset), files.location(record)
            if isinstance(layout, RecordLayout) and at is not None:
                yield ObjectRecord(c_name=c_name, path=at.path, layout=layout_of(layout))


def _named(die: Die, dies: Dies) -> tuple[Die | None, str]:
    """Return the record that a DIE names, and its name in C; None if it names none."""
    name = die.text("DW_AT_name")
    if name is None:
        return None, ""
    if die.tag != _TYPEDEF:
        return die, f"{_RECORDS[die.tag]} {name}"
    target = die.reference()
    record = None if target is None else dies.at(target)
    if record is None or record.tag not in _RECORDS or "DW_AT_name" in record.values:
        return None, ""
    return record, name
