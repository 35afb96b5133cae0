"""Root causes as text: places first, what follows, cells, and untrusted names."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.model.verdict import Cause, Mismatch, Run, Status, Verdict
from layoutcheck.report.root_causes import root_causes
from layoutcheck.report.root_list import (
    MOST,
    consequence_line,
    headline,
    render_root_causes,
    subject_of,
)
from tests.kernel_runs import agreeing_run, c_at, cell, rust_at, sample_run

LOCK = Verdict(
    cells=("amd64-GENERIC",),
    c_name="struct lock",
    rust_path="k::lock",
    status=Status.DIFFERS,
    c_location=c_at("sys/lock.h", 3),
    rust_location=rust_at("lib.rs", 7),
    c_says="",
    rust_says="",
    mismatches=(
        Mismatch(check_id="member-extra", member_path="x", c="absent", rust="u64 at offset 16"),
        Mismatch(
            check_id="record-size",
            member_path=None,
            c="24 bytes",
            rust="32 bytes",
            cause=Cause(check="member-extra", member="x"),
        ),
    ),
)


def run(*verdicts: Verdict) -> Run:
    """Return a run of one cell."""
    return Run(bindings="k", cells=(cell(),), verdicts=verdicts)


def test_nothing_differs() -> None:
    """A run without root causes has no text."""
    assert render_root_causes(agreeing_run()) == ""


def test_one_root_cause() -> None:
    """The place comes first, then the check, the item and what both sides have."""
    assert render_root_causes(run(LOCK)) == (
        "1 mistake makes 1 item differ:\n"
        "src/lib.rs:7: member-extra k::lock.x: is not in C; Rust has u64 at offset 16\n"
        "    C: sys/lock.h:3\n"
        "    clears 2 mismatches\n"
    )


def test_the_other_cells() -> None:
    """A root cause of some cells names them, and those in which the item is right."""
    generic, minimal = cell("GENERIC"), replace(cell("MINIMAL"), id="amd64-MINIMAL")
    agrees = replace(LOCK, cells=(minimal.id,), status=Status.AGREES, mismatches=())
    both = Run(bindings="k", cells=(generic, minimal), verdicts=(LOCK, agrees))
    assert "    in amd64-GENERIC, not in amd64-MINIMAL\n" in render_root_causes(both)


def test_at_most_so_many() -> None:
    """Further root causes are counted, unless all are asked for."""
    many = [replace(LOCK, rust_path=f"k::lock{number}") for number in range(MOST + 2)]
    text = render_root_causes(run(*many))
    assert text.endswith("and 2 more: layoutcheck check --brief lists all\n")
    assert text.count("member-extra") == MOST
    assert render_root_causes(run(*many), most=None).count("member-extra") == MOST + 2


def test_a_waived_root_cause_is_not_listed() -> None:
    """A known mismatch is no mistake."""
    known = tuple(replace(one, waived="known") for one in LOCK.mismatches)
    waived = replace(LOCK, status=Status.WAIVED, reason="known", mismatches=known)
    assert render_root_causes(run(waived)) == ""


def test_names_cannot_write_on_the_terminal() -> None:
    """Escape codes and direction marks in names are spelled out."""
    hostile = replace(LOCK, rust_path="k::\x1b[2J\u202elock")
    text = render_root_causes(run(hostile), color=False)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_an_unchecked_cause() -> None:
    """A type that is unchecked is a mistake if others follow from it."""
    cause = Cause(item="k::gone", check="record-size")
    holder = replace(LOCK, mismatches=(replace(LOCK.mismatches[0], cause=cause),))
    text = render_root_causes(run(holder))
    assert "record-size k::gone: cannot be checked\n" in text


def test_the_width() -> None:
    """No line is longer than the width, if its words are not."""
    text = render_root_causes(sample_run(), width=60)
    assert all(len(line) <= 60 for line in text.splitlines()), text


def test_consequences_in_a_line() -> None:
    """An item that only follows names its first root cause, and how many others there are."""
    second = replace(
        LOCK,
        rust_path="k::other",
        mismatches=(Mismatch(check_id="record-kind", member_path=None, c="union", rust="struct"),),
    )
    roots = root_causes(run(LOCK, second))
    line = consequence_line(LOCK, roots)
    assert line == "src/lib.rs:7: k::lock: 2 mismatches follow from k::lock.x and 1 more\n"
    assert [subject_of(root) for root in roots] == ["k::lock.x", "k::other"]
    assert headline(roots) == ("2 mistakes make 2 items differ; those that clear most come first:")
