"""A run's root causes -> text for a terminal: one entry for each mistake, the place first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from layoutcheck.model.verdict import Run, Verdict
from layoutcheck.model.words import counted
from layoutcheck.report.cells import name_cells
from layoutcheck.report.grouping import said
from layoutcheck.report.root_causes import RootCause, root_causes
from layoutcheck.report.terminal_safe import printable, wrapped

__all__ = [
    "MOST",
    "consequence_line",
    "count_mistakes",
    "headline",
    "render_root_causes",
    "subject_of",
]

MOST: Final = 20
"""Maximum number of root causes that are listed unless all are asked for."""

_NAMED: Final = 3
"""Number of items that are named of those which a root cause makes differ."""

_RED, _DIM, _BOLD, _OFF = "\033[31m", "\033[2m", "\033[1m", "\033[0m"


def render_root_causes(
    run: Run, *, width: int = 80, color: bool = False, most: int | None = MOST
) -> str:
    """Return the root causes that are not waived, each with its place, effect and hint.

    The place comes first, `src/lib.rs:88:`, so that editors find it. At most `most` are listed. The
    text is empty if nothing differs.
    """
    roots = [one for one in root_causes(run) if one.waived is None]
    if not roots:
        return ""
    lines = [*wrapped(headline(roots), width)]
    for root in roots[:most]:
        lines += _entry(run, root, width, color=color)
    if most is not None and len(roots) > most:
        lines.append(f"and {len(roots) - most} more: layoutcheck check --brief lists all")
    return "\n".join(lines) + "\n"


def headline(roots: Sequence[RootCause]) -> str:
    """Return a sentence: `2 mistakes make 62 items differ; those that clear most come first:`.

    `roots` are the root causes that are not waived.
    """
    items = {key for root in roots for key in root.keys}
    what = count_mistakes(roots)
    make = "makes" if len(roots) == 1 else "make"
    order = "" if len(roots) == 1 else "; those that clear most come first"
    return f"{what} {make} {counted(len(items), 'item')} differ{order}:"


def count_mistakes(roots: Sequence[RootCause]) -> str:
    """Return the number of root causes in words."""
    return counted(len(roots), "mistake")


def subject_of(root: RootCause) -> str:
    """Return the item and the member of a root cause: `crate::mtx.mtx_lock`."""
    member = root.finding.member
    if member is None:
        return root.finding.rust_path
    joined = "." if root.finding.kind in {"record", "alias"} else " "
    return f"{root.finding.rust_path}{joined}{member}"


def consequence_line(verdict: Verdict, roots: Sequence[RootCause], *, width: int = 80) -> str:
    """Return a line for an item that only follows from others: its place, and the root causes."""
    at = "" if verdict.rust_location is None else f"{verdict.rust_location}: "
    number = sum(one.waived is None for one in verdict.mismatches)
    follow = "follows" if number == 1 else "follow"
    others = f" and {len(roots) - 1} more" if len(roots) > 1 else ""
    words = f"{counted(number, 'mismatch')} {follow} from {subject_of(roots[0])}{others}"
    lines = wrapped(printable(f"{at}{verdict.rust_path}: {words}"), width, rest="    ")
    return "\n".join(lines) + "\n"


def _entry(run: Run, root: RootCause, width: int, *, color: bool) -> Iterator[str]:
    """Yield the lines of one root cause."""
    at = "" if root.rust_location is None else f"{printable(str(root.rust_location))}: "
    words = "cannot be checked" if root.mismatch is None else said(root.mismatch)
    check = root.finding.check or "unchecked"
    first, *rest = wrapped(
        printable(f"{at}{check} {subject_of(root)}: {words}"), width, rest="    "
    )
    yield first.replace(check, f"{_RED}{check}{_OFF}", 1) if color else first
    yield from rest
    for text in _details(run, root):
        lines = wrapped(printable(text), width, first="    ", rest="      ")
        yield from (f"{_DIM}{line}{_OFF}" if color else line for line in lines)


def _details(run: Run, root: RootCause) -> Iterator[str]:
    if root.c_location is not None:
        yield f"C: {root.c_location}"
    if root.cleared:
        names = [path.rpartition("::")[2] for _, path in root.keys]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        where = f" in {len(names)} items: {', '.join(names[:_NAMED])}{more}"
        yield f"clears {root.mismatches} mismatches{where if len(names) > 1 else ''}"
    if where := name_cells(run.cells, root.cells):
        other = name_cells(run.cells, root.other_cells)
        yield f"in {where}" + (f", not in {other}" if other else "")
    if root.mismatch is not None and root.mismatch.hint is not None:
        yield f"hint: {root.mismatch.hint}"
