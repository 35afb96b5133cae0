"""A verdict -> the rows of a table of both layouts, for the terminal and the HTML page.

Paired members share a row; so do holes at the same place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.verdict import Mismatch, Verdict
from layoutcheck.model.words import counted
from layoutcheck.report.entries import Entry, entries_of
from layoutcheck.report.spelling import c_declaration, rust_declaration

__all__ = ["Fold", "Row", "fold_rows", "rows_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Two entries side by side.

    - `checks`: ids of the mismatches of this row; `is_root`: one of them follows from no other.
    - `is_compared`: the two are a pair that was compared.
    - `is_part`: it is inside a row that was compared, and was compared with it.
    """

    c: Entry | None
    rust: Entry | None
    checks: tuple[str, ...] = ()
    is_root: bool = False
    is_compared: bool = False
    is_part: bool = False

    @property
    def differs(self) -> bool:
        """Return whether the row has a mismatch."""
        return bool(self.checks)

    @property
    def shift(self) -> int | None:
        """Return how many bits later it is in Rust; None if more than the offset differs."""
        return self.distance if self.checks == ("member-offset",) else None

    @property
    def distance(self) -> int | None:
        """Return how many bits later it is in Rust; None if a side has no known offset."""
        sides = [one.bit_offset for one in (self.c, self.rust) if one is not None]
        if len(sides) < 2 or sides[0] is None or sides[1] is None:  # noqa: PLR2004 - two sides
            return None
        return sides[1] - sides[0]

    @property
    def is_gap(self) -> bool:
        """Return whether it holds no member, only a hole or padding."""
        return all(entry is None or entry.kind != "member" for entry in (self.c, self.rust))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Rows that were left out: members without a mismatch, or all moved by `shift` bits."""

    rows: tuple[Row, ...]
    shift: int = 0

    @property
    def text(self) -> str:
        """Return a text for the rows that were left out; members agree only if compared."""
        members = [row for row in self.rows if not row.is_gap and not row.is_part]
        if self.shift:
            return f"... {len(members)} more member{'' if len(members) == 1 else 's'} ..."
        agree = sum(row.is_compared for row in members)
        others = len(members) - agree
        if not agree:
            return f"... {counted(others, 'member')} not compared ..."
        words = f"{counted(agree, 'member')} that {'agrees' if agree == 1 else 'agree'}"
        return f"... {words}, {others} not compared ..." if others else f"... {words} ..."

    @property
    def shift_text(self) -> str:
        """Return a text for the shift of the rows in Rust; empty if they agree."""
        whole, rest = divmod(abs(self.shift), 8)
        amount = f"{abs(self.shift)} bits" if rest else f"{whole} byte{'' if whole == 1 else 's'}"
        where = "later" if self.shift > 0 else "earlier"
        return f"... {amount} {where} ..." if self.shift else ""


def rows_of(verdict: Verdict) -> tuple[Row, ...]:
    """Return the rows of both layouts, in C's order, with Rust's unpaired members in between."""
    c = entries_of(verdict.c, c_declaration)
    rust = entries_of(verdict.rust, rust_declaration)
    rust_index = {entry.path: index for index, entry in enumerate(rust) if entry.path}
    twin = _twins(verdict, c, rust_index)
    compared = {c_path for c_path, rust_path in verdict.paired if c_path and rust_path}
    paired_rust = set(twin.values())
    apart = {mismatch.member_path for mismatch in verdict.mismatches}
    rows: list[Row] = []
    pending_c: list[Entry] = []
    next_rust, shift = 0, 0
    for index, entry in enumerate(c):
        if index not in twin:
            pending_c.append(entry)
            continue
        at = twin[index]
        pending_rust = [
            rust[i] for i in range(next_rust, max(next_rust, at)) if i not in paired_rust
        ]
        rows += _merge(pending_c, pending_rust, shift, apart)
        pending_c = []
        next_rust = max(next_rust, at + 1)
        shift = entry.bit_end - rust[at].bit_end if _is_struct(verdict.c) else 0
        rows.append(Row(c=entry, rust=rust[at], is_compared=entry.path in compared))
    rest = [rust[i] for i in range(next_rust, len(rust)) if i not in paired_rust]
    rows += _merge(pending_c, rest, shift, apart)
    rows += _cut_off_rows(verdict, {e.path for e in c}, set(rust_index))
    return tuple(_marked(list(_parts(rows)), verdict))


def fold_rows(rows: Sequence[Row], *, context: int = 1) -> Iterator[Row | Fold]:
    """Yield the rows, with long runs replaced by a `Fold`.

    Rows are folded if nothing in them differs, or if they only follow and are moved by the same
    distance. `context` rows stay before and after each row that differs. So do the rows between two
    pairs that are moved by different distances: what moves the second of them is there.
    """
    steps = _steps(rows)
    kinds = [
        "kept" if index in steps else _kind_of(rows, index, context) for index in range(len(rows))
    ]
    for kind, run in groupby(zip(kinds, rows, strict=True), key=lambda pair: pair[0]):
        found = tuple(row for _, row in run)
        members = sum(not row.is_gap and not row.is_part for row in found)
        if kind == "kept" or len(found) < _WORTH_FOLDING or not members:
            yield from found
        elif kind == "agrees":
            yield Fold(rows=found)
        else:
            yield found[0]
            yield Fold(rows=found[1:-1], shift=int(kind))
            yield found[-1]


_WORTH_FOLDING: Final = 4


def _steps(rows: Sequence[Row]) -> set[int]:
    """Return the rows between two pairs that are moved by different distances, and around them."""
    found: set[int] = set()
    last, before = 0, 0
    for index, row in enumerate(rows):
        if row.distance is None or row.is_gap:
            continue
        if row.distance != before:
            # The ends of a run of moved rows are shown with the run.
            first = last + (rows[last].shift is not None)
            found |= set(range(first, index + (row.shift is None)))
        last, before = index, row.distance
    for index in sorted(found, reverse=True):
        depth = _depth(rows[index])
        for at in range(index, -1, -1):
            if _depth(rows[at]) < depth:
                found.add(at)
                depth = _depth(rows[at])
    return found


def _depth(row: Row) -> int:
    return max(entry.depth for entry in (row.c, row.rust) if entry is not None)


def _kind_of(rows: Sequence[Row], index: int, context: int) -> str:
    """Return `kept`, `agrees`, or the shift of a row that is moved like the one before it."""
    row = rows[index]
    if row.shift is not None:
        return "kept" if row.is_root else str(row.shift)
    before = next((r.shift for r in reversed(rows[:index]) if not r.is_gap), None)
    after = next((r.shift for r in rows[index + 1 :] if not r.is_gap), None)
    if row.is_gap and before is not None and before == after:
        return str(before)
    near = rows[max(0, index - context) : index + context + 1]
    return "kept" if any(other.differs for other in near) else "agrees"


def _twins(verdict: Verdict, c: list[Entry], rust_index: dict[str, int]) -> dict[int, int]:
    """Return C's index -> Rust's index of paired members; unknown members are paired by name."""
    said = {c_path: rust_path for c_path, rust_path in verdict.paired if c_path is not None}
    taken: set[int] = set()
    twin: dict[int, int] = {}
    for index, entry in enumerate(c):
        if not entry.path:
            continue
        partner = said.get(entry.path) if entry.path in said else entry.path
        at = rust_index.get(partner) if partner else None
        if at is not None and at not in taken:
            twin[index] = at
            taken.add(at)
    return twin


def _merge(
    c: list[Entry], rust: list[Entry], shift: int, apart: AbstractSet[str | None]
) -> Iterator[Row]:
    """Yield rows of unpaired entries in the order of offsets; entries at one place share a row.

    `shift` is the number of bits that C is later at this point; `apart` are members with their own
    row.
    """
    left, right = list(c), list(rust)
    while left or right:
        at = (left[0].bit_offset or 0) - (right[0].bit_offset or 0) - shift if left and right else 0
        if not right or (left and at < 0):
            yield Row(c=left.pop(0), rust=None)
        elif not left or at > 0:
            yield Row(c=None, rust=right.pop(0))
        elif left[0].name and right[0].name and apart & {left[0].path, right[0].path}:
            yield Row(c=left.pop(0), rust=None)
        else:
            yield Row(c=left.pop(0), rust=right.pop(0))


def _is_struct(record: RecordLayout | None) -> bool:
    return record is not None and record.kind == "struct"


def _cut_off_rows(verdict: Verdict, c_paths: set[str], rust_paths: set[str]) -> Iterator[Row]:
    """Yield rows of pairs with a side in a named record, whose members are not included here."""
    if verdict.c is None or verdict.rust is None:
        return
    concerned = {mismatch.member_path for mismatch in verdict.mismatches}
    for c, rust in verdict.paired:
        unknown_c = c is not None and c not in c_paths
        unknown_rust = rust is not None and rust not in rust_paths
        if (unknown_c or unknown_rust) and concerned & {c, rust}:
            yield Row(
                c=_cut_off(c) if unknown_c and c else None,
                rust=_cut_off(rust) if unknown_rust and rust else None,
            )


def _cut_off(path: str) -> Entry:
    return Entry(
        kind="member",
        path=path,
        name=path,
        declaration=path,
        brief=path,
        depth=0,
        bit_offset=None,
        bit_size=0,
    )


def _parts(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows, with those inside a compared row of an anonymous record marked as parts."""
    depth: int | None = None
    for row in rows:
        if depth is not None and _depth(row) <= depth:
            depth = None
        if depth is None and row.is_compared:
            depth = _depth(row)
            yield row
        else:
            yield row if row.is_compared or depth is None else replace(row, is_part=True)


def _marked(rows: list[Row], verdict: Verdict) -> Iterator[Row]:
    """Yield the rows with their mismatches, each at the deepest row that it names."""
    shown = {e.path for row in rows for e in (row.c, row.rust) if e is not None and e.path}
    by_path: dict[str, list[Mismatch]] = {}
    for mismatch in verdict.mismatches:
        path = mismatch.member_path
        while path and path not in shown:
            path = path.rpartition(".")[0]
        if path:
            by_path.setdefault(path, []).append(mismatch)
    for row in rows:
        paths = dict.fromkeys(e.path for e in (row.c, row.rust) if e is not None and e.path)
        found = [mismatch for path in paths for mismatch in by_path.get(path, ())]
        checks = tuple(dict.fromkeys(mismatch.check_id for mismatch in found))
        is_root = any(mismatch.cause is None for mismatch in found)
        yield replace(row, checks=checks, is_root=is_root) if checks else row
