"""`clang -Xclang -fdump-record-layouts` text -> records: an oracle independent of DWARF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from layoutcheck.model.layout import RecordLayout, strip

__all__ = ["DumpedMember", "DumpedRecord", "parse_record_layouts", "places_in"]

LINE: Final = re.compile(r" *(?:(?P<byte>\d+)(?::(?P<bits>[\d-]*))?)? \|(?P<rest>.*)")
SIZE: Final = re.compile(r" \[sizeof=(?P<size>\d+), align=(?P<align>\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpedMember:
    """A member at some depth: `bit_size` is None unless it is a bit-field; no name is ""."""

    depth: int
    name: str
    bit_offset: int
    bit_size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpedRecord:
    """A record with all its contents, nested records opened, in order."""

    byte_size: int
    alignment: int
    members: tuple[DumpedMember, ...]


def parse_record_layouts(text: str) -> dict[str, DumpedRecord]:
    """Return the dumped records by their spelling ("struct mtx"), with the sizes in bytes."""
    records: dict[str, DumpedRecord] = {}
    for part in text.split("*** Dumping AST Record Layout\n")[1:]:
        title = ""
        members: list[DumpedMember] = []
        for line in part.splitlines():
            found = LINE.fullmatch(line)
            if found is None:
                break
            size = SIZE.match(found["rest"])
            if size is not None:
                records[title] = DumpedRecord(
                    byte_size=int(size["size"]),
                    alignment=int(size["align"]),
                    members=tuple(members),
                )
            elif not title:
                title = found["rest"].strip()
            elif found["byte"] is not None:
                members.append(_member(found))
    return records


def _member(found: re.Match[str]) -> DumpedMember:
    rest = found["rest"]
    depth = (len(rest) - len(rest.lstrip(" ")) - 1) // 2
    bit_offset, bit_size = int(found["byte"]) * 8, None
    if found["bits"] is not None:  # "3-7", or "-" for an empty one
        first, _, last = found["bits"].partition("-")
        bit_size = int(last) - int(first) + 1 if last else 0
        bit_offset += int(first or 0)
    name = rest.rpartition(" ")[2]
    return DumpedMember(depth=depth, name=name, bit_offset=bit_offset, bit_size=bit_size)


def places_in(
    record: RecordLayout, *, bit_offset: int = 0, depth: int = 1
) -> Iterator[DumpedMember]:
    """Yield the members that the DWARF reader has read, in the same form."""
    for member in record.members:
        offset = bit_offset + member.bit_offset
        yield DumpedMember(
            depth=depth,
            name=member.name or "",
            bit_offset=offset,
            bit_size=member.bit_size if member.is_bit_field else None,
        )
        inner = strip(member.type)
        if isinstance(inner, RecordLayout):
            yield from places_in(inner, bit_offset=offset, depth=depth + 1)
