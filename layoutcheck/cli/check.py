"""`layoutcheck check`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from layoutcheck.cli.console import examples, reported, say
from layoutcheck.cli.kernel_options import DEFAULT, kernel_options, verify
from layoutcheck.cli.outcome import tell_run
from layoutcheck.cli.run_options import run_options
from layoutcheck.model.sharding import parse_shard
from layoutcheck.model.verdict import Run
from layoutcheck.report import NAMES
from layoutcheck.report.files import parse_requests
from layoutcheck.run.planning import Options

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
    "--report",
    multiple=True,
    metavar="FORMAT=PATH",
    help=f"Write a report, such as html=PATH. Formats: {', '.join(NAMES)}.",
)
@click.option(
    "--shard",
    metavar="NUMBER/COUNT",
    help="Check this part of the cells: 2/5 is the second of five.",
)
@click.option("--timings", is_flag=True, help="Say how long each stage took.")
@reported
def check(
    *,
    manifest: Path,
    options: Options,
    report: tuple[str, ...],
    shard: str | None,
    timings: bool,
) -> None:
    """Check the bindings that MANIFEST (layoutcheck.toml) describes.

    In GitHub Actions, where GITHUB_ACTIONS is "true", the output has annotations.
    """
    requests = parse_requests(report)
    if shard is not None:
        options = replace(options, shard=parse_shard(shard))
    run = verify(manifest, options)
    tell_run(run, requests, annotate=os.environ.get("GITHUB_ACTIONS") == "true")
    if timings:
        say(_timings(run))
    sys.exit(0 if run.passed else 1)


def _timings(run: Run) -> str:
    rows = sorted(run.seconds, key=lambda stage: -stage[1])
    total = sum(seconds for _, seconds in rows)
    return "\n".join(f"{seconds:8.2f} s  {stage}" for stage, seconds in [*rows, ("total", total)])
