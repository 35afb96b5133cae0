"""Everything that people and programs read of a `Run`: one module and one row of `FORMATS` each."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Final

from layoutcheck.errors import LayoutcheckError
from layoutcheck.model.verdict import Run

__all__ = ["FORMATS", "ReportFormat", "render_report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFormat:
    """A report that can be asked for by `name`; `module` is imported when one is."""

    name: str
    module: str

    def render(self, run: Run) -> str:
        """The whole file's text of a run."""
        return str(import_module(f"layoutcheck.report.{self.module}").render(run))


FORMATS: Final = (
    ReportFormat(name="html", module="html"),
    ReportFormat(name="json", module="json_text"),
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
