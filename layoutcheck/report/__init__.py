"""Reports of a `Run` for people and programs: one module and one row of `FORMATS` each."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Final

from layoutcheck.errors import LayoutcheckError
from layoutcheck.model.verdict import Run

__all__ = ["FORMATS", "NAMES", "ReportFormat", "render_report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFormat:
    """A report with a `name`; its `module` is imported when it is written."""

    name: str
    module: str

    def render(self, run: Run) -> str:
        """Return the whole file's text for a run."""
        return str(import_module(f"layoutcheck.report.{self.module}").render(run))


FORMATS: Final = (
    ReportFormat(name="html", module="html"),
    ReportFormat(name="json", module="json_text"),
    ReportFormat(name="json-brief", module="json_brief"),
    ReportFormat(name="sarif", module="sarif"),
    ReportFormat(name="github", module="github"),
    ReportFormat(name="markdown", module="markdown"),
    ReportFormat(name="junit", module="junit"),
)
NAMES: Final = tuple(one.name for one in FORMATS)
"""Names of the formats, for help texts and errors."""


def render_report(name: str, run: Run) -> str:
    """Return the text of the report `name`. Raises `LayoutcheckError` for an unknown name."""
    for report_format in FORMATS:
        if report_format.name == name:
            return report_format.render(run)
    raise LayoutcheckError(
        f"unknown report format {name!r}", hint=f"layoutcheck writes these: {', '.join(NAMES)}"
    )
