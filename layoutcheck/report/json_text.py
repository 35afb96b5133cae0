"""A `Run` as JSON text, of the form `layoutcheck/1` (`run_json.py`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from layoutcheck.run_json import run_to_json

if TYPE_CHECKING:
    from layoutcheck.verdict import Run

__all__ = ["render"]


def render(run: Run) -> str:
    """The run as JSON text that ends with a line break.

    Each top-level key starts a line, and so does each element of a top-level array: a report of
    thousands of subjects stays small, and `grep` and `diff` see one subject a line.
    """
    parts = []
    for key, value in run_to_json(run).items():
        if isinstance(value, list) and value:
            text = "[\n" + ",\n".join(f"  {json.dumps(item)}" for item in value) + "\n ]"
        else:
            text = json.dumps(value)
        parts.append(f" {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
