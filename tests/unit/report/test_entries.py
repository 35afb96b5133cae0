"""`report/entries.py`: members, holes and padding of one record, in order."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.location import SourceLocation
from layoutcheck.report.entries import entries_of
from layoutcheck.report.spelling import c_declaration
from tests.kernel_runs import base, declare

U8, U32 = base("u8", 1), base("u32", 4)


def test_holes_and_padding_stand_where_they_are() -> None:
    """A hole is listed before the member that it precedes, the padding last."""
    record = declare("s", ("a", U8), ("b", U32), ("c", U8))
    found = [(e.kind, e.offset_text, e.size_text) for e in entries_of(record, c_declaration)]
    assert found == [
        ("member", "0", "1"),
        ("hole", "1", "3"),
        ("member", "4", "4"),
        ("member", "8", "1"),
        ("padding", "9", "3"),
    ]


def test_members_of_nested_anonymous_records_count_from_the_outermost() -> None:
    """An anonymous struct adds nothing to a path; a named member of an anonymous type does."""
    inner = declare(None, ("x", U32), ("y", U32))
    record = declare("s", ("a", U32), (None, inner), ("b", inner))
    found = [(e.path, e.offset_text, e.depth) for e in entries_of(record, c_declaration)]
    assert found == [
        ("a", "0", 0),
        ("(anonymous struct)", "4", 0),
        ("x", "4", 1),
        ("y", "8", 1),
        ("b", "12", 0),
        ("b.x", "12", 1),
        ("b.y", "16", 1),
    ]


def test_an_anonymous_record_is_told_by_its_line() -> None:
    """An anonymous record is named by its line, as in a mismatch's path."""
    record = declare("s", (None, declare(None, ("x", U32))))
    [member] = record.members
    placed = replace(member, declared_at=SourceLocation(path="a.h", line=12))
    entries = entries_of(replace(record, members=(placed,)), c_declaration)
    assert entries[0].path == "(anonymous struct at line 12)"


def test_no_record_has_no_entries() -> None:
    """An unknown side has no entries."""
    assert entries_of(None, c_declaration) == []
