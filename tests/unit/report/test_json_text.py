"""`report/json_text.py`: JSON that other programs, and `grep`, can read."""

from __future__ import annotations

import json

from hypothesis import given, settings

from layoutcheck.model.json.runs import run_from_json, run_to_json
from layoutcheck.model.verdict import Run
from layoutcheck.report.json_text import render
from layoutcheck.report.made_for import made_for
from layoutcheck.report.root_causes import root_causes
from tests.kernel_runs import sample_run
from tests.strategies import runs


@settings(deadline=None, max_examples=50)
@given(run=runs)
def test_the_text_holds_the_run(run: Run) -> None:
    """The text is the run's value and its root causes, and is ASCII."""
    text = render(run)
    value = json.loads(text)
    assert value.pop("warnings") == [*made_for(run)]
    ids = [one["id"] for one in value.pop("root_causes")]
    assert ids == [one.finding.id for one in root_causes(run)]
    for subject in value["subjects"]:
        assert set(subject.pop("root_causes")) <= set(ids)
    assert value == json.loads(json.dumps(run_to_json(run)))
    assert run_to_json(run_from_json(json.loads(text))) == run_to_json(run)
    assert text.isascii()


def test_every_item_that_differs_names_its_root_causes() -> None:
    """Each has at least one, which is listed; an item that agrees has none."""
    value = json.loads(render(sample_run()))
    ids = {one["id"] for one in value["root_causes"]}
    for subject in value["subjects"]:
        assert bool(subject["root_causes"]) == bool(subject["mismatches"])
        assert set(subject["root_causes"]) <= ids


def test_each_subject_has_a_line() -> None:
    """Each item has a line, for searches and comparisons of two reports."""
    text, _, roots = render(sample_run()).partition('"root_causes": [\n')
    lines = [line for line in text.splitlines() if '"rust_path": "kpi' in line]
    assert len(lines) == len(sample_run().verdicts) + len(sample_run().set_aside)
    assert len(roots.splitlines()) == len(root_causes(sample_run())) + 2
