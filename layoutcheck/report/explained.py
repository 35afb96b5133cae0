"""An explained record -> text for a terminal: the offset of each member, and its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from layoutcheck.model.explanation import AlignedBy, ExplainedRecord, Placement
from layoutcheck.model.layout import RecordLayout, byte_size_of
from layoutcheck.report.spelling import c_declaration
from layoutcheck.report.terminal_safe import chopped, printable, wrapped

__all__ = ["render_explanation"]

_DIM, _RED, _OFF = "\033[2m", "\033[31m", "\033[0m"
_HEAD: Final = ("off", "size", "after", "align", "member")
_WIDEST_MEMBER: Final = 32
_NARROWEST_REASON: Final = 24
_SHORTEST_TYPE: Final = 10
_DEEPEST: Final = 4


@dataclass(frozen=True, slots=True)
class _Line:
    """One row: numbers as text, the member and its name alone, the reason; a gap has no member."""

    numbers: tuple[str, str, str, str]
    member: str
    reason: str
    name: str = ""
    is_gap: bool = False


def render_explanation(
    explained: ExplainedRecord,
    c_name: str,
    *,
    clang: RecordLayout | None = None,
    width: int = 80,
    color: bool = False,
) -> str:
    """Return a row for each member: its offset, the end of the member before, its alignment.

    `clang` is the compiler's layout. If the two differ, a warning comes first.
    """
    title = f"Why C lays {c_name} out so, computed from its declaration by {explained.psabi}:"
    lines = list(wrapped(printable(title), width, rest="  "))
    if clang is not None and not _agrees(explained.record, clang):
        words = "! This is not what clang says: one of the two is wrong. Please report it."
        lines.append(f"{_RED}{words}{_OFF}" if color else words)
    rows = list(_lines(explained, base=0, depth=0))
    lines += ["", *_table(rows, width, color=color), ""]
    lines += wrapped(printable(_sum(explained)), width, rest="  ")
    return "\n".join(lines) + "\n"


def _agrees(computed: RecordLayout, clang: RecordLayout) -> bool:
    """Return whether sizes, alignments and members' places are equal."""

    def facts(record: RecordLayout) -> tuple[object, ...]:
        members = [(m.name, m.bit_offset, m.bit_size, m.is_bit_field) for m in record.members]
        return record.kind, record.byte_size, record.alignment, members

    return facts(computed) == facts(clang)


def _table(rows: list[_Line], width: int, *, color: bool) -> Iterator[str]:
    columns = [
        max(len(head), *(len(row.numbers[n]) for row in rows), 0) if rows else len(head)
        for n, head in enumerate(_HEAD[:4])
    ]
    left = sum(columns) + 2 * len(columns) + 2
    longest = max([len(_HEAD[4]), *(len(row.member) for row in rows)])
    member = min(longest, _WIDEST_MEMBER, max(len(_HEAD[4]), width - left - _NARROWEST_REASON - 2))

    def line(numbers: tuple[str, ...], name: str) -> str:
        padded = (text.rjust(size) for text, size in zip(numbers, columns, strict=True))
        return f"  {'  '.join(padded)}  {name.ljust(member)}  "

    yield f"{line(_HEAD[:4], _HEAD[4])}because".rstrip()
    yield "  " + "-" * (width - 2)
    for row in rows:
        first = line(row.numbers, _fitted(row.member, row.name, member))
        for text in wrapped(row.reason, width, first=first, rest=" " * len(first)):
            yield f"{_DIM}{text.rstrip()}{_OFF}" if color and row.is_gap else text.rstrip()


def _lines(explained: ExplainedRecord, *, base: int, depth: int) -> Iterator[_Line]:
    indent = "  " * min(depth, _DEEPEST)
    for placement in explained.placements:
        if placement.hole and not (placement.is_bit_field and placement.name is None):
            numbers = (_offset(base + placement.previous_end), _size(placement.hole), "", "")
            yield _Line(numbers, f"{indent}/* hole */", _hole_reason(placement), is_gap=True)
        declaration = printable(c_declaration(placement.type, placement.name or "", brief=True))
        yield _Line(
            (
                _offset(base + placement.bit_offset, is_bit=placement.is_bit_field),
                f":{placement.bit_size}" if placement.is_bit_field else _size(placement.bit_size),
                _offset(base + placement.previous_end),
                str(placement.alignment),
            ),
            indent + declaration,
            _reason(placement),
            name=printable(placement.name or ""),
        )
        if placement.inner is not None:
            yield from _lines(placement.inner, base=base + placement.bit_offset, depth=depth + 1)
    if explained.padding:
        numbers = (_offset(base + explained.bit_end), _size(explained.padding), "", "")
        reason = f"the size is a multiple of the alignment, {explained.record.alignment}"
        yield _Line(numbers, f"{indent}/* padding */", reason, is_gap=True)


def _fitted(member: str, name: str, room: int) -> str:
    """Return the declaration if it fits; otherwise the type is shortened first, then left out."""
    if len(member) <= room or not name:
        return chopped(member, room)
    before, _, after = member.rpartition(name)
    spare = room - len(name) - len(after) - 1
    if spare >= _SHORTEST_TYPE:
        return f"{chopped(before.rstrip(), spare)} {name}{after}"
    indent = member[: len(member) - len(member.lstrip())]
    return chopped(f"{indent}{name}", room)


def _hole_reason(placement: Placement) -> str:
    name = placement.name or "what follows"
    if placement.crosses_unit:
        return f"{name} would cross a {byte_size_of(placement.type)}-byte unit"
    return f"{name} begins at a multiple of {placement.alignment}"


def _reason(placement: Placement) -> str:
    if placement.is_bit_field:
        return _bit_field_reason(placement)
    by = placement.aligned_by
    if by in {AlignedBy.MEMBER, AlignedBy.PACKED, AlignedBy.PRAGMA}:
        return f"{by.value}; its type asks for {placement.type_alignment}"
    return f"{by.value}"


def _bit_field_reason(placement: Placement) -> str:
    """Return the bit-field's place in a storage unit of its type, and what affects it."""
    size, alignment = byte_size_of(placement.type), placement.type_alignment
    if placement.bit_size == 0:
        return f"width 0: what follows begins at a multiple of {placement.alignment}"
    if placement.aligned_by is AlignedBy.PACKED:
        return f"{placement.aligned_by.value}: at the next bit"
    begin = placement.bit_offset // 8 // alignment * alignment
    unit = f"bit {placement.bit_offset - begin * 8} of its {size}-byte unit"
    if placement.aligned_by is AlignedBy.TYPE:
        return unit
    return f"{unit}; {placement.aligned_by.value}"


def _sum(explained: ExplainedRecord) -> str:
    record, by = explained.record, explained.aligned_by
    if by == "aligned":
        why = "by the attribute `aligned` on the record"
    elif by is not None:
        why = f"the greatest that a member asks for ({by})"
    else:
        why = "no member asks for more" if record.alignment == 1 else "a member asks for it"
    words = f"Size {record.byte_size}, alignment {record.alignment}: {why}."
    if explained.is_packed:
        words += " The record is packed."
    if explained.pragma_pack:
        words += f" #pragma pack({explained.pragma_pack}) is in force."
    return words


def _offset(bit_offset: int, *, is_bit: bool = False) -> str:
    byte, bit = divmod(bit_offset, 8)
    return f"{byte}:{bit}" if bit or is_bit else str(byte)


def _size(bits: int) -> str:
    return f":{bits}" if bits % 8 else str(bits // 8)
