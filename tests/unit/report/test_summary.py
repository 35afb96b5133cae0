"""report/summary.py: the summary of a run counts everything once."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from layoutcheck.model.verdict import Run, Status
from layoutcheck.report.summary import count_verdicts, render_summary
from tests.kernel_runs import agreeing_run, cell, mtx_verdict, sample_run, thread_verdict
from tests.strategies import runs


@settings(deadline=None)
@given(run=runs)
def test_nothing_is_counted_twice_or_not_at_all(run: Run) -> None:
    """Compared, waived and unchecked verdicts add up to all verdicts, in each cell."""
    counts = count_verdicts(run)
    assert counts.compared == counts.agree + counts.differ + counts.waived
    assert counts.compared + counts.unchecked + counts.unchecked_waived == sum(
        len(verdict.cells) for verdict in run.verdicts
    )
    assert sum(counts.set_aside.values()) == len(run.set_aside)
    assert render_summary(run).isascii()


def test_it_says_what_was_compared_with_what() -> None:
    """The summary has release, machine, conf, the origins of conf and headers, and clang."""
    text = " ".join(render_summary(sample_run()).split())
    assert "against FreeBSD 14.3 amd64 GENERIC" in text
    assert (
        "conf: built into layoutcheck (FreeBSD 14, amd64); headers: ziglang 0.15.2; Debian" in text
    )
    assert "Debian clang 19.1.7)" in text
    assert "6 records compared: 2 agree, 3 differ, 1 waived" in text
    assert "problem: include dev/nope/nope.h" in text


def test_reasons_are_grouped() -> None:
    """Two records with the same reason are one line, which names one of them."""
    thread = thread_verdict()
    run = replace(sample_run(), verdicts=(thread, replace(thread, rust_path="kpi::b")))
    text = " ".join(render_summary(run).split())
    assert "2 could not be checked: 2 the C probe does not compile" in text
    assert "(kpi::sys::proc::thread and 1 more)" in text


def test_a_run_without_a_comparison_does_not_sound_green() -> None:
    """A run without a comparison says so."""
    empty = Run(bindings="b", cells=(cell(),), verdicts=())
    assert "No record was compared" in render_summary(empty)


def test_a_waiver_of_what_was_never_compared_is_said() -> None:
    """A waived record that was not compared is not counted as compared."""
    waived = replace(thread_verdict(), status=Status.WAIVED, reason="later")
    run = replace(agreeing_run(), verdicts=(mtx_verdict(), waived))
    text = render_summary(run)
    assert "1 record compared: 1 agree, 0 differ, 0 waived" in text
    assert "1 waived without having been compared." in text


def test_it_fits_80_columns() -> None:
    """The summary fits 80 columns, for mails and logs."""
    assert max(len(line) for line in render_summary(sample_run()).splitlines()) <= 80


def test_what_should_be_known_of_what_agrees() -> None:
    """A reason of an agreeing item is a note with its name."""
    verdict = replace(mtx_verdict(), reason="no variant for C's A_LOST = 2: Rust must not meet it")
    text = " ".join(render_summary(replace(agreeing_run(), verdicts=(verdict,))).split())
    assert f"note: {verdict.rust_path}: no variant for C's A_LOST = 2" in text
