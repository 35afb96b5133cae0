"""failures.py: what fails a run, in its order and in words; nothing unsafe in any text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from layoutcheck.model.checks import UNCHECKED
from layoutcheck.model.sharding import Shard
from layoutcheck.model.verdict import Cause, Mismatch, Run, Status, Verdict
from layoutcheck.report.failures import Failure, failures, headline, problems_of
from tests.kernel_runs import (
    agreeing_run,
    bio_verdict,
    cell,
    mtx_verdict,
    sample_run,
    thread_verdict,
)
from tests.strategies import runs

GENERIC, MINIMAL = cell("GENERIC"), cell("MINIMAL")
LEFT_OUT = "some input was left out"
NASTY = "a\033[31m\u202e\n::error::b\u2028\ud800"


def by_id(run: Run) -> dict[str, Failure]:
    """The failures of a run, by their ids."""
    return {one.finding.id: one for one in failures(run)}


def differing(path: str, check: str, cause: Cause | None = None) -> Verdict:
    """An item with one mismatch."""
    wrong = Mismatch(check_id=check, member_path="m", c="1 byte", rust="2 bytes", cause=cause)
    return replace(bio_verdict(), rust_path=path, mismatches=(wrong,))


def test_what_fails_comes_first() -> None:
    """Root causes before unchecked items, and what is waived last."""
    found = failures(sample_run())
    waived = [one.waived is not None for one in found]
    unchecked = [one.check == UNCHECKED for one in found if one.waived is None]
    assert waived == sorted(waived)
    assert unchecked == sorted(unchecked)
    assert (sum(waived), sum(unchecked)) == (1, 1)


def test_the_words_of_a_mistake() -> None:
    """The member and its item, both sides, what follows, and the fix."""
    failure = by_id(sample_run())["record:kpi::cam::cam_ccb::ccb_scsiio:member-size:sense_data"]
    assert failure.text == (
        "sense_data of kpi::cam::cam_ccb::ccb_scsiio: C says 252 bytes, Rust 32 bytes."
        " 13 further mismatches of this item follow from it."
        " Fix: declare it as scsi_sense_data, which FreeBSD 9 made 252 bytes long."
    )
    assert str(failure.rust_location) == "src/cam/cam_ccb.rs:1210"
    assert str(failure.c_location) == "cam/cam_ccb.h:753"


def test_the_words_of_an_unchecked_item() -> None:
    """The reason; an accepted one is told by its waiver."""
    (failure,) = failures(replace(agreeing_run(), verdicts=(thread_verdict(),)))
    assert failure.sentence.startswith("kpi::sys::proc::thread could not be checked: the C probe")
    assert failure.finding.id == "record:kpi::sys::proc::thread:indeterminate"
    accepted = replace(thread_verdict(), status=Status.WAIVED, reason="known")
    (failure,) = failures(replace(agreeing_run(), verdicts=(accepted,)))
    assert (failure.sentence, failure.waived) == (
        "kpi::sys::proc::thread was not compared.",
        "known",
    )


def test_what_follows_in_other_items() -> None:
    """Each other item is named with its place and the number of its mismatches."""
    root = differing("k::lock", "member-size")
    holder = differing(
        "k::mtx", "member-offset", Cause(item="k::lock", check="member-size", member="m")
    )
    (failure,) = failures(replace(agreeing_run(), verdicts=(holder, root)))
    assert failure.remarks == ("1 other item follows from it.",)
    (cleared,) = failure.cleared
    assert (cleared.rust_path, cleared.mismatches) == ("k::mtx", 1)
    assert cleared.location == holder.rust_location


def test_an_unchecked_item_that_others_follow_from_comes_once() -> None:
    """It is no root cause beside itself; an item that the run does not have is one."""
    cause = Cause(item="kpi::sys::proc::thread", check="record-size")
    holder = differing("k::holder", "member-size", cause)
    run = replace(agreeing_run(), verdicts=(thread_verdict(), holder))
    (failure,) = failures(run)
    assert failure.check == UNCHECKED
    assert [one.rust_path for one in failure.cleared] == ["k::holder"]
    (failure,) = failures(replace(run, verdicts=(holder,)))
    assert failure.c_says == "it is no item of the run, and others follow from it"
    assert failure.rust_location == holder.rust_location
    agrees = replace(thread_verdict(), status=Status.AGREES, reason=None)
    (failure,) = failures(replace(run, verdicts=(agrees, holder)))
    assert failure.c_says == "others follow from its record-size, which no check reports"


def test_cells_are_named_if_some_agree() -> None:
    """Of a run of one cell nothing is said, nor of a failure in all cells."""
    one = replace(bio_verdict(), cells=(GENERIC.id,))
    other = replace(thread_verdict(), cells=(MINIMAL.id,))
    run = Run(bindings="k", cells=(GENERIC, MINIMAL), verdicts=(one, other))
    assert [failure.remarks[0] for failure in failures(run)] == [
        "In amd64-GENERIC.",
        "In amd64-MINIMAL.",
    ]
    both = replace(other, cells=(GENERIC.id, MINIMAL.id))
    (failure,) = failures(replace(run, verdicts=(both,)))
    assert failure.remarks == ()
    twice = (replace(other, cells=(GENERIC.id,), reason="no header"), other)
    (failure,) = failures(replace(run, verdicts=twice))
    assert failure.cells == (GENERIC.id, MINIMAL.id)
    assert failure.c_says.startswith("no header; the C probe")


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (agreeing_run(), "All 2 items agree"),
        (replace(agreeing_run(), verdicts=(mtx_verdict(),)), "1 item passes"),
        (replace(agreeing_run(), verdicts=()), "Nothing was compared"),
        (
            Run(bindings="k", cells=(), verdicts=(), shard=Shard(number=2, count=2, plan=("a",))),
            "No cell is in this shard",
        ),
        (replace(agreeing_run(), problems=("x",)), LEFT_OUT.capitalize()),
        (replace(agreeing_run(), verdicts=(bio_verdict(),)), "1 mistake makes 1 item differ"),
        (
            sample_run(),
            f"15 mistakes make 3 items differ, 1 item could not be checked, and {LEFT_OUT}",
        ),
        (
            replace(
                agreeing_run(),
                verdicts=(
                    mtx_verdict(),
                    replace(thread_verdict(), status=Status.WAIVED, reason="x"),
                ),
            ),
            "All 2 items agree or are waived",
        ),
    ],
)
def test_headlines(run: Run, words: str) -> None:
    """Each part of what fails a run is said."""
    assert headline(run, failures(run)) == words


@pytest.mark.parametrize(
    ("run", "problems"),
    [
        (agreeing_run(), ()),
        (sample_run(), ("include dev/nope/nope.h: no such file in the headers",)),
        (replace(sample_run(), problems=()), ()),
        (replace(agreeing_run(), problems=(NASTY,)), (r"a\x1b[31m\u202e ::error::b \ud800",)),
        (replace(agreeing_run(), verdicts=()), ("nothing was compared",)),
        (Run(bindings="k", cells=(), verdicts=(), shard=Shard(number=2, count=2, plan=("a",))), ()),
    ],
)
def test_a_run_fails_by_a_failure_or_a_problem(run: Run, problems: tuple[str, ...]) -> None:
    """And by nothing else, so that no report is greener than the run."""
    assert problems_of(run) == problems
    failing = [one for one in failures(run) if one.waived is None]
    assert run.passed == (not failing and not problems)


@settings(max_examples=50)
@given(run=runs)
def test_every_text_is_safe_and_every_failure_there(run: Run) -> None:
    """One line, all of it printable; a run fails if and only if a failure or an input says so."""
    found = failures(run)
    for one in found:
        for text in (one.text, one.subject, one.c_says, one.rust_says, one.check, one.waived or ""):
            assert text.isprintable()
    items = {one.key for one in run.verdicts if one.status is Status.INDETERMINATE}
    told = {(one.finding.kind, one.finding.rust_path) for one in found if one.check == UNCHECKED}
    assert items <= told
    assert len({(one.finding, one.waived is None) for one in found}) == len(found)


def test_hostile_names() -> None:
    """Escape codes, bidirectional marks and line breaks are escaped or gone."""
    wrong = replace(bio_verdict().mismatches[0], c=NASTY, rust=NASTY, hint=NASTY, waived=NASTY)
    verdict = replace(bio_verdict(), rust_path=NASTY, mismatches=(wrong,))
    (failure,) = failures(replace(agreeing_run(), verdicts=(verdict,)))
    assert failure.c_says == r"a\x1b[31m\u202e ::error::b \ud800"
    assert failure.text.isprintable()
