"""A `Run` as JUnit XML: a test suite for each cell, and in it a test case for each item.

pytest's own `--junitxml` has a case for each pytest item; this is for `layoutcheck check`. The
elements and attributes are those that GitLab, Jenkins and GitHub's actions read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from layoutcheck.location import SourceLocation
from layoutcheck.model.verdict import Run, Status, Verdict
from layoutcheck.report.checkout import checkout_path
from layoutcheck.report.failures import problems_of, safe
from layoutcheck.report.grouping import group_mismatches
from layoutcheck.report.terminal import render_difference
from layoutcheck.report.terminal_safe import visible

__all__ = ["render"]


_RESULTS: Final = {
    Status.AGREES: "",
    Status.DIFFERS: "failure",
    Status.INDETERMINATE: "error",
    Status.WAIVED: "skipped",
}
"""The element of a test case for each state; an item that agrees needs none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suite:
    """A test suite: its name, its cases in XML, and the result of each: "failure", "" if passed."""

    name: str
    cases: tuple[str, ...]
    results: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Return the numbers of cases, by the attribute that holds each."""
        return {
            "tests": len(self.results),
            "failures": self.results.count("failure"),
            "errors": self.results.count("error"),
            "skipped": self.results.count("skipped"),
        }


def render(run: Run) -> str:
    """Return the run as XML 1.0 in UTF-8.

    The counts of the cells' suites are those of the summary: what differs is a failure, what is
    unchecked an error, what is waived is skipped. Input that was left out is an error of a suite of
    its own, and so is a run that compared nothing.
    """
    suites = list(_suites(run))
    total = {
        key: sum(suite.counts[key] for suite in suites)
        for key in ("tests", "failures", "errors", "skipped")
    }
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites{_attributes(total)}>"]
    for suite in suites:
        lines.append(f" <testsuite{_attributes({'name': suite.name, **suite.counts})}>")
        lines += suite.cases
        lines.append(" </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _suites(run: Run) -> Iterator[_Suite]:
    by_cell: dict[str, list[Verdict]] = {cell.id: [] for cell in run.cells}
    for verdict in run.verdicts:
        for cell in verdict.cells:
            by_cell.setdefault(cell, []).append(verdict)
    texts: dict[int, str] = {}  # a verdict of thirty cells is put into words once
    for cell, verdicts in by_cell.items():
        for verdict in verdicts:
            if id(verdict) not in texts:
                texts[id(verdict)] = _result(verdict)
        yield _Suite(
            name=cell,
            cases=tuple(_case(cell, verdict, texts[id(verdict)]) for verdict in verdicts),
            results=tuple(_RESULTS[verdict.status] for verdict in verdicts),
        )
    if problems := problems_of(run):
        cases = (
            f'  <testcase classname="run"{_attributes({"name": one})}>\n'
            f"   <error{_attributes({'message': one})}/>\n  </testcase>"
            for one in problems
        )
        yield _Suite(name="run", cases=tuple(cases), results=("error",) * len(problems))


def _case(cell: str, verdict: Verdict, result: str) -> str:
    named = {"classname": cell, "name": f"{verdict.kind} {verdict.rust_path}"}
    place = verdict.rust_location
    attributes = _attributes({**named, **(_place(place) if place else {})})
    return (
        f"  <testcase{attributes}>\n{result}  </testcase>"
        if result
        else f"  <testcase{attributes}/>"
    )


def _place(place: SourceLocation) -> dict[str, object]:
    line = {"line": place.line} if place.line else {}
    return {"file": checkout_path(place.path), **line}


def _result(verdict: Verdict) -> str:
    """Return the element inside a test case: the first root cause, and the terminal's text."""
    if verdict.status is Status.AGREES:
        return ""
    if verdict.status is Status.WAIVED:
        return f"   <skipped{_attributes({'message': verdict.reason or ''})}/>\n"
    unchecked = verdict.status is Status.INDETERMINATE
    message = verdict.reason or "no reason given" if unchecked else _first(verdict)
    name = _RESULTS[verdict.status]
    head = f"   <{name}{_attributes({'message': message})}>"
    return f"{head}{_text(render_difference(verdict))}</{name}>\n"


def _first(verdict: Verdict) -> str:
    """Return the first mismatch in words, as the terminal has it, and the number of the others."""
    groups = group_mismatches(verdict.mismatches)
    if not groups:
        return "C and Rust differ"
    first = groups[0][0]
    subject = first.member_path or f"(whole {verdict.kind})"
    more = len(verdict.mismatches) - 1
    words = f"{first.check_id}: {subject}: C says {first.c}, Rust {first.rust}"
    return f"{words}; and {more} more" if more else words


def _attributes(values: Mapping[str, object]) -> str:
    return "".join(f" {name}={quoteattr(safe(str(value)))}" for name, value in values.items())


def _text(text: str) -> str:
    """Return the text without what XML 1.0 forbids (section 2.2): it has no such escapes."""
    return escape(visible(text))
