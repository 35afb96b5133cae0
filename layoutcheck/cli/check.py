"""`layoutcheck check`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from layoutcheck.cli.console import colors, examples, reported, say
from layoutcheck.cli.kernel_options import DEFAULT, headed, kernel_options, verify
from layoutcheck.cli.run_options import run_options
from layoutcheck.planning import Options
from layoutcheck.report.files import parse_requests, write_reports
from layoutcheck.report.summary import render_summary
from layoutcheck.report.terminal import render_difference
from layoutcheck.verdict import Run, Status

__all__ = ["check"]


@click.command(
    epilog=examples(
        "layoutcheck check --kernel-conf GENERIC",
        "layoutcheck check --kernel-conf GENERIC,MINIMAL --report html=report.html",
        "layoutcheck check --kernel-src /usr/src --kernel-conf ./MYKERNEL",
    )
)
@click.argument("manifest", type=click.Path(path_type=Path), default=DEFAULT)
@kernel_options
@run_options
@click.option(
    "--report", multiple=True, metavar="FORMAT=PATH", help="Write a report: html=PATH, json=PATH."
)
@click.option("--timings", is_flag=True, help="Say how long each stage took.")
@reported
def check(*, manifest: Path, options: Options, report: tuple[str, ...], timings: bool) -> None:
    """Check the bindings that MANIFEST (layoutcheck.toml) describes."""
    requests = parse_requests(report)
    run = verify(manifest, options)
    color = colors()
    wrong = [v for v in run.verdicts if v.status in {Status.DIFFERS, Status.INDETERMINATE}]
    for verdict, heading in headed(wrong, run):
        say(heading + render_difference(verdict, color=color))
    say(render_summary(run), end="")
    for path in write_reports(requests, [run]):
        say(f"report: {path}")
    if timings:
        say(_timings(run))
    sys.exit(0 if run.passed else 1)


def _timings(run: Run) -> str:
    rows = sorted(run.seconds, key=lambda stage: -stage[1])
    total = sum(seconds for _, seconds in rows)
    return "\n".join(f"{seconds:8.2f} s  {stage}" for stage, seconds in [*rows, ("total", total)])
