"""github.py: annotations of GitHub Actions, ten at most, in which no name can write a command."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from layoutcheck.location import SourceLocation
from layoutcheck.model.verdict import Run
from layoutcheck.report.github import render
from tests.kernel_runs import agreeing_run, bio_verdict, sample_run, thread_verdict
from tests.strategies import runs


def read(line: str) -> tuple[dict[str, str], str]:
    """The properties and the message of a command, as the runner reads them."""
    found = re.fullmatch("::error ([^:]*)::(.*)", line)
    assert found is not None, line
    properties = dict(part.split("=", 1) for part in found[1].split(","))
    return {name: plain(value) for name, value in properties.items()}, plain(found[2])


def plain(text: str) -> str:
    """A value without the runner's escapes; `%25` comes last."""
    for escape, char in {"%3A": ":", "%2C": ",", "%0D": "\r", "%0A": "\n", "%25": "%"}.items():
        text = text.replace(escape, char)
    return text


def commands(run: Run) -> list[tuple[dict[str, str], str]]:
    """All commands of a run."""
    return [read(line) for line in render(run).splitlines()]


def test_a_run_that_passes_has_none() -> None:
    """Nor a word."""
    assert render(agreeing_run()) == ""


def test_a_root_cause_and_an_unchecked_item() -> None:
    """The place, the check in words, and the message of every report."""
    run = replace(agreeing_run(), verdicts=(thread_verdict(), bio_verdict()))
    (first, words), (second, reason) = commands(run)
    assert first == {
        "file": "src/sys/bio.rs",
        "line": "87",
        "title": (
            "member-type: the member's kind, width or signedness differs, or what it points to"
        ),
    }
    assert words.startswith("bio_children of kpi::sys::bio::bio: C says unsigned, 4 bytes, Rust ")
    assert second == {"file": "src/sys/proc.rs", "line": "402", "title": "unchecked item"}
    assert reason.startswith("kpi::sys::proc::thread could not be checked: the C probe does not")


def test_the_tenth_counts_the_others() -> None:
    """GitHub would drop them; ten are ten."""
    found = commands(sample_run())
    assert len(found) == 10
    assert found[-1] == (
        {"title": "layoutcheck"},
        (
            "15 mistakes make 3 items differ, 1 item could not be checked, and some input was left"
            " out. 8 more are not shown here."
        ),
    )
    problems = tuple(f"no {number}.h" for number in range(10))
    found = commands(replace(agreeing_run(), problems=problems))
    assert [words for _, words in found] == list(problems)


def test_what_fails_without_an_item() -> None:
    """Input that was left out, and a run that compared nothing."""
    left_out = commands(replace(agreeing_run(), problems=("no x.h",)))
    assert left_out == [({"title": "layoutcheck"}, "no x.h")]
    nothing = commands(replace(agreeing_run(), verdicts=()))
    assert nothing == [({"title": "layoutcheck"}, "nothing was compared")]


def test_an_item_without_a_line() -> None:
    """The whole file, or no file at all."""
    place = SourceLocation(path="a,b:c%.rs")
    unchecked = replace(thread_verdict(), rust_location=place)
    ((properties, _),) = commands(replace(agreeing_run(), verdicts=(unchecked,)))
    assert properties == {"file": "a,b:c%.rs", "title": "unchecked item"}
    nowhere = replace(thread_verdict(), rust_location=None)
    ((properties, _),) = commands(replace(agreeing_run(), verdicts=(nowhere,)))
    assert properties == {"title": "unchecked item"}


@pytest.mark.parametrize("nasty", ["\n::set-env name=A::b", "\r::error::x", "%0A::x", "\033[2J"])
def test_no_name_is_a_command(nasty: str) -> None:
    """Each line is one annotation, whatever a crate or a path has in its names."""
    place = SourceLocation(path=f"src/{nasty}.rs", line=1)
    wrong = replace(bio_verdict().mismatches[0], c=nasty, check_id=nasty, rust_location=place)
    verdict = replace(bio_verdict(), rust_path=nasty, mismatches=(wrong,))
    text = render(replace(agreeing_run(), verdicts=(verdict,), problems=(nasty,)))
    assert [line.startswith("::error ") for line in text.split("\n")] == [True, True, False]
    assert text.replace("\n", "").isprintable()


@settings(max_examples=50)
@given(run=runs)
def test_a_run_that_fails_says_so(run: Run) -> None:
    """With one to ten commands, each on a line."""
    text = render(run)
    lines = text.split("\n")[:-1]
    assert bool(lines) == (not run.passed)
    assert len(lines) <= 10
    for line in lines:
        read(line)
