"""Sentences for bindings that say themselves that they were made for another kernel."""

from __future__ import annotations

import html
import json
from dataclasses import replace

import pytest

from layoutcheck.model.verdict import Mismatch, Run, SetAside, Status, Verdict
from layoutcheck.report import render_report
from layoutcheck.report.made_for import made_for
from tests.kernel_runs import agreeing_run, cell

HERE = replace(cell(), release="15.0")
OTHER = replace(cell(), id="16.0-amd64-GENERIC", release="16.0")


def constant(name: str, c: str, rust: str) -> Verdict:
    """Return the verdict on a constant whose values differ."""
    return Verdict(
        cells=(HERE.id,),
        kind="constant",
        c_name=name,
        rust_path=f"k::{name}",
        status=Status.DIFFERS,
        c_says=c,
        rust_says=rust,
        mismatches=(Mismatch(check_id="constant-value", member_path=None, c=c, rust=rust),),
    )


VERSION = constant("__FreeBSD_version", "1500068 = 0x16e3a4 (int)", "1600019 = 0x186a13 (u32)")


def test_bindings_of_the_kernel() -> None:
    """A run that agrees, or in which only the patch level differs, has no sentence."""
    assert made_for(agreeing_run()) == ()
    patched = constant("__FreeBSD_version", "1500068 = 0x16e3a4 (int)", "1500004 = 0x1 (u32)")
    assert made_for(Run(bindings="k", cells=(HERE,), verdicts=(patched,))) == ()


def test_another_release() -> None:
    """Both releases and both numbers are named."""
    (sentence,) = made_for(Run(bindings="k", cells=(HERE,), verdicts=(VERSION,)))
    assert sentence == (
        "the bindings were made for FreeBSD 16.0 (__FreeBSD_version is 1600019), and the kernel is"
        " FreeBSD 15.0 (1500068)"
    )


def test_a_cell_of_the_release_of_the_bindings() -> None:
    """Mistakes that the other cell does not have are counted."""
    everywhere = replace(constant("HZ", "1", "2"), cells=(HERE.id, OTHER.id))
    verdicts = (VERSION, constant("MAXCPU", "1", "2"), everywhere)
    run = Run(bindings="k", cells=(HERE, OTHER), verdicts=verdicts)
    (sentence,) = made_for(run)
    assert sentence.endswith("; 2 of its 3 mistakes are none in FreeBSD 16.0")


@pytest.mark.parametrize(("why", "sentences"), [("not in C", 1), ("another name", 0)])
def test_another_conf(why: str, sentences: int) -> None:
    """An option that the conf does not set, or sets otherwise, is named with the crate's path."""
    aside = SetAside(rust_path="k::INVARIANTS", why=why, kind="constant")  # type: ignore[arg-type]
    run = Run(bindings="k", cells=(HERE,), verdicts=(), set_aside=(aside,))
    assert len(made_for(run)) == sentences
    assert all("with INVARIANTS (k::INVARIANTS)" in one for one in made_for(run))
    debug = constant("LOCK_DEBUG", "0 (int)", "1 (u32)")
    (sentence,) = made_for(Run(bindings="k", cells=(HERE,), verdicts=(debug,)))
    assert sentence == "the bindings were made with k::LOCK_DEBUG = 1, and C has 0"


def test_the_reports_for_ci_services() -> None:
    """Annotations, the summary of a job, SARIF, HTML and JSON have the sentence."""
    run = Run(bindings="k", cells=(HERE,), verdicts=(VERSION,))
    (sentence,) = made_for(run)
    annotations = render_report("github", run).splitlines()
    assert annotations[0] == f"::warning title=layoutcheck::{sentence}"
    assert annotations[1].startswith("::error ")
    second = render_report("markdown", run).splitlines()[2]
    assert html.unescape(second) == f"**Warning:** {sentence}."
    assert f"<b>Warning:</b> {sentence}." in render_report("html", run)
    assert json.loads(render_report("json", run))["warnings"] == [sentence]
    (first, *_) = json.loads(render_report("sarif", run))["runs"][0]["invocations"][0][
        "toolExecutionNotifications"
    ]
    assert first == {"level": "warning", "message": {"text": sentence}}
