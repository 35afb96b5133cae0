"""A `Run` as JSON text, of the form `layoutcheck/1` (`model/json/runs`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from layoutcheck.model.json.runs import FORM, run_to_json
from layoutcheck.report.made_for import made_for
from layoutcheck.report.root_causes import RootCause, root_causes, roots_by_item, roots_of

if TYPE_CHECKING:
    from layoutcheck.model.json.objects import JsonValue
    from layoutcheck.model.verdict import Run

__all__ = ["json_text", "render", "run_to_object"]


def render(run: Run) -> str:
    """Return the run as JSON text with a final line break.

    Each top-level key starts a line, and so does each element of a top-level array: a report of
    thousands of subjects stays small, and `grep` and `diff` see one subject a line.
    """
    return json_text(run_to_object(run))


def run_to_object(run: Run) -> dict[str, JsonValue]:
    """Return the run as a JSON object, with its root causes, and those of each item that differs.

    `run_from_json` ignores them: they are computed from the rest.
    """
    value, roots = run_to_json(run), root_causes(run)
    by_item = roots_by_item(roots)
    subjects = value["subjects"]
    assert isinstance(subjects, list)  # noqa: S101 - a run has verdicts
    for verdict, subject in zip(run.verdicts, subjects, strict=True):
        assert isinstance(subject, dict)  # noqa: S101 - each is an object
        subject["root_causes"] = [one.finding.id for one in roots_of(verdict, by_item)]
    warnings: list[JsonValue] = [*made_for(run)]
    return {
        **value,
        "warnings": warnings,
        "root_causes": [_root_cause_to_json(one) for one in roots],
    }


def _root_cause_to_json(root: RootCause) -> JsonValue:
    finding, mismatch = root.finding, root.mismatch
    return {
        "id": finding.id,
        "kind": finding.kind,
        "rust_path": finding.rust_path,
        "c_name": None if root.verdict is None else root.verdict.c_name,
        "check": finding.check,
        "member": finding.member,
        "c": None if mismatch is None else mismatch.c,
        "rust": None if mismatch is None else mismatch.rust,
        "hint": None if mismatch is None else mismatch.hint,
        "waived": root.waived,
        "cells": [*root.cells],
        "other_cells": [*root.other_cells],
        "items": root.items,
        "mismatches": root.mismatches,
        "cleared": [
            {"kind": item.kind, "rust_path": item.rust_path, "mismatches": number}
            for item, number in root.cleared
        ],
        "locations": {
            side: None if at is None else FORM.to_json(at)
            for side, at in (("c", root.c_location), ("rust", root.rust_location))
        },
    }


def json_text(value: Mapping[str, object]) -> str:
    """Return an object as `render` writes a run."""
    return "".join(_pieces(value))


def _pieces(value: Mapping[str, object]) -> Iterator[str]:
    before = "{\n"
    for key, held in value.items():
        yield f"{before} {json.dumps(key)}: "
        if isinstance(held, list) and held:
            for number, item in enumerate(held):
                yield "[\n  " if number == 0 else ",\n  "
                yield json.dumps(item)
            yield "\n ]"
        else:
            yield json.dumps(held)
        before = ",\n"
    yield "\n}\n"
