"""diff.py: failures that are new, fixed and unchanged between two runs."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given, settings

from layoutcheck.location import SourceLocation
from layoutcheck.model.verdict import Mismatch, Run, Status, Verdict
from layoutcheck.report.diff import compare_runs, render_differences
from tests.kernel_runs import agreeing_run, bio_verdict, cell, sample_run, thread_verdict
from tests.strategies import runs

GENERIC, MINIMAL = cell("GENERIC"), cell("MINIMAL")


def differing(name: str, *cells: str, check: str = "member-size") -> Verdict:
    """An item with one mismatch; in GENERIC, if no cell is named."""
    wrong = Mismatch(check_id=check, member_path="m", c="1 byte", rust="2 bytes")
    ids = cells or (GENERIC.id,)
    return replace(bio_verdict(), rust_path=f"k::{name}", mismatches=(wrong,), cells=ids)


def run(*verdicts: Verdict) -> Run:
    """A run of one cell."""
    return replace(agreeing_run(), verdicts=verdicts)


def _is_known(verdict: Verdict) -> bool:
    """Return whether all mismatches are waived: such a verdict does not differ in a real run."""
    return bool(verdict.mismatches) and all(one.waived is not None for one in verdict.mismatches)


def words(old: Run, new: Run) -> list[str]:
    """The lines of what changed."""
    return render_differences(compare_runs(old, new)).splitlines()


A_LINE = "src/sys/bio.rs:60: member-size: m of k::a: C says 1 byte, Rust 2 bytes."


def test_equal_runs() -> None:
    """Nothing is new or fixed; what is unchanged is listed if it is asked for."""
    differences = compare_runs(sample_run(), sample_run())
    assert render_differences(differences) == "0 new, 0 fixed, 17 unchanged\n"
    assert not differences.has_new
    lines = render_differences(differences, everything=True).splitlines()
    assert len(lines) == 18
    assert all(line.startswith("unchanged: ") for line in lines[1:])


def test_new_and_fixed() -> None:
    """Each has a line, as a compiler writes it."""
    differ = differing("a"), differing("b"), thread_verdict()
    agree = replace(differ[0], status=Status.AGREES, mismatches=())
    assert words(run(agree, *differ[1:]), run(*differ)) == [
        "1 new, 0 fixed, 2 unchanged",
        f"new: {A_LINE}",
    ]
    assert words(run(*differ), run(agree, *differ[1:])) == [
        "0 new, 1 fixed, 2 unchanged",
        f"fixed: {A_LINE}",
    ]


def test_another_line_is_no_difference() -> None:
    """An edit above an item moves it; it is the same failure."""
    moved = replace(differing("a"), rust_location=SourceLocation(path="src/b.rs", line=1))
    assert words(run(differing("a")), run(moved)) == ["0 new, 0 fixed, 1 unchanged"]


def test_what_is_gone_without_a_fix() -> None:
    """A waiver, an item that is gone, and one that is now unchecked are said."""
    old = run(differing("a"))
    accepted = replace(
        differing("a"),
        status=Status.WAIVED,
        reason="known",
        mismatches=tuple(replace(one, waived="known") for one in differing("a").mismatches),
    )
    assert words(old, run(accepted))[1:] == [f"fixed: {A_LINE} (now waived: known)"]
    assert words(old, run(differing("b")))[2:] == [f"fixed: {A_LINE} (the item is gone)"]
    unchecked = replace(differing("a"), status=Status.INDETERMINATE, reason="x", mismatches=())
    assert words(old, run(unchecked)) == [
        "1 new, 1 fixed, 0 unchanged",
        "new: src/sys/bio.rs:60: indeterminate: k::a could not be checked: x.",
        f"fixed: {A_LINE} (the item is now unchecked)",
    ]


def test_cells() -> None:
    """A failure that spreads to a cell of both runs is new; a cell of one run proves nothing."""
    both = (GENERIC, MINIMAL)
    one = replace(run(differing("a", GENERIC.id)), cells=both)
    two = replace(run(differing("a", GENERIC.id, MINIMAL.id)), cells=both)
    assert words(one, two)[0] == "1 new, 0 fixed, 0 unchanged"
    assert words(two, one)[0] == "0 new, 0 fixed, 1 unchanged"
    only = run(differing("a", GENERIC.id))
    assert words(only, two) == [
        "0 new, 0 fixed, 1 unchanged",
        "note: only the new report has: amd64-MINIMAL",
    ]
    lost = replace(run(differing("a", MINIMAL.id)), cells=both)
    assert words(lost, agreeing_run()) == [
        "0 new, 0 fixed, 0 unchanged",
        "note: only the old report has: amd64-MINIMAL",
        f"not compared: {A_LINE}",
    ]


def test_input_that_was_left_out() -> None:
    """Problems fail a run; so does a run that compared nothing."""
    left_out = replace(agreeing_run(), problems=("no x.h",))
    assert words(agreeing_run(), left_out) == ["1 new, 0 fixed, 0 unchanged", "new: no x.h"]
    assert words(left_out, agreeing_run()) == ["0 new, 1 fixed, 0 unchanged", "fixed: no x.h"]
    assert words(left_out, left_out) == ["0 new, 0 fixed, 1 unchanged"]
    differences = compare_runs(agreeing_run(), replace(agreeing_run(), verdicts=()))
    assert differences.has_new
    assert differences.new_problems == ("nothing was compared",)


def test_another_crate_is_noted() -> None:
    """Two versions of a crate are compared."""
    lines = words(agreeing_run(), replace(agreeing_run(), bindings="freebsd-kpi 0.3.0"))
    assert lines[1] == (
        "note: the old report is of freebsd-kpi 0.2.0, the new one of freebsd-kpi 0.3.0"
    )


@settings(max_examples=50)
@given(old=runs, new=runs)
def test_any_two_runs(old: Run, new: Run) -> None:
    """Every failure of the new run is new or unchanged, and a run has nothing new to itself."""
    assume(not any(one.status is Status.DIFFERS and _is_known(one) for one in new.verdicts))
    differences = compare_runs(old, new)
    text = render_differences(differences, everything=True)
    assert all(line.isprintable() for line in text.split("\n"))
    found = (differences.new, differences.unchanged, differences.new_problems)
    if not new.passed:
        assert any((*found, differences.old_problems))
    assert not compare_runs(new, new).has_new
