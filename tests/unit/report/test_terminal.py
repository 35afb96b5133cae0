"""report/terminal.py: the text of a failing test."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from layoutcheck.location import SourceLocation
from layoutcheck.model.verdict import Mismatch, Status, Verdict
from layoutcheck.report.terminal import render_difference, render_layouts
from tests.kernel_runs import (
    base,
    bio_verdict,
    ccb_verdict,
    declare,
    descriptor_verdict,
    judge,
    mtx_verdict,
    thread_verdict,
    union_verdict,
)
from tests.strategies import verdicts

EVERY = [ccb_verdict(), bio_verdict(), descriptor_verdict(), union_verdict(), thread_verdict()]


@pytest.mark.parametrize("verdict", EVERY, ids=lambda verdict: verdict.rust_path)
@pytest.mark.parametrize("width", [70, 80, 120])
def test_it_fits(verdict: Verdict, width: int) -> None:
    """No line is wider than asked for, and colours change only colours."""
    for render in (render_difference, render_layouts):
        plain = render(verdict, width=width)
        assert max(len(line) for line in plain.splitlines()) <= width
        assert re.sub(r"\x1b\[\d+m", "", render(verdict, width=width, color=True)) == plain


@settings(deadline=None)
@given(verdict=verdicts)
def test_whatever_a_record_holds_no_control_character_is_printed(verdict: Verdict) -> None:
    """No control character of an untrusted name is printed."""
    for text in (render_difference(verdict), render_layouts(verdict)):
        assert all(line.isprintable() for line in text.split("\n"))


def test_the_heading_names_both_sides_and_their_places() -> None:
    """The heading has C's name, then Rust's, on one line if they fit."""
    first = render_difference(bio_verdict()).splitlines()[0]
    assert first == "struct bio  sys/bio.h:87  <->  kpi::sys::bio::bio  src/sys/bio.rs:60"


def test_a_location_longer_than_a_line_stays_whole() -> None:
    """A long location is on a line of its own, so that it can be copied."""
    path = "vendor/" + "deep/" * 20 + "lib.rs"
    verdict = replace(mtx_verdict(), rust_location=SourceLocation(path=path, line=3))
    assert f"    {path}:3" in render_layouts(verdict).splitlines()


def test_differing_rows_are_marked_without_colour() -> None:
    """One row is marked without colour, and its numbers are on both sides."""
    marked = [line for line in render_difference(bio_verdict()).splitlines() if line[:5] == "! 304"]
    [row] = marked
    assert row.split("|")[1].split() == ["304", "4", "bio_children:", "i32"]


def test_a_long_record_is_folded_around_what_differs() -> None:
    """A long record shows the differing rows, their neighbours, and counts of folded ones."""
    text = render_difference(bio_verdict())
    assert "... 25 members that agree ..." in text
    assert "bio_cmd" not in text
    assert "bio_cmd" in render_layouts(bio_verdict())


def test_each_mismatch_is_said_in_words_with_its_hint() -> None:
    """A mismatch shows both sides, their places, and the hint."""
    text = render_difference(bio_verdict())
    assert "! member-type  bio_children: C says unsigned, 4 bytes, Rust signed, 4 bytes\n" in text
    assert "    sys/bio.h:114 <-> src/sys/bio.rs:87\n    hint: declare it as u32\n" in text


def test_every_member_of_a_long_run_of_mismatches_is_named() -> None:
    """The first of many mismatches is shown in full, and the others by name."""
    text = " ".join(render_difference(ccb_verdict()).split())
    assert "! member-offset and 11 more (follows from sense_data): cdb_len, sglist_cnt" in text
    for mismatch in ccb_verdict().mismatches:
        assert (mismatch.member_path or "(whole record)") in text


def test_a_hint_is_never_folded_away() -> None:
    """Each mismatch with a hint is shown in full."""
    c = declare("s", *((f"m{i}", base("u64", 8)) for i in range(6)))
    found = [
        Mismatch(check_id="member-type", member_path=f"m{i}", c="a", rust="b", hint=f"fix {i}")
        for i in range(6)
    ]
    text = render_difference(judge(c, replace(c, name="k::s"), *found))
    assert [f"hint: fix {i}" in text for i in range(6)] == [True] * 6


def test_what_could_not_be_checked_says_why() -> None:
    """An unchecked record shows the compiler's message."""
    text = " ".join(render_difference(thread_verdict()).split())
    assert "could not be checked: the C probe does not compile" in text
    assert "field has incomplete type 'struct pcb'" in text


def test_a_name_is_never_cut() -> None:
    """A name is never cut: the type is cut first, and then the name has a line of its own."""
    long = "a_member_with_a_very_long_name_indeed_of_sixty_characters_or_so"
    u64 = base("a_type_that_begins_like_the_member", 8)
    c = declare("s", ("a_type", u64), (long, u64))
    text = render_layouts(judge(c, replace(c, name="k::s"), status=Status.AGREES))
    assert "a_type_that_begins_.. a_type" in text
    assert long in "".join(line[10:40].strip() for line in text.splitlines())


def test_show_sums_up_holes_and_padding() -> None:
    """Holes and padding of both sides are summed up as in pahole."""
    lines = render_layouts(bio_verdict()).splitlines()
    assert "C: size 376, alignment 8, members 35, holes 1 (4 bytes), padding 0 bytes" in lines
    assert any("/* hole */" in line and line.split()[:2] == ["68", "4"] for line in lines)
