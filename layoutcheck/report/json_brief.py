"""A `Run` as JSON text without the layouts of what agrees: most of a large report.

The form is `layoutcheck/1` with the key `brief`. `report diff` reads it. `report merge` does not:
the merged run would lack layouts that the run without shards has.
"""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.model.verdict import Run, Status
from layoutcheck.report.json_text import json_text, run_to_object

__all__ = ["render"]


def render(run: Run) -> str:
    """Return the run as `json_text.render` does; records that agree have no layout."""
    verdicts = (
        replace(one, c=None, rust=None, paired=()) if one.status is Status.AGREES else one
        for one in run.verdicts
    )
    value = run_to_object(replace(run, verdicts=tuple(verdicts)))
    return json_text({"schema": value.pop("schema"), "brief": True, **value})
