"""Everything that people and programs read of a `Run`: one module and one row of `FORMATS` each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from layoutcheck.errors import LayoutcheckError
from layoutcheck.report.html import render as render_html
from layoutcheck.report.json_text import render as render_json
from layoutcheck.verdict import Run

__all__ = ["FORMATS", "ReportFormat", "render_report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFormat:
    """A report that can be asked for by `name`; `render` makes the whole file's text of a run."""

    name: str
    render: Callable[[Run], str]


FORMATS: Final = (
    ReportFormat(name="html", render=render_html),
    ReportFormat(name="json", render=render_json),
)


def render_report(name: str, run: Run) -> str:
    """The text of the report of format `name`. Raises `LayoutcheckError` for an unknown name."""
    for report_format in FORMATS:
        if report_format.name == name:
            return report_format.render(run)
    known = ", ".join(report_format.name for report_format in FORMATS)
    raise LayoutcheckError(
        f"unknown report format {name!r}", hint=f"layoutcheck writes these: {known}"
    )
