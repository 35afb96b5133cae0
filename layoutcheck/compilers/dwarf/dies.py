"""The sections of debug information -> units and their DIEs, each read when it is needed.

One walk over a unit records the end of each DIE's children and the DIEs with a wanted tag; it reads
no values. A reference to a DIE is its offset in `.debug_info`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator
from struct import Struct
from typing import Final

from layoutcheck.compilers.dwarf.abbreviations import (
    Abbreviation,
    Encoded,
    Value,
    read_abbreviations,
)
from layoutcheck.compilers.dwarf.forms import CONSTANTS, REFERENCES, read_text, uleb
from layoutcheck.compilers.dwarf.sections import Sections
from layoutcheck.errors import DwarfError

__all__ = ["Die", "Dies", "Unit"]

VERSIONS: Final = range(2, 6)
LONG: Final = 0xFFFFFFFF
"""The first word of a unit with offsets of 8 bytes (DWARF 5, section 7.4)."""
NAMESPACE: Final = "DW_TAG_namespace"
STRUCTURE: Final = "DW_TAG_structure_type"
_IN_SCOPES: Final = frozenset((STRUCTURE, "DW_TAG_union_type", "DW_TAG_enumeration_type"))


class Die:
    """One debugging information entry: its tag, and the values of its attributes."""

    __slots__ = ("abbreviation", "end", "offset", "unit", "values")

    def __init__(self, unit: Unit, offset: int) -> None:
        self.unit, self.offset = unit, offset
        self.abbreviation, at = unit.abbreviation(offset)
        self.values, self.end = self.abbreviation.read(unit.sections.info, at)

    @property
    def tag(self) -> str:
        """Return the tag: `DW_TAG_member`."""
        return self.abbreviation.tag

    def number(self, name: str) -> int | None:
        """Return an attribute that is a constant; None if it is absent, or refers to its value."""
        value = self.values.get(name)
        if value is None or self.abbreviation.forms[name] not in CONSTANTS:
            return None
        return int(value)

    def block(self, name: str) -> bytes | None:
        """Return an attribute that is an expression or other bytes; None for other attributes."""
        value = self.values.get(name)
        return value if isinstance(value, bytes) else None

    def text(self, name: str) -> str | None:
        """Return an attribute that is a text; None if it is absent."""
        value = self.values.get(name)
        return None if value is None else self.unit.text(self.abbreviation.forms[name], value)

    def reference(self, name: str = "DW_AT_type") -> int | None:
        """Return the offset of the DIE that an attribute refers to; None without it (`void`)."""
        value = self.values.get(name)
        if value is None:
            return None
        form = self.abbreviation.forms[name]
        if form in REFERENCES:
            return self.unit.offset + int(value)
        if form == "ref_addr":
            return int(value)
        raise DwarfError(f"the DIE at {self.offset:#x} refers to another by the form {form}")


class Unit:
    """One unit: its DIEs. `wanted` are the offsets of those that have one of the `tags`."""

    def __init__(
        self, dies: Dies, encoded: Encoded, *, offset: int, first: int, end: int, table: int
    ) -> None:
        self.sections, self.encoded = dies.sections, encoded
        self.offset, self.first, self.end = offset, first, end
        self._dies = dies
        self._table = dies.abbreviations(table, encoded)
        self._ends: dict[int, int] = {}
        self._parents: dict[int, int] = {}
        self._scopes: dict[int, tuple[str, ...]] = {}
        self.wanted = self._walk(dies.tags)
        self.root = Die(self, first)

    def _walk(self, tags: Collection[str]) -> list[int]:
        data, end, table = self.sections.info, self.end, self._table
        wanted, at = list[int](), self.first
        open_: list[int] = []
        while at < end:
            offset, code = at, data[at]
            at += 1
            if code >= 0x80:  # noqa: PLR2004 - more bytes of it follow
                code, at = uleb(data, offset)
            if code == 0:
                if open_:
                    self._ends[open_.pop()] = at
                continue
            abbreviation = table.get(code)
            if abbreviation is None:
                raise DwarfError(f"the DIE at {offset:#x} has no abbreviation {code}")
            size = abbreviation.byte_size
            at = abbreviation.skip(data, at) if size is None else at + size
            if abbreviation.tag in tags:
                wanted.append(offset)
            if open_ and (abbreviation.has_children or abbreviation.tag in _IN_SCOPES):
                self._parents[offset] = open_[-1]
            if abbreviation.has_children:
                open_.append(offset)
        if open_ or at != end:
            raise DwarfError(f"the unit at {self.offset:#x} ends within a DIE")
        return wanted

    def abbreviation(self, offset: int) -> tuple[Abbreviation, int]:
        """Return the abbreviation of the DIE at an offset, and the place of its values."""
        code, at = uleb(self.sections.info, offset)
        abbreviation = self._table.get(code)
        if abbreviation is None or not self.first <= offset < self.end:
            raise DwarfError(f"there is no DIE at {offset:#x}")
        return abbreviation, at

    def children(self, die: Die) -> Iterator[Die]:
        """Yield the direct children of a DIE, in order."""
        if not die.abbreviation.has_children:
            return
        at, end = die.end, self._end(die) - 1
        while at < end:
            child = Die(self, at)
            yield child
            at = self._end(child) if child.abbreviation.has_children else child.end

    def _end(self, die: Die) -> int:
        if die.offset not in self._ends:
            raise DwarfError(f"no DIE begins at {die.offset:#x}")
        return self._ends[die.offset]

    def path(self, die: Die) -> str | None:
        """Return the name of a type, after those of the namespaces and structs that it is in."""
        name = die.text("DW_AT_name")
        scope = self._scope(self._parents.get(die.offset))
        return "::".join((*scope, name)) if name and scope else name

    def _scope(self, offset: int | None) -> tuple[str, ...]:
        """Return the names of a DIE and those around it; structs count inside a namespace."""
        inner: list[int] = []
        while offset is not None and offset not in self._scopes:
            inner.append(offset)
            offset = self._parents.get(offset)
        names = self._scopes[offset] if offset is not None else ()
        for around in reversed(inner):
            die = Die(self, around)
            if die.tag == NAMESPACE or (names and die.tag == STRUCTURE):
                name = die.text("DW_AT_name")
                names = (*names, name) if name else names
            self._scopes[around] = names
        return names

    def text(self, form: str, value: Value) -> str:
        """Return a text in its form: the text itself, or a reference to it."""
        if isinstance(value, bytes) and form == "string":
            return value.decode("utf-8", "replace")
        if form == "strp":
            return self._dies.text(int(value))
        if form == "line_strp":
            return read_text(self.sections.line_str, int(value)).decode("utf-8", "replace")
        if form.startswith("strx"):
            return self._dies.text(self._indexed(value))
        raise DwarfError(f"a unit has names of the form {form}, which are not read")

    def _indexed(self, value: Value) -> int:
        """Return the offset of a text by its number (DWARF 5, section 7.26)."""
        order, size = self.encoded.byte_order, self.encoded.offset_size
        number = int.from_bytes(value, order) if isinstance(value, bytes) else value
        # `self.root` is set when this is called: names are never requested while the root is read.
        base = self.root.values.get("DW_AT_str_offsets_base")
        if not isinstance(base, int):
            raise DwarfError(f"the unit at {self.offset:#x} has no DW_AT_str_offsets_base")
        at = base + number * size
        offset = self.sections.str_offsets[at : at + size]
        if len(offset) != size:
            raise DwarfError(f"there is no text {number} in .debug_str_offsets")
        return int.from_bytes(offset, order)


class Dies:
    """All units of an object; DIEs that have one of the `tags` are recorded."""

    def __init__(self, sections: Sections, tags: Collection[str]) -> None:
        self.sections, self.tags = sections, tags
        self._tables: dict[tuple[int, Encoded], dict[int, Abbreviation]] = {}
        self._texts: dict[int, str] = {}
        self.units = tuple(self._units())
        self._offsets = [unit.offset for unit in self.units]

    def at(self, offset: int) -> Die:
        """Return the DIE at an offset of `.debug_info`."""
        number = bisect_right(self._offsets, offset) - 1
        if number < 0:
            raise DwarfError(f"there is no DIE at {offset:#x}")
        return Die(self.units[number], offset)

    def abbreviations(self, at: int, encoded: Encoded) -> dict[int, Abbreviation]:
        """Return the table at a place, which several units may share."""
        key = (at, encoded)
        if key not in self._tables:
            self._tables[key] = read_abbreviations(self.sections.abbrev, at, encoded)
        return self._tables[key]

    def text(self, offset: int) -> str:
        """Return the text at an offset of `.debug_str`; each is decoded once."""
        text = self._texts.get(offset)
        if text is None:
            text = read_text(self.sections.str, offset).decode("utf-8", "replace")
            self._texts[offset] = text
        return text

    def _units(self) -> Iterator[Unit]:
        """Yield the units in order, by their headers (DWARF 5, section 7.5.1)."""
        data, order = self.sections.info, self.sections.byte_order
        mark = "<" if order == "little" else ">"
        word, half, long = Struct(f"{mark}I"), Struct(f"{mark}H"), Struct(f"{mark}Q")
        offset = 0
        while offset < len(data):
            (length,), at, size = word.unpack_from(data, offset), offset + 4, 4
            if length == LONG:
                (length,), at, size = long.unpack_from(data, at), at + 8, 8
            end = at + length
            (version,), at = half.unpack_from(data, at), at + 2
            if version not in VERSIONS or end > len(data):
                raise DwarfError(f"there is no unit of DWARF 2 to 5 at {offset:#x}")
            # DWARF 5 has the unit's type and the addresses' size before the table; earlier versions
            # reverse it.
            is_new = version == VERSIONS[-1]
            table_at = at + 2 if is_new else at
            table = int.from_bytes(data[table_at : table_at + size], order)
            address_size = data[at + 1] if is_new else data[at + size]
            encoded = Encoded(
                byte_order=order, version=version, offset_size=size, address_size=address_size
            )
            first = at + size + (2 + _more(data[at], size) if is_new else 1)
            if first >= end:
                raise DwarfError(f"the unit at {offset:#x} is empty")
            yield Unit(self, encoded, offset=offset, first=first, end=end, table=table)
            offset = end


def _more(unit_type: int, offset_size: int) -> int:
    """Return the additional bytes in the headers of some types of units (section 7.5.1)."""
    if unit_type in {2, 6}:  # DW_UT_type, DW_UT_split_type
        return 8 + offset_size
    return 8 if unit_type in {4, 5} else 0  # DW_UT_skeleton, DW_UT_split_compile
