"""A root cause -> sentences for a reader: what each side has, and what follows in its item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from layoutcheck.model.verdict import Mismatch, Status
from layoutcheck.model.words import counted
from layoutcheck.report.root_causes import RootCause
from layoutcheck.report.rows import Row, rows_of

__all__ = ["describe", "effect_of", "waiver_of"]

_SENTENCES: Final[Mapping[str, str]] = {
    "constant-sign": "is {c} in C, {rust} in Rust",
    "constant-value": "is {c} in C, {rust} in Rust",
    "constant-width": "is {c} in C, {rust} in Rust",
    "enum-size": "has {c} in C, {rust} in Rust",
    "enum-value": "is {c} in C, {rust} in Rust",
    "function-convention": "is {c} in C, {rust} in Rust",
    "function-variadic": "is {c} in C, {rust} in Rust",
    "member-offset": "is at {c} in C, at {rust} in Rust",
    "member-size": "has {c} in C, {rust} in Rust",
    "parameter-count": "has {c} in C, {rust} in Rust",
    "record-alignment": "is {c} in C, {rust} in Rust",
    "record-kind": "is a {c} in C, a {rust} in Rust",
    "record-size": "has {c} in C, {rust} in Rust",
}
"""Sentences of checks whose words for both sides fit into one; others quote both sides."""


def describe(root: RootCause) -> str:
    """Return a sentence without its subject: `has 8 bytes (time_t) in C, 4 bytes (i32) in Rust`."""
    mismatch, verdict = root.mismatch, root.verdict
    if mismatch is None:
        if verdict is None or not verdict.is_compared:
            return "could not be checked"
        what = (root.finding.check or "layout").rpartition("-")[2]
        return f"has another {what} in Rust, which no check reports"
    if mismatch.c == "absent":
        return f"is not in C; Rust has {mismatch.rust}"
    if mismatch.rust == "absent":
        return f"is not in Rust; C has {mismatch.c}"
    sentence = _SENTENCES.get(mismatch.check_id)
    if sentence is None:
        return f"differs. C: {mismatch.c}; Rust: {mismatch.rust}"
    return sentence.format(c=mismatch.c, rust=mismatch.rust)


def effect_of(root: RootCause) -> str | None:
    """Return a sentence on what follows in the item itself; None if nothing does, or it varies.

    `Every member after lo_added is 8 bytes too late, and the record is 8 bytes too large.`
    """
    verdict, mismatch = root.verdict, root.mismatch
    if verdict is None or mismatch is None or verdict.c is None or verdict.rust is None:
        return None
    following = [one for one in verdict.mismatches if _follows(one, mismatch)]
    parts: list[str] = []
    moved = {one.member_path for one in following if one.check_id == "member-offset"}
    if moved:
        parts += _moved_words(mismatch, rows_of(verdict), moved)
    grown = verdict.rust.byte_size - verdict.c.byte_size
    if grown and any(one.check_id == "record-size" for one in following):
        amount = counted(abs(grown), "byte")
        parts.append(f"the {verdict.c.kind} is {amount} too {'large' if grown > 0 else 'small'}")
    sentence = ", and ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else None


def waiver_of(root: RootCause) -> str:
    """Return the manifest's entry that waives a root cause; its reason is left to the reader."""
    finding = root.finding
    is_unchecked = root.mismatch is None and (
        root.verdict is None or root.verdict.status is Status.INDETERMINATE
    )
    check = "indeterminate" if is_unchecked else finding.check or "*"
    lines = [
        "[[waive]]",
        f"subject = {_toml(_literally(finding.rust_path))}",
        f"check = {_toml(check)}",
    ]
    if finding.member is not None:
        lines.append(f"member = {_toml(_literally(finding.member))}")
    return "\n".join([*lines, 'reason = "..."']) + "\n"


def _follows(mismatch: Mismatch, root: Mismatch) -> bool:
    """Return whether a mismatch follows directly from another one of the same item."""
    cause = mismatch.cause
    return (
        cause is not None
        and cause.item is None
        and cause.member == root.member_path
        and cause.check in {None, root.check_id}
    )


def _moved_words(root: Mismatch, rows: Sequence[Row], moved: set[str | None]) -> Iterator[str]:
    """Yield words for the members that are moved, if all are moved by the same distance."""
    distances = {row.distance for row in rows if _path(row) in moved}
    bits = distances.pop() if len(distances) == 1 else None
    if not bits:
        return
    amount = counted(abs(bits), "bit") if bits % 8 else counted(abs(bits) // 8, "byte")
    after = [index for index, row in enumerate(rows) if root.member_path in _paths(row)]
    later = {
        _path(row)
        for row in rows[after[0] + 1 if after else 0 :]
        if row.is_compared and row.distance is not None
    }
    where = "late" if bits > 0 else "early"
    if not after or later - moved:
        verb = "is" if len(moved) == 1 else "are"
        yield f"{counted(len(moved), 'member')} {verb} {amount} too {where}"
    elif len(moved) == 1:
        member = next(iter(moved))
        yield f"the only member after {root.member_path}, {member}, is {amount} too {where}"
    else:
        yield f"every member after {root.member_path} is {amount} too {where}"


def _paths(row: Row) -> set[str]:
    return {entry.path for entry in (row.c, row.rust) if entry is not None and entry.path}


def _path(row: Row) -> str | None:
    return None if row.c is None else row.c.path


def _literally(text: str) -> str:
    """Return a pattern that matches this text only."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in text)


def _toml(text: str) -> str:
    """Return a TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(map(_toml_char, escaped))}"'


def _toml_char(char: str) -> str:
    if char.isprintable():
        return char
    return f"\\U{ord(char):08x}"
