"""A JSON report that `check --report json=PATH` wrote -> its run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from layoutcheck.errors import LayoutcheckError
from layoutcheck.model.json.objects import JsonValue
from layoutcheck.model.json.runs import run_from_json, version_of
from layoutcheck.model.verdict import Run

__all__ = ["Report", "read_report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report's path, its run, and the version of layoutcheck that wrote it.

    `is_brief`: it is a `json-brief`, in which records that agree have no layouts.
    """

    path: Path
    run: Run
    version: str
    is_brief: bool


def read_report(path: Path) -> Report:
    """Return the report in a file.

    Raises `LayoutcheckError`, with the file and the place in it, for a file that cannot be read or
    is no such report.
    """
    try:
        value: JsonValue = json.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise LayoutcheckError(error.strerror or str(error), where=str(path)) from None
    except (ValueError, RecursionError) as error:
        raise LayoutcheckError(
            f"is not JSON: {error}",
            where=str(path),
            hint="give what `layoutcheck check --report json=PATH` wrote",
        ) from None
    try:
        run = run_from_json(value)
        version = version_of(value)
    except LayoutcheckError as error:
        where = f"{path}: {error.where}"
        raise LayoutcheckError(error.what, where=where, hint=error.hint) from None
    is_brief = isinstance(value, dict) and value.get("brief") is True
    return Report(path=path, run=run, version=version, is_brief=is_brief)
