"""json_brief.py: a small report from which the failures can still be read."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from hypothesis import given, settings
from jsonschema import Draft202012Validator

from layoutcheck.model.json.runs import run_from_json
from layoutcheck.model.verdict import Run, Status
from layoutcheck.report.failures import failures
from layoutcheck.report.json_brief import render
from layoutcheck.report.json_text import render as render_all
from layoutcheck.report.summary import render_summary
from layoutcheck.run.report_files import read_report
from tests.kernel_runs import ccb_verdict, cell, large_run, mtx_verdict, sample_run
from tests.strategies import runs

SCHEMA = files("layoutcheck.report").joinpath("layoutcheck-1.schema.json").read_text("utf-8")
VALIDATOR = Draft202012Validator(json.loads(SCHEMA))


def test_layouts_of_what_does_not_agree_only() -> None:
    """Every item is there, with its state."""
    subjects = json.loads(render(sample_run()))["subjects"]
    assert len(subjects) == len(sample_run().verdicts)
    assert {one["status"] for one in subjects if one["c"]} == {"differs", "waived"}
    assert all(one["c"] is None for one in subjects if one["status"] == "agrees")


def test_it_is_small() -> None:
    """A run of which one item in a hundred differs."""
    run = large_run(200)
    assert len(render(run)) < len(render_all(run)) / 10


def test_it_says_that_it_is_brief(tmp_path: Path) -> None:
    """`report merge` refuses it by that; the whole report does not have the key."""
    for name, text in (("brief", render(sample_run())), ("whole", render_all(sample_run()))):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_report(tmp_path / "brief").is_brief
    assert not read_report(tmp_path / "whole").is_brief


def test_cells_that_agree_still_count() -> None:
    """Words such as "agrees in amd64-MINIMAL" are those of the whole report."""
    other = cell("MINIMAL")
    agrees = replace(
        ccb_verdict(), cells=(other.id,), status=Status.AGREES, mismatches=(), paired=()
    )
    run = Run(bindings="k", cells=(cell(), other), verdicts=(ccb_verdict(), agrees, mtx_verdict()))
    read = run_from_json(json.loads(render(run)))
    assert failures(read) == failures(run_from_json(json.loads(render_all(run))))


@settings(max_examples=50)
@given(run=runs)
def test_failures_and_summary_are_those_of_the_whole(run: Run) -> None:
    """What is left out is about nothing that fails; the text is ASCII, and valid by the schema."""
    text = render(run)
    assert text.isascii()
    value = json.loads(text)
    VALIDATOR.validate(value)
    read, whole = run_from_json(value), run_from_json(json.loads(render_all(run)))
    assert failures(read) == failures(whole)
    assert render_summary(read) == render_summary(whole)
