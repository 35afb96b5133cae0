"""A DIE's attributes -> numbers, texts, bit offsets and source locations.

Knows what each version of DWARF writes differently: member locations as expressions (DWARF 2,
section 2.4), bit offsets that count from the other end of the storage unit (DWARF 3, section
5.6.6), file tables that count from 1 (before DWARF 5, section 6.2.4).
"""

from __future__ import annotations

from typing import Any, Final

from elftools.dwarf.dwarf_expr import DWARFExprParser

from layoutcheck.errors import DwarfError
from layoutcheck.location import SourceLocation

__all__ = ["MemberLocations", "SourceFiles", "number_of", "refer", "text_of"]

DW_OP_PLUS_UCONST: Final = 0x23
REFERENCES: Final = ("DW_FORM_ref", "DW_FORM_sec_offset", "DW_FORM_GNU_ref")
MODERN: Final = 5


def refer(die: Any) -> Any | None:
    """The DIE that DW_AT_type refers to, None if there is none (`void`)."""
    return die.get_DIE_from_attribute("DW_AT_type") if "DW_AT_type" in die.attributes else None


def number_of(die: Any, name: str) -> int | None:
    """An attribute that is a constant; None if it is absent, or says where to find its value."""
    attribute = die.attributes.get(name)
    if attribute is None or not isinstance(attribute.value, int):
        return None
    return None if attribute.form.startswith(REFERENCES) else attribute.value


def text_of(die: Any, name: str) -> str | None:
    """An attribute that is a string; None if it is absent."""
    attribute = die.attributes.get(name)
    return None if attribute is None else _decode(attribute.value)


class MemberLocations:
    """Where the members of records are, in one object."""

    def __init__(self, dwarf: Any, *, little_endian: bool) -> None:
        self._expressions = DWARFExprParser(dwarf.structs)
        self._little_endian = little_endian

    def bit_offset(self, die: Any, *, storage_byte_size: int) -> int:
        """Bits from the beginning of the record to the member at `die`.

        `storage_byte_size` is the size of the member's type, in which a bit-field lies unless it
        says another. Raises `DwarfError` for what is no constant offset.
        """
        from_start = number_of(die, "DW_AT_data_bit_offset")
        if from_start is not None:
            return from_start
        byte_offset = self._byte_offset(die)
        from_top, bit_size = number_of(die, "DW_AT_bit_offset"), number_of(die, "DW_AT_bit_size")
        if from_top is None or bit_size is None:
            return byte_offset * 8
        if not self._little_endian:
            return byte_offset * 8 + from_top
        storage = number_of(die, "DW_AT_byte_size") or storage_byte_size
        return (byte_offset + storage) * 8 - from_top - bit_size

    def _byte_offset(self, die: Any) -> int:
        attribute = die.attributes.get("DW_AT_data_member_location")
        if attribute is None:  # a union's members need not say it
            return 0
        constant = number_of(die, "DW_AT_data_member_location")
        if constant is not None:
            return constant
        if not isinstance(attribute.value, int):  # it is no list of locations
            operations = self._expressions.parse_expr(attribute.value)
            if len(operations) == 1 and operations[0].op == DW_OP_PLUS_UCONST:
                return int(operations[0].args[0])
        raise DwarfError(f"the member at {die.offset:#x} has no constant offset")


class SourceFiles:
    """Where the DIEs of one object were declared; a path is given without a prefix of `strip`."""

    def __init__(self, dwarf: Any, strip: tuple[str, ...]) -> None:
        self._dwarf, self._strip = dwarf, strip
        self._files: dict[int, tuple[str | None, ...]] = {}

    def location(self, die: Any) -> SourceLocation | None:
        """What DW_AT_decl_file and DW_AT_decl_line say, None if they say nothing."""
        index, line = number_of(die, "DW_AT_decl_file"), number_of(die, "DW_AT_decl_line")
        if index is None or line is None:
            return None
        files = self._files.get(die.cu.cu_offset)
        if files is None:
            files = self._files[die.cu.cu_offset] = self._read(die.cu)
        path = files[index] if 0 <= index < len(files) else None
        return None if path is None else SourceLocation(path=path, line=line)

    def _read(self, unit: Any) -> tuple[str | None, ...]:
        """The unit's file table as paths; before DWARF 5 there is no file 0."""
        program = self._dwarf.line_program_for_CU(unit)
        if program is None:
            return ()
        header = program.header
        is_modern = header["version"] >= MODERN
        folders = [_decode(folder) for folder in header["include_directory"]]
        if not is_modern:
            folders.insert(0, text_of(unit.get_top_DIE(), "DW_AT_comp_dir") or "")
        files: list[str | None] = [] if is_modern else [None]
        for entry in header["file_entry"]:
            name = _decode(entry.name)
            folder = folders[entry.dir_index] if entry.dir_index < len(folders) else ""
            path = name if name.startswith("/") or not folder else f"{folder}/{name}"
            if not path.startswith("/") and folders:
                path = f"{folders[0]}/{path}"
            prefix = next((p for p in self._strip if path.startswith(p)), "")
            files.append(path.removeprefix(prefix))
        return tuple(files)


def _decode(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
