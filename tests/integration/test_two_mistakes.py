"""Two edits of what bindgen writes of 15.0: two root causes, in this order, in every report."""

from __future__ import annotations

import json
import re

import pytest

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.target import find_target
from layoutcheck.model.verdict import Run
from layoutcheck.report import FORMATS
from layoutcheck.report.root_causes import RootCause, root_causes
from layoutcheck.report.root_list import consequence_line, render_root_causes
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.bindgen_of_15 import MANIFEST, SOURCE, write_bindings

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

EDITS = (
    (
        r"(pub struct lock_object \{\n(?:    .*\n)*?)(    pub lo_witness)",
        r"\1    pub lo_added: u64,\n\2",
    ),
    (r"(pub struct timespec \{\n    pub tv_sec: )\w+", r"\1i32"),
)
ROOTS = [
    "record:bindings::lock_object:member-extra:lo_added",
    "record:bindings::timespec:member-size:tv_sec",
]
AT_LEAST = 50
"""Items that hold a lock: mutexes, statics such as Giant, and whatever holds those."""


@pytest.fixture(scope="module", name="run")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run on freshly written records and variables with two edits."""
    folder = tmp_path_factory.mktemp("two")
    write_bindings(folder, find_target("amd64"), generate="types,vars")
    text = (folder / SOURCE).read_text(encoding="utf-8")
    for pattern, replacement in EDITS:
        text, number = re.subn(pattern, replacement, text)
        assert number == 1, pattern
    (folder / SOURCE).write_text(text, encoding="utf-8")
    return Pipeline(read_manifest(folder / MANIFEST), Options()).verify()


@pytest.fixture(scope="module", name="roots")
def found(run: Run) -> tuple[RootCause, ...]:
    """The root causes that are not waived."""
    return tuple(one for one in root_causes(run) if one.waived is None)


def test_two_root_causes(roots: tuple[RootCause, ...]) -> None:
    """The lock, which clears most items by far, then the time."""
    assert [one.finding.id for one in roots] == ROOTS
    assert roots[0].items > AT_LEAST
    assert {"bindings::mtx", "bindings::Giant"} <= {path for _, path in roots[0].keys}
    assert roots[1].items == 1


def test_every_item_that_differs_says_which(run: Run, roots: tuple[RootCause, ...]) -> None:
    """Each differing item is among those of a root cause."""
    differ = {v.key for v in run.verdicts if any(not m.waived for m in v.mismatches)}
    assert differ == {key for root in roots for key in root.keys}
    giant = next(v for v in run.verdicts if v.rust_path == "bindings::Giant")
    assert "follows from bindings::lock_object.lo_added" in consequence_line(
        giant, roots[:1], width=200
    )


@pytest.mark.parametrize(
    "name", ["terminal", *(one.name for one in FORMATS if one.name != "junit")]
)
def test_both_in_order_in_every_report(run: Run, name: str) -> None:
    """The lock stands before the time; JSON has both as data. JUnit is in the crate's order."""
    if name == "terminal":
        text = render_root_causes(run)
    else:
        text = next(one for one in FORMATS if one.name == name).render(run)
    if name in {"json", "json-brief"}:
        value = json.loads(text)["root_causes"]
        assert [one["id"] for one in value if one["waived"] is None] == ROOTS
        return
    assert 0 < text.find("lo_added") < text.find("tv_sec"), text[:2000]
