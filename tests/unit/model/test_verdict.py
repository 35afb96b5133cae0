"""verdict.py: verdicts are counted, and a run passes or fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.model.sharding import Shard
from layoutcheck.model.verdict import Cause, Run, SetAside, Status, Verdict, plural
from tests.kernel_runs import cell
from tests.layouts import U32, record

LAYOUT = record("s", ("x", U32))
AGREES = Verdict(
    cells=("amd64",),
    c_name="struct s",
    rust_path="k::s",
    status=Status.AGREES,
    c=LAYOUT,
    rust=LAYOUT,
)
CONSTANT = Verdict(
    cells=("amd64",),
    kind="constant",
    c_name="K",
    rust_path="k::s",
    status=Status.AGREES,
    c_says="1 (int)",
    rust_says="1 (u32)",
)


def run(*verdicts: Verdict, problems: tuple[str, ...] = (), shard: Shard | None = None) -> Run:
    """A run of one cell that ends with these verdicts."""
    return Run(
        bindings="k",
        cells=(cell("GENERIC"),),
        verdicts=verdicts,
        problems=problems,
        shard=shard,
    )


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (Cause(check="member-size", member="a"), "a"),
        (Cause(check="record-size", member="a", item="k::t"), "k::t"),
        (Cause(check="record-alignment"), "alignment"),
        (Cause(check="record-kind"), "kind"),
        (Cause(check="repr-missing"), "repr"),
        (Cause(check="parameter-count"), "the number of parameters"),
        (Cause(check="function-symbol"), "function-symbol"),
        (Cause(), ""),
    ],
)
def test_words_for_causes(cause: Cause, words: str) -> None:
    """The words name the item before the member, and a check of the whole by a word."""
    assert str(cause) == words


def test_plurals() -> None:
    """The plural of an alias is "aliases", and other kinds have an s."""
    assert (plural("alias"), plural("record"), plural("static")) == (
        *("aliases", "records"),
        "statics",
    )


def test_subjects() -> None:
    """A type and a constant of one path are two items; the reason does not matter."""
    assert AGREES.key != CONSTANT.key
    assert AGREES.key == replace(AGREES, status=Status.DIFFERS, reason="x").key
    assert CONSTANT.key == SetAside(rust_path="k::s", why="not in C", kind="constant").key


def test_records_and_other_items() -> None:
    """An alias of a record is judged by its layout, and one of a scalar is not."""
    assert AGREES.is_of_record
    assert replace(AGREES, c=None, rust=None).is_of_record
    assert replace(AGREES, kind="alias", rust=None).is_of_record
    assert not CONSTANT.is_of_record
    assert not replace(CONSTANT, kind="alias").is_of_record


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (AGREES, True),
        (replace(AGREES, c=None), False),
        (replace(AGREES, rust=None), False),
        (CONSTANT, True),
        (replace(CONSTANT, rust_says=None), False),
        (replace(CONSTANT, c_says=None), False),
        (replace(CONSTANT, c_says=""), True),
    ],
)
def test_verdicts_that_were_compared(verdict: Verdict, *, expected: bool) -> None:
    """A verdict was compared if both sides are known."""
    assert verdict.is_compared is expected


def test_counts() -> None:
    """A verdict counts in each of its cells."""
    both = replace(AGREES, cells=("amd64", "i386"))
    count = run(both, CONSTANT, replace(CONSTANT, status=Status.DIFFERS)).count()
    assert count == {Status.AGREES: 3, Status.DIFFERS: 1}
    assert count[Status.WAIVED] == 0


@pytest.mark.parametrize(
    ("statuses", "problems", "passed"),
    [
        ((Status.AGREES,), (), True),
        ((Status.WAIVED,), (), True),
        ((Status.AGREES, Status.DIFFERS), (), False),
        ((Status.AGREES, Status.INDETERMINATE), (), False),
        ((Status.AGREES,), ("<a.h> does not compile",), False),
        ((), (), False),
    ],
)
def test_runs_that_pass(
    statuses: tuple[Status, ...], problems: tuple[str, ...], *, passed: bool
) -> None:
    """A run passes if an item agrees or is waived, none is wrong, and no problem occurred."""
    verdicts = (replace(AGREES, status=status) for status in statuses)
    assert run(*verdicts, problems=problems).passed is passed


def test_a_shard_without_a_cell() -> None:
    """A shard without a cell passes if it has a plan and no problems."""
    plan = Shard(number=2, count=2, plan=("amd64",))
    empty = replace(run(shard=plan), cells=())
    assert empty.is_empty_shard
    assert empty.passed
    assert not replace(empty, problems=("x",)).passed
    assert not replace(empty, shard=replace(plan, plan=())).passed
    assert not replace(empty, shard=None).passed
    assert not run(shard=plan).passed
