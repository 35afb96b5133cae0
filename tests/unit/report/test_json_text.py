"""`report/json_text.py`: JSON that other programs, and `grep`, can read."""

from __future__ import annotations

import json

from hypothesis import given, settings

from layoutcheck.model.json.runs import run_from_json, run_to_json
from layoutcheck.model.verdict import Run
from layoutcheck.report.json_text import render
from tests.kernel_runs import sample_run
from tests.strategies import runs


@settings(deadline=None, max_examples=50)
@given(run=runs)
def test_the_text_holds_the_run(run: Run) -> None:
    """The text has the run's value and is ASCII."""
    text = render(run)
    assert json.loads(text) == json.loads(json.dumps(run_to_json(run)))
    assert run_to_json(run_from_json(json.loads(text))) == run_to_json(run)
    assert text.isascii()


def test_each_subject_has_a_line() -> None:
    """Each item has a line, for searches and comparisons of two reports."""
    lines = [line for line in render(sample_run()).splitlines() if '"rust_path": "kpi' in line]
    assert len(lines) == len(sample_run().verdicts) + len(sample_run().set_aside)
