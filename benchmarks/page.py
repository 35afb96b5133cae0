"""Tables and figures -> the part of docs/performance.md between two markers."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tabulate import tabulate

from layoutcheck.compilers.find.programs import find_clang, find_linker, find_rust
from layoutcheck.model.target import find_target

__all__ = ["BEGIN", "END", "Goal", "Table", "describe_machine", "render", "replace_between"]

BEGIN: Final = "<!-- benchmark: begin -->"
END: Final = "<!-- benchmark: end -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A number to reach: its name, the most (or least) that it may be, and its present value."""

    what: str
    limit: str
    measured: str
    is_reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A heading, a table under it, and sentences that explain it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


def render(machine: str, goals: Sequence[Goal], tables: Sequence[Table]) -> str:
    """Return all of it as Markdown."""
    rows = [(g.what, g.limit, g.measured, "yes" if g.is_reached else "**no**") for g in goals]
    first = Table(
        title="The numbers to reach",
        columns=("what", "the limit", "measured", "reached"),
        rows=rows,
    )
    parts = [machine]
    for table in (first, *tables):
        numbers = (len(table.columns) - 1) * ("right",) if table is not first else ()
        body = tabulate(
            table.rows,
            headers=table.columns,
            tablefmt="github",
            colalign=("left", *numbers) if numbers and table.rows else None,
            disable_numparse=True,
        )
        parts += [f"### {table.title}", body]
        if table.notes:
            parts.append("\n".join(f"- {note}" for note in table.notes))
    return "\n\n".join(parts)


def replace_between(page: str, text: str) -> str:
    """Return the page with the text between its markers. Raises `ValueError` without markers."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def describe_machine(runs: int) -> str:
    """Return the date, the machine and the tools of the measurement."""
    rust = find_rust(find_target("amd64"), progress=lambda _: None)
    versions = (
        _os(),
        f"{os.cpu_count()} cores ({_processor()})",
        f"load {os.getloadavg()[1]:.1f} at the start",
        find_clang().version,
        find_linker().version.partition(" (")[0],
        rust.version.partition(" (")[0],
        f"Python {platform.python_version()}",
        f"pyelftools {importlib.metadata.version('pyelftools')}",
        _commit(),
    )
    today = dt.datetime.now(tz=dt.UTC).date()
    return (
        f"Measured on {today} by `tox run -e bench`: {', '.join(versions)}. Medians of {runs} "
        "runs, the compared commands in turns. Seconds are wall-clock; MB are 2^20 bytes of the "
        "largest process, at its peak."
    )


def _os() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _commit() -> str:
    asked = subprocess.run(
        ("git", "rev-parse", "--short", "HEAD"), capture_output=True, text=True, check=False
    )
    return f"commit {asked.stdout.strip() or 'unknown'}"
