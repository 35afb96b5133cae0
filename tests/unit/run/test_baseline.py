"""A baseline makes any run pass, with as few waivers as there are root causes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from layoutcheck.judge.waiving import waive
from layoutcheck.model.verdict import Cause, Mismatch, Run, Status, Verdict
from layoutcheck.run.baseline import baseline
from tests.kernel_runs import agreeing_run, cell, sample_run

HOLDER = Verdict(
    cells=(cell().id,),
    c_name="struct s",
    rust_path="k::s",
    status=Status.DIFFERS,
    mismatches=(
        Mismatch(
            check_id="member-offset",
            member_path="a[0]",
            c="0",
            rust="4",
            cause=Cause(item="k::inner", check="record-alignment"),
        ),
    ),
)


def statuses(run: Run) -> set[Status]:
    """Return the statuses of the first cell after the baseline is applied."""
    first = run.cells[0].id
    verdicts = [one for one in run.verdicts if first in one.cells]
    after, _ = waive(verdicts, baseline(run, reason="known"))
    return {one.status for one in after}


def test_a_run_that_needs_none() -> None:
    """A run in which all items agree has no baseline."""
    assert baseline(agreeing_run(), reason="known") == ()


def test_every_item_passes() -> None:
    """Root causes and unchecked items have a waiver, consequences and known mismatches none."""
    run = sample_run()
    assert statuses(run) <= {Status.AGREES, Status.WAIVED}
    told = {(one.subject, one.check) for one in baseline(run, reason="known")}
    roots = {
        (verdict.rust_path, mismatch.check_id)
        for verdict in run.verdicts
        for mismatch in verdict.mismatches
        if mismatch.cause is None and mismatch.waived is None
    }
    unchecked = {
        (verdict.rust_path, "indeterminate")
        for verdict in run.verdicts
        if verdict.status is Status.INDETERMINATE
    }
    assert told == roots | unchecked


def test_a_consequence_of_no_mismatch() -> None:
    """It has its own waiver, whose pattern matches no other member."""
    run = Run(bindings="k", cells=(cell(),), verdicts=(HOLDER,))
    (waiver,) = baseline(run, reason="known", expires=date(2030, 12, 31))
    assert (waiver.subject, waiver.check, waiver.member) == ("k::s", "member-offset", "a[[]0]")
    assert (waiver.reason, waiver.expires) == ("known", date(2030, 12, 31))
    assert statuses(run) == {Status.WAIVED}


def test_what_is_waived_already() -> None:
    """A waived item needs no further waiver."""
    known = tuple(replace(one, waived="known") for one in HOLDER.mismatches)
    waived = replace(HOLDER, status=Status.WAIVED, mismatches=known)
    assert baseline(Run(bindings="k", cells=(cell(),), verdicts=(waived,)), reason="r") == ()
