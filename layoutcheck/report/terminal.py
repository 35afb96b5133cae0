"""A verdict -> text for a terminal: both layouts side by side, and the mismatches in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tabulate import DataRow, TableFormat, tabulate

from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import Mismatch, Status, Verdict
from layoutcheck.model.words import counted
from layoutcheck.report.entries import Entry
from layoutcheck.report.grouping import group_mismatches, said
from layoutcheck.report.rows import Fold, Row, fold_rows, rows_of
from layoutcheck.report.summary import render_summary
from layoutcheck.report.terminal_safe import chopped, printable, wrapped

__all__ = ["record_name", "render_difference", "render_layouts", "render_summary"]

_NARROWEST: Final = 60
_SHORTEST_TYPE: Final = 6
_ESCAPE: Final = re.compile(r"\033\[\d+m")
_WORTH_FOLDING: Final = 4
_RED, _DIM, _BOLD, _OFF = "\033[31m", "\033[2m", "\033[1m", "\033[0m"

_FORMAT: Final = TableFormat(
    lineabove=None,
    linebelowheader=None,
    linebetweenrows=None,
    linebelow=None,
    headerrow=DataRow("", " ", ""),
    datarow=DataRow("", " ", ""),
    padding=0,
    with_header_hide=None,
)


def render_difference(verdict: Verdict, *, width: int = 80, color: bool = False) -> str:
    """Return the problem of one item: its places, both layouts around the differences, the reasons.

    Long runs of members that agree are left out. An unchecked item has the compiler's message.
    `color` adds ANSI colours; the marks are there without them.
    """
    lines = [*_heading(verdict, width, color=color)]
    if verdict.status is Status.INDETERMINATE:
        lines += ["", "could not be checked:"]
        lines += wrapped(
            printable(verdict.reason or "no reason given"), width, first="  ", rest="  "
        )
    if verdict.c is not None and verdict.rust is not None and verdict.mismatches:
        lines += ["", *_table(verdict, fold_rows(rows_of(verdict)), width, color=color)]
    lines += _said(verdict, width)
    if verdict.mismatches:
        lines += ["", *_mismatch_lines(verdict, width, color=color)]
    if verdict.status is Status.WAIVED:
        lines += wrapped(printable(f"waived: {verdict.reason}"), width, rest="  ")
    return "\n".join(lines) + "\n"


def render_layouts(verdict: Verdict, *, width: int = 80, color: bool = False) -> str:
    """Return both sides of one item; for a record the whole layouts, with holes and totals."""
    lines = [*_heading(verdict, width, color=color)]
    lines += wrapped(printable(_status_words(verdict)), width, rest="  ")
    if verdict.c is not None or verdict.rust is not None:
        lines += ["", *_table(verdict, rows_of(verdict), width, color=color), ""]
        for side, record in (("C", verdict.c), ("Rust", verdict.rust)):
            lines += wrapped(_sum_words(side, record), width, rest="  ")
    lines += _said(verdict, width)
    if verdict.mismatches:
        lines += ["", *_mismatch_lines(verdict, width, color=color)]
    return "\n".join(lines) + "\n"


def record_name(verdict: Verdict) -> str:
    """Return C's name of the item."""
    return verdict.c_name or f"(no C {verdict.kind})"


def _said(verdict: Verdict, width: int) -> Iterator[str]:
    """Yield both sides of an item other than a record: a constant's values, a function's types."""
    if verdict.is_compared and verdict.c_says is not None:
        yield ""
        for side, text in (("C:    ", verdict.c_says), ("Rust: ", verdict.rust_says)):
            yield from wrapped(printable(text or ""), width, first=side, rest="      ")


def _status_words(verdict: Verdict) -> str:
    match verdict.status:
        case Status.AGREES:
            return "C and Rust agree."
        case Status.DIFFERS:
            return "C and Rust differ."
        case Status.WAIVED:
            return f"Waived: {verdict.reason}"
        case Status.INDETERMINATE:
            return f"Could not be checked: {verdict.reason}"


def _heading(verdict: Verdict, width: int, *, color: bool) -> Iterator[str]:
    """Yield `struct mtx  sys/mutex.h:12  <->  crate::mtx  src/lib.rs:88`, on up to four lines."""
    c_name, rust_path = printable(record_name(verdict)), printable(verdict.rust_path)
    c_at = "" if verdict.c_location is None else printable(str(verdict.c_location))
    rust_at = "" if verdict.rust_location is None else printable(str(verdict.rust_location))
    c_side, rust_side = f"{c_name}  {c_at}".rstrip(), f"{rust_path}  {rust_at}".rstrip()

    def bold(text: str) -> str:
        return text.replace(c_name, f"{_BOLD}{c_name}{_OFF}", 1) if color else text

    if len(c_side) + len(rust_side) + 7 <= width:
        yield f"{bold(c_side)}  <->  {rust_side}"
        return
    for lead, name, at in (("", c_name, c_at), ("<-> ", rust_path, rust_at)):
        side = f"{lead}{name}  {at}".rstrip()
        if len(side) <= width:
            yield side if lead else bold(side)
        else:
            yield f"{lead}{name}" if lead else bold(name)
            if at:
                yield f"    {at}"


def _table(
    verdict: Verdict, rows: Iterable[Row | Fold], width: int, *, color: bool
) -> Iterator[str]:
    listed = list(rows)
    sizes = [
        "" if record is None else counted(record.byte_size, "byte")
        for record in (verdict.c, verdict.rust)
    ]
    cells = [[" ", "off", "size", f"C: {sizes[0]}", "|", "off", "size", f"Rust: {sizes[1]}"]]
    c_width, rust_width = _text_widths(listed, width)
    for row in listed:
        if isinstance(row, Fold):
            c, rust = (chopped(row.text, c_width), "")
            if row.shift:
                rust = chopped(row.shift_text, rust_width)
            cells.append(["!" if row.shift else "", "", "", c, "|", "", "", rust])
        else:
            cells += _row_cells(row, c_width, rust_width)
    # The head is an ordinary row: tabulate makes columns with a head two characters wider.
    lines = tabulate(
        [_colored(row) for row in cells] if color else cells,
        tablefmt=_FORMAT,
        colalign=("left", "right", "right", "left", "left", "right", "right", "left"),
        disable_numparse=True,
        preserve_whitespace=True,
    ).splitlines()
    head = _ESCAPE.sub("", lines[0])
    yield lines[0].rstrip()
    before, _, after = head.partition("|")
    yield "  " + "-" * (len(before) - 2) + "+" + "-" * len(after)
    for line in lines[1:]:
        yield line.rstrip()


def _text_widths(rows: list[Row | Fold], width: int) -> tuple[int, int]:
    """Return the widths of the two columns of members: half each, or the other's remainder."""
    room = max(width, _NARROWEST) - 1 - sum(_number_widths(rows)) - 8
    needs = [len("Rust: 99999 bytes")] * 2
    for row in rows:
        for side, entry in enumerate((row.c, row.rust) if isinstance(row, Row) else ()):
            if entry is not None:
                indent = 2 * min(entry.depth, 4)
                text = entry.declaration if isinstance(row, Row) and row.differs else entry.brief
                needs[side] = max(needs[side], len(printable(text)) + indent)
        if isinstance(row, Fold):
            needs[0] = max(needs[0], len(row.text))
            needs[1] = max(needs[1], len(row.shift_text))
    half = room // 2
    if needs[1] < half:
        return room - needs[1], needs[1]
    if needs[0] < half:
        return needs[0], room - needs[0]
    return half, room - half


def _number_widths(rows: list[Row | Fold]) -> tuple[int, int, int, int]:
    """Return the widths of the four columns of numbers."""
    entries = [(row.c, row.rust) for row in rows if isinstance(row, Row)]
    widths = [3, 4, 3, 4]
    for pair in entries:
        for side, entry in enumerate(pair):
            if entry is not None:
                widths[2 * side] = max(widths[2 * side], len(entry.offset_text))
                widths[2 * side + 1] = max(widths[2 * side + 1], len(entry.size_text))
    return widths[0], widths[1], widths[2], widths[3]


def _row_cells(row: Row, c_width: int, rust_width: int) -> Iterator[list[str]]:
    """Yield the lines of a row: a differing row in full, an agreeing one cut to one line."""
    c = _described(row.c, c_width, whole=row.differs)
    rust = _described(row.rust, rust_width, whole=row.differs)
    for line in range(max(len(c), len(rust))):
        first = line == 0
        yield [
            "!" if row.differs and first else "",
            row.c.offset_text if row.c and first else "",
            row.c.size_text if row.c and first else "",
            c[line] if line < len(c) else "",
            "|",
            row.rust.offset_text if row.rust and first else "",
            row.rust.size_text if row.rust and first else "",
            rust[line] if line < len(rust) else "",
        ]


def _described(entry: Entry | None, width: int, *, whole: bool) -> list[str]:
    """Return the lines for one side: the whole declaration, or what fits one line."""
    if entry is None:
        return ["(absent)"] if whole else []
    indent = "  " * min(entry.depth, 4)
    room = width - len(indent)
    declaration, brief = printable(entry.declaration), printable(entry.brief)
    if len(declaration) <= room:
        return [indent + declaration]
    if whole:
        return list(_broken(declaration, width, indent))
    if len(brief) <= room:
        return [indent + brief]
    name = printable(entry.name)
    if not name or (brief.startswith(f"{name}:") and len(name) + _SHORTEST_TYPE < room):
        return [indent + chopped(brief, room)]
    # In C the name comes last, and readers look for it: the type is shortened.
    before, _, after = brief.rpartition(name)
    spare = room - len(name) - len(after) - 1
    if spare < _SHORTEST_TYPE:
        return list(_broken(brief, width, indent))
    return [f"{indent}{chopped(before.rstrip(), spare)} {name}{after}"]


def _broken(text: str, width: int, indent: str) -> Iterator[str]:
    """Yield the text in lines that fit; a word that is longer than a line is cut."""
    room = max(8, width - len(indent) - 2)
    words = [word[at : at + room] for word in text.split() for at in range(0, len(word), room)]
    yield from wrapped(" ".join(words), width, first=indent, rest=f"{indent}  ")


def _colored(cells: list[str]) -> list[str]:
    """Return red cells for a differing row, dim ones for holes and omitted rows."""
    if cells[0] == "!" or "(absent)" in cells:
        return [f"{_RED}{cell}{_OFF}" if cell and cell != "|" else cell for cell in cells]
    quiet = ("/*", "...")
    return [
        f"{_DIM}{cell}{_OFF}" if cell.lstrip().startswith(quiet) or cell == "|" else cell
        for cell in cells
    ]


def _mismatch_lines(verdict: Verdict, width: int, *, color: bool) -> Iterator[str]:
    """Yield each mismatch in words, root causes first; a long group is one line with all names."""
    for run in group_mismatches(verdict.mismatches):
        shown = run[:1] if len(run) >= _WORTH_FOLDING and run[0].hint is None else run
        for mismatch in shown:
            words = f"{said(mismatch)}{_after(mismatch)}"
            subject = mismatch.member_path or f"(whole {verdict.kind})"
            lines = _marked_lines(mismatch, f"{subject}: {words}", width, color=color)
            details = _mismatch_details(mismatch, width)
            yield from _paled([*lines, *details], mismatch, color=color)
        if rest := [mismatch.member_path or "" for mismatch in run[len(shown) :]]:
            words = f"and {len(rest)} more{_after(run[0])}: {', '.join(rest)}"
            lines = _marked_lines(run[0], words, width, color=color)
            yield from _paled(lines, run[0], color=color)


def _marked_lines(mismatch: Mismatch, words: str, width: int, *, color: bool) -> Iterator[str]:
    mark = f"! {printable(mismatch.check_id)}"
    first, *others = wrapped(printable(words), width, first=f"{mark}  ", rest="    ")
    is_root = mismatch.cause is None
    yield first.replace(mark, f"{_RED}{mark}{_OFF}", 1) if color and is_root else first
    yield from others


def _paled(lines: Iterable[str], mismatch: Mismatch, *, color: bool) -> Iterator[str]:
    """Yield the lines of a mismatch, dim if it is a consequence."""
    is_dim = color and mismatch.cause is not None
    yield from (f"{_DIM}{line}{_OFF}" for line in lines) if is_dim else lines


def _after(mismatch: Mismatch) -> str:
    """Return the cause of a mismatch and the reason of its waiver, in parentheses."""
    cause = "" if mismatch.cause is None else f" (follows from {mismatch.cause})"
    if mismatch.waived is None:
        return cause
    at = "" if mismatch.waiver is None else f" by {mismatch.waiver}"
    return f"{cause} (waived{at}: {mismatch.waived})"


def _mismatch_details(mismatch: Mismatch, width: int) -> Iterator[str]:
    places = [printable(str(at)) for at in (mismatch.c_location, mismatch.rust_location) if at]
    if places:
        yield from wrapped("  <->  ".join(places), width, first="    ", rest="    ")
    if mismatch.hint is not None:
        yield from wrapped(printable(f"hint: {mismatch.hint}"), width, first="    ", rest="      ")


def _sum_words(side: str, record: RecordLayout | None) -> str:
    if record is None:
        return f"{side}: no layout"
    holes = [hole for hole in record.holes() if not hole.is_padding]
    padding = [hole for hole in record.holes() if hole.is_padding]
    alignment = "unknown" if record.alignment is None else str(record.alignment)
    return (
        f"{side}: size {record.byte_size}, alignment {alignment},"
        f" members {len(record.members)},"
        f" holes {len(holes)} ({_amount(sum(hole.bit_size for hole in holes))}),"
        f" padding {_amount(sum(hole.bit_size for hole in padding))}"
    )


def _amount(bits: int) -> str:
    """Return bits as bytes, and the remaining bits."""
    whole, rest = divmod(bits, 8)
    parts = [f"{whole} byte{'' if whole == 1 else 's'}"] if whole or not rest else []
    parts += [f"{rest} bit{'' if rest == 1 else 's'}"] if rest else []
    return " and ".join(parts)
