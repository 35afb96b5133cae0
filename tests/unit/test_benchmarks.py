"""benchmarks/: what is counted and what is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.facts import count_facts
from benchmarks.measuring import Case, Measurement, interleave
from benchmarks.page import BEGIN, END, Goal, Table, render, replace_between

GOLDEN = Path(__file__).parent / "report" / "golden" / "sample.json"


def test_facts_of_a_report() -> None:
    """Each record of which both sides are known has its own two facts, and three a member."""
    report = json.loads(GOLDEN.read_text(encoding="utf-8"))
    facts = count_facts(report)
    compared = [s for s in report["subjects"] if s["c"] is not None and s["rust"] is not None]
    pairs = sum(None not in pair for s in compared for pair in s["paired"])
    assert facts["records"] == len(compared) > 0
    assert facts["record"] == 2 * len(compared) + 3 * pairs


def test_the_page() -> None:
    """The tables stand between the markers, in place of what stood there; the rest stays."""
    goal = Goal(what="cold", limit="1.2 x", measured="1.5 x", is_reached=False)
    table = Table(title="Cells", columns=("", "s"), rows=(("one", "1.0"),), notes=("a note",))
    text = render("a machine", (goal,), (table,))
    page = replace_between(f"before {BEGIN} the last one {END} after", text)
    assert page.startswith("before ")
    assert page.endswith(" after")
    assert "the last one" not in page
    assert "**no**" in page
    assert replace_between(page, text) == page
    with pytest.raises(ValueError, match="has no"):
        replace_between("no marker", text)


def test_turns() -> None:
    """Cases are measured in turns, each prepared; the median, not the mean, is told."""
    done: list[str] = []
    seconds = {"a": iter((3.0, 1.0, 100.0)), "b": iter((2.0, 2.0, 2.0))}

    def case(name: str) -> Case:
        def run() -> Measurement:
            done.append(name)
            return Measurement(seconds=next(seconds[name]), largest_mb=1.0)

        return Case(name=name, run=run, prepare=lambda: done.append(f"for {name}"))

    figures = interleave([case("a"), case("b")], 3)
    assert done == ["for a", "a", "for b", "b"] * 3
    assert (figures["a"].seconds, figures["a"].fastest, figures["a"].slowest) == (3.0, 1.0, 100.0)
    assert figures["b"].runs == 3
