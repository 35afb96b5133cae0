"""junit.py: XML that every reader takes, with the counts of the summary."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET  # of text that we wrote ourselves

import pytest
from hypothesis import given, settings

from layoutcheck.model.sharding import Shard
from layoutcheck.model.verdict import Run
from layoutcheck.report.junit import render
from layoutcheck.report.summary import count_verdicts
from layoutcheck.report.terminal import render_difference
from tests.kernel_runs import (
    agreeing_run,
    bio_verdict,
    cell,
    mtx_verdict,
    sample_run,
    thread_verdict,
)
from tests.strategies import runs


def xml(run: Run) -> ET.Element:
    """The root element of a run's XML."""
    return ET.fromstring(render(run).encode())  # noqa: S314 - see above


def counts(element: ET.Element) -> tuple[int, ...]:
    """Tests, failures, errors and skipped ones."""
    return tuple(int(element.get(key, "")) for key in ("tests", "failures", "errors", "skipped"))


def test_a_case_for_each_item() -> None:
    """It names the cell, the kind, the item and the place; one that agrees has nothing inside."""
    (suite,) = xml(agreeing_run())
    case = suite[0]
    assert case.attrib == {
        "classname": "amd64-GENERIC",
        "name": "record kpi::sys::_mutex::mtx",
        "file": "src/sys/_mutex.rs",
        "line": "31",
    }
    assert len(case) == 0


def test_states() -> None:
    """What differs is a failure, unchecked an error, waived skipped; input has its own suite."""
    root = xml(sample_run())
    suite, left_out = root
    assert counts(suite) == (7, 3, 1, 1)
    assert counts(left_out) == (1, 0, 1, 0)
    assert counts(root) == (8, 3, 2, 1)
    (bio,) = suite.findall(".//testcase[@name='record kpi::sys::bio::bio']/failure")
    assert bio.get("message") == (
        "member-type: bio_children: C says unsigned, 4 bytes, Rust signed, 4 bytes"
    )
    assert bio.text == render_difference(bio_verdict())
    (ccb,) = suite.findall(".//testcase[@name='record kpi::cam::cam_ccb::ccb_scsiio']/failure")
    assert ccb.get("message") == (
        "member-size: sense_data: C says 252 bytes, Rust 32 bytes; and 14 more"
    )
    (error,) = suite.findall(".//error")
    assert error.get("message") == thread_verdict().reason
    (skipped,) = suite.findall(".//skipped")
    assert skipped.get("message") == "only ever used behind a pointer"
    assert left_out[0][0].get("message") == "include dev/nope/nope.h: no such file in the headers"


def test_cells() -> None:
    """Each has a suite; an item of several has a case in each."""
    other = cell("MINIMAL")
    both = replace(mtx_verdict(), cells=("amd64-GENERIC", "amd64-MINIMAL"))
    run = Run(bindings="k", cells=(cell(), other), verdicts=(both, bio_verdict()))
    root = xml(run)
    assert [(suite.get("name"), counts(suite)) for suite in root] == [
        ("amd64-GENERIC", (2, 1, 0, 0)),
        ("amd64-MINIMAL", (1, 0, 0, 0)),
    ]
    assert root[1][0].get("classname") == "amd64-MINIMAL"


def test_a_run_that_compared_nothing() -> None:
    """It fails, so that its report does; a shard without a cell passes."""
    root = xml(replace(agreeing_run(), verdicts=()))
    assert counts(root) == (1, 0, 1, 0)
    shard = Shard(number=2, count=2, plan=("a",))
    assert counts(xml(Run(bindings="", cells=(), verdicts=(), shard=shard))) == (0, 0, 0, 0)


@pytest.mark.parametrize("nasty", ["<a>&\"'", "]]>", "\0\033\x85\ufffe\U0010ffff\ud800", "a\nb"])
def test_hostile_names(nasty: str) -> None:
    """Text is escaped, and characters that XML does not know are Python escapes."""
    wrong = replace(bio_verdict().mismatches[0], c=nasty, rust=nasty, hint=nasty)
    verdict = replace(bio_verdict(), rust_path=nasty, mismatches=(wrong,))
    unchecked = replace(thread_verdict(), reason=nasty)
    text = render(replace(agreeing_run(), verdicts=(verdict, unchecked), problems=(nasty,)))
    assert text.replace("\n", "").isprintable()
    root = ET.fromstring(text.encode())  # noqa: S314 - see above
    assert counts(root) == (3, 1, 2, 0)


@settings(max_examples=50)
@given(run=runs)
def test_any_run(run: Run) -> None:
    """The suites have as many cases as they say, and as many of each as the summary says."""
    root = xml(run)
    suites = [suite for suite in root if suite.get("name") != "run"]
    for suite in root:
        found = (
            len(suite),
            *(len(suite.findall(f"*/{it}")) for it in ("failure", "error", "skipped")),
        )
        assert counts(suite) == found
    summary = count_verdicts(run)
    total = tuple(map(sum, zip(*map(counts, suites), strict=True))) or (0, 0, 0, 0)
    assert total == (
        summary.total,
        summary.differ,
        summary.unchecked,
        summary.waived + summary.unchecked_waived,
    )
    assert run.passed == (counts(root)[1] == counts(root)[2] == 0)
