"""Rows of both layouts -> the first member with a root cause, and what may move it."""

from __future__ import annotations

from collections.abc import Sequence

from layoutcheck.report.rows import Row

__all__ = ["first_difference"]


def first_difference(rows: Sequence[Row]) -> tuple[str | None, str | None]:
    """Return the first member with a mismatch that follows from no other, and its offset.

    If it is only moved, the second text is the member of one side before it, whose size no check
    compares: a record without a name, of whose members the other side has one. Both may be None.
    """
    for index, row in enumerate(rows):
        entry = row.c or row.rust
        if row.is_root and not row.is_gap and entry is not None and entry.bit_offset is not None:
            name = entry.path or entry.declaration
            moved_by = None if row.shift is None else _uncompared_before(rows, index)
            return f"{name}, at offset {entry.offset_text}", moved_by
    return None, None


def _uncompared_before(rows: Sequence[Row], index: int) -> str | None:
    """Return the first of the members of one side between a row and the pair before it."""
    found = None
    for row in reversed(rows[:index]):
        entry = row.c or row.rust
        if entry is None or (row.is_compared and not entry.depth):
            break
        if not row.is_compared and not row.is_part and not row.is_gap:
            found = f"{entry.brief}, at offset {entry.offset_text}"
    return found
