"""A `Run` as SARIF 2.1.0 (OASIS standard): a rule for each check, a result for each failure.

GitHub's code scanning, GitLab and editors read it. Failures are root causes and unchecked items;
what follows from one is in its `relatedLocations`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from layoutcheck import __version__
from layoutcheck.location import SourceLocation
from layoutcheck.model.checks import SUMMARIES, UNCHECKED, UNCHECKED_SUMMARY
from layoutcheck.model.verdict import Run
from layoutcheck.model.words import counted
from layoutcheck.report.checkout import checkout_path, source_uri
from layoutcheck.report.failures import Cleared, Failure, failures, problems_of, safe, warnings_of

__all__ = ["render"]

_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_CHECKOUT: Final = "%SRCROOT%"
_HEADERS: Final = "C_HEADERS"
_MOST_RELATED: Final = 20
"""Maximum number of items that are listed as consequences of one result."""

_Object = dict[str, Any]


def render(run: Run) -> str:
    """Return the run as SARIF text in ASCII, equal for equal runs."""
    return json.dumps(_log(run), indent=1) + "\n"


def _log(run: Run) -> _Object:
    found, problems = failures(run), problems_of(run)
    extra = {one.check for one in found} - {UNCHECKED, *SUMMARIES}
    rules = {**SUMMARIES, **dict.fromkeys(sorted(extra), ""), UNCHECKED: UNCHECKED_SUMMARY}
    numbers = {rule: number for number, rule in enumerate(rules)}
    somewhere = next((one.rust_location for one in run.verdicts if one.rust_location), None)
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "layoutcheck",
                        "version": __version__,
                        "rules": [_rule(*rule) for rule in rules.items()],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": not problems,
                        "toolExecutionNotifications": [
                            *(_notification("warning", text) for text in warnings_of(run)),
                            *(_notification("error", text) for text in problems),
                        ],
                    }
                ],
                "originalUriBaseIds": {
                    _CHECKOUT: {"description": {"text": "The root of the checkout."}},
                    _HEADERS: {"description": {"text": "The include folder of C's headers."}},
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, numbers[one.check], somewhere) for one in found],
            }
        ],
    }


def _notification(level: str, text: str) -> _Object:
    return {"level": level, "message": _message(text)}


def _rule(check: str, summary: str) -> _Object:
    """Return a check as a rule; `summary` is "" for a check of another version."""
    said = f"{summary[:1].upper()}{summary[1:]}." if summary else check
    if check == UNCHECKED:
        words = f"{said} An unchecked item fails the run, as a mismatch does."
        waiver = (
            'Correct what its message names, or waive it with a reason (check = "indeterminate").'
        )
    else:
        words = f"{said} C is taken to be right, and Rust is judged against it."
        waiver = f'Fix the Rust source, or waive it with a reason (check = "{check}").'
    page = "glossary.md#unchecked" if check == UNCHECKED else f"checks.md#{check}"
    return {
        "id": check,
        "shortDescription": {"text": said},
        "fullDescription": {"text": words},
        "help": {"text": f"{words} {waiver} layoutcheck's docs/{page} has more."},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["abi", "ffi"]},
    }


def _result(failure: Failure, number: int, somewhere: SourceLocation | None) -> _Object:
    """Return a failure as a result.

    Code scanning refuses a result without a place. One that has none is put into the file that is
    `somewhere`, without a line.
    """
    place = failure.rust_location
    if place is None and somewhere is not None:
        place = SourceLocation(path=somewhere.path)
    listed = [one for one in failure.cleared if one.location is not None][:_MOST_RELATED]
    left_out = len(failure.cleared) - len(listed)
    text = failure.text
    if listed and left_out:
        text += f" {counted(len(listed), 'item')} of these are listed, and {left_out} more are not."
    result: _Object = {
        "ruleId": failure.check,
        "ruleIndex": number,
        "level": "error" if failure.waived is None else "note",
        "message": _message(text),
        "locations": [] if place is None else [_location(place, _CHECKOUT)],
        "relatedLocations": _related(failure, listed),
        "partialFingerprints": {"findingId/v1": safe(failure.finding.id)},
        "properties": {"cells": [safe(cell) for cell in failure.cells]},
    }
    if failure.waived is not None:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": failure.waived}
        ]
    return result


def _related(failure: Failure, cleared: list[Cleared]) -> list[_Object]:
    """Return the place in C, and those of the items that follow."""
    found = []
    if failure.c_location is not None:
        words = f"C's {failure.c_name}" if failure.c_name else "in C"
        found.append(_location(failure.c_location, _HEADERS, words))
    for one in cleared:
        if one.location is not None:
            words = f"{one.rust_path}: {counted(one.mismatches, 'consequence')}"
            found.append(_location(one.location, _CHECKOUT, words))
    return [{"id": number, **one} for number, one in enumerate(found, 1)]


def _location(place: SourceLocation, base: str, words: str | None = None) -> _Object:
    path = checkout_path(place.path) if base == _CHECKOUT else place.path
    artifact = {"uri": source_uri(path)}
    if not path.startswith("/"):
        artifact["uriBaseId"] = base
    physical: _Object = {"artifactLocation": artifact}
    if place.line > 0:
        physical["region"] = {"startLine": place.line}
    location: _Object = {"physicalLocation": physical}
    return location if words is None else {**location, "message": _message(words)}


def _message(text: str) -> Mapping[str, str]:
    """Return a plain message, in which no name of a crate makes a link (SARIF 3.11.6)."""
    return {"text": text.replace("](", "] (")}
