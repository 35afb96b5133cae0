"""A `Run` as JSON text, of the form `layoutcheck/1` (`model/json/runs`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from layoutcheck.model.json.runs import run_to_json

if TYPE_CHECKING:
    from layoutcheck.model.verdict import Run

__all__ = ["json_text", "render"]


def render(run: Run) -> str:
    """Return the run as JSON text with a final line break.

    Each top-level key starts a line, and so does each element of a top-level array: a report of
    thousands of subjects stays small, and `grep` and `diff` see one subject a line.
    """
    return json_text(run_to_json(run))


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
