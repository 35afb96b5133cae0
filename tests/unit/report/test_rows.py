"""report/rows.py: rows of both sides, and the rows that may be folded."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from layoutcheck.model.verdict import Cause, Mismatch, Verdict
from layoutcheck.report.rows import Fold, Row, fold_rows, rows_of
from tests.kernel_runs import (
    base,
    bio_verdict,
    ccb_verdict,
    declare,
    descriptor_verdict,
    judge,
    named,
    union_verdict,
)
from tests.strategies import verdicts

U32, U64 = base("u32", 4), base("u64", 8)


def names(row: Row) -> tuple[str | None, str | None]:
    """Return the names on both sides of a row."""
    c, rust = row.c, row.rust
    return (
        None if c is None else c.path or c.kind,
        None if rust is None else rust.path or rust.kind,
    )


def unfolded(rows: tuple[Row, ...]) -> list[Row]:
    """All rows of a folded table."""
    found: list[Row] = []
    for row in fold_rows(rows):
        found += row.rows if isinstance(row, Fold) else [row]
    return found


@settings(deadline=None)
@given(verdict=verdicts)
def test_no_row_is_lost(verdict: Verdict) -> None:
    """Every member of both records has a row, folded or not. A differing row is never folded."""
    rows = rows_of(verdict)
    for side, record in (("c", verdict.c), ("rust", verdict.rust)):
        entries = [getattr(row, side) for row in rows if getattr(row, side) is not None]
        outer = [
            e for e in entries if e.kind == "member" and not e.depth and e.bit_offset is not None
        ]
        assert len(outer) == (0 if record is None else len(record.members))
    assert unfolded(rows) == list(rows)
    for row in fold_rows(rows):
        if isinstance(row, Fold) and not row.shift:
            assert not any(inner.differs for inner in row.rows)


def test_only_what_a_mismatch_names_is_marked() -> None:
    """One member differs: one row is marked."""
    marked = [row for row in rows_of(bio_verdict()) if row.differs]
    assert [(names(row), row.checks) for row in marked] == [
        (("bio_children", "bio_children"), ("member-type",))
    ]


def test_a_hole_stands_beside_what_is_at_its_place() -> None:
    """The paddings of both ends share a row despite their offsets; a missing member has a hole."""
    found = [names(row) for row in rows_of(ccb_verdict())]
    assert found[-1] == ("padding", "padding")
    assert ("priority", "hole") in found
    assert ("hole", "hole") in found


def test_offsets_of_bit_fields() -> None:
    """A bit-field has its offset and bit, and its width in bits."""
    row = next(row for row in rows_of(descriptor_verdict()) if row.c and row.c.path == "sd_dpl")
    assert row.c is not None
    assert (row.c.offset_text, row.c.size_text) == ("5:5", ":2")


def test_members_of_an_anonymous_record_have_the_path_that_c_uses() -> None:
    """A member of an anonymous union has the path that C code uses."""
    found = [names(row) for row in rows_of(union_verdict())]
    assert found == [
        ("whole", "whole"),
        ("(anonymous struct)", "__bindgen_anon_1"),
        ("low", None),
        ("high", None),
    ]


def test_a_rename_pairs_members() -> None:
    """Members are paired by the pairing, not by name."""
    c = declare("s", ("type", U32), ("b", U32))
    rust = declare("k::s", ("type_", U32), ("b", U32))
    verdict = replace(judge(c, rust), paired=(("type", "type_"), ("b", "b")))
    assert [names(row) for row in rows_of(verdict)] == [("type", "type_"), ("b", "b")]


def test_reordered_members_stand_together() -> None:
    """Rows are in C's order, and no member is shown twice."""
    c = declare("s", ("a", U32), ("b", U32), ("c", U32))
    rust = declare("k::s", ("c", U32), ("a", U32), ("x", U32), ("b", U32))
    found = [names(row) for row in rows_of(judge(c, rust))]
    assert found == [("a", "a"), (None, "x"), ("b", "b"), ("c", "c")]


def test_a_mismatch_inside_a_member_marks_the_member() -> None:
    """The deepest visible row is marked, because members of named records are not shown."""
    c = declare("s", ("lock", named("lock", 24)))
    rust = declare("k::s", ("lock", named("k::lock", 24)))
    deep = Mismatch(check_id="member-size", member_path="lock.name.x", c="8", rust="4")
    assert [row.checks for row in rows_of(judge(c, rust, deep))] == [("member-size",)]


def test_a_pair_inside_a_cut_off_record_has_a_row_of_its_own() -> None:
    """A pair inside of a layout that is cut has its name and an unknown offset."""
    inner = declare(None, ("low", U32), ("high", U32))
    c = declare("s", (None, inner), kind="union")
    rust = declare("k::s", ("anon", named("k::s_anon", 8, 4)), kind="union")
    bad = Mismatch(check_id="member-type", member_path="low", c="unsigned", rust="signed")
    verdict = replace(judge(c, rust, bad), paired=(("low", "anon.low"),))
    cut = rows_of(verdict)[-1]
    assert cut.rust is not None
    assert (cut.rust.path, cut.rust.offset_text) == ("anon.low", "?")


def test_opaque_bytes_stand_beside_what_they_cover() -> None:
    """Opaque bytes share a row with the member that they cover, unless that differs."""
    c = declare("s", ("a", U32), ("b", U32), ("c", U64))
    rust = declare("k::s", ("a", U32), ("_opaque", U32), ("c", U64))
    verdict = replace(judge(c, rust), paired=(("a", "a"), ("c", "c")))
    assert [names(row) for row in rows_of(verdict)] == [("a", "a"), ("b", "_opaque"), ("c", "c")]
    wrong = Mismatch(check_id="member-missing", member_path="b", c="offset 4", rust="absent")
    verdict = replace(verdict, mismatches=(wrong,))
    assert names(rows_of(verdict)[1]) == ("b", None)


def test_members_that_only_moved_are_folded_by_how_far() -> None:
    """Members moved equally are folded between the first and the last, with the distance."""
    c = declare("s", ("a", U64), *((f"m{i}", U64) for i in range(8)))
    rust = declare("k::s", ("a", U32), ("b", U32), ("d", U64), *((f"m{i}", U64) for i in range(8)))
    moved = [
        Mismatch(
            check_id="member-offset",
            member_path=f"m{i}",
            c="offset",
            rust="offset",
            cause=Cause(check="member-size", member="a"),
        )
        for i in range(8)
    ]
    folded = list(fold_rows(rows_of(judge(c, rust, *moved))))
    [fold] = [row for row in folded if isinstance(row, Fold)]
    assert fold.text == "... 6 more members ..."
    assert fold.shift_text == "... 8 bytes later ..."


def test_what_has_no_partner_is_not_said_to_agree() -> None:
    """Members that opaque bytes cover, or that only have one name, were not compared."""
    c = declare("s", *((f"m{i}", U64) for i in range(8)))
    rust = declare("k::s", ("m0", U64), ("_opaque", U64))
    verdict = judge(c, rust)
    [fold] = [row for row in fold_rows(rows_of(verdict)) if isinstance(row, Fold)]
    assert fold.text == "... 1 member that agrees, 7 not compared ..."
    [fold] = [
        row for row in fold_rows(rows_of(replace(verdict, paired=()))) if isinstance(row, Fold)
    ]
    assert fold.text == "... 8 members not compared ..."


def test_what_is_inside_a_compared_record_is_not_counted() -> None:
    """It was compared with the record around it."""
    inner = declare(None, ("low", U32), ("high", U32))
    c = declare("s", *((f"m{i}", U64) for i in range(4)), (None, inner))
    rust = declare("k::s", *((f"m{i}", U64) for i in range(4)), ("anon", named("k::anon", 8, 4)))
    pair = ("(anonymous struct)", "anon")
    verdict = replace(judge(c, rust), paired=(*((f"m{i}", f"m{i}") for i in range(4)), pair))
    [fold] = [row for row in fold_rows(rows_of(verdict)) if isinstance(row, Fold)]
    assert (len(fold.rows), fold.text) == (7, "... 5 members that agree ...")


def test_what_moves_the_members_is_never_folded() -> None:
    """C's union is larger than Rust's only member of it: no check names it, and it is shown."""
    union = declare(None, ("x", U32), ("big", U64), kind="union")
    before = [(f"m{i}", U64) for i in range(6)]
    c = declare("s", *before, (None, union), ("after", U32))
    rust = declare("k::s", *before, ("x", U32), ("after", U32))
    late = Mismatch(check_id="member-offset", member_path="after", c="offset 56", rust="offset 52")
    verdict = replace(judge(c, rust, late), paired=(*judge(c, rust).paired, ("x", "x")))
    folded = [row for row in fold_rows(rows_of(verdict)) if isinstance(row, Row)]
    shown = [names(row) for row in folded if not row.is_gap]
    assert shown[-4:] == [
        ("(anonymous union)", None),
        ("x", "x"),
        ("big", None),
        ("after", "after"),
    ]


def test_a_root_cause_among_moved_members_is_never_folded() -> None:
    """The third of eight is the root; those that follow are folded around it."""
    c = declare("s", ("a", U64), *((f"m{i}", U64) for i in range(16)))
    rust = declare("k::s", ("a", U64), ("b", U64), *((f"m{i}", U64) for i in range(16)))
    moved = [
        Mismatch(
            check_id="member-offset",
            member_path=f"m{i}",
            c="offset",
            rust="offset",
            cause=None if i == 7 else Cause(check="member-offset", member="m7"),
        )
        for i in range(16)
    ]
    rows = rows_of(judge(c, rust, *moved))
    shown = [names(row)[0] for row in fold_rows(rows) if isinstance(row, Row)]
    assert "m7" in shown
    assert "m3" not in shown
    assert [row.is_root for row in rows if names(row)[0] in {"m6", "m7"}] == [False, True]


def test_a_single_agreeing_member_is_not_worth_a_fold() -> None:
    """A single agreeing row is not folded, because a fold takes a line as well."""
    assert not any(isinstance(row, Fold) for row in fold_rows(rows_of(union_verdict())))
