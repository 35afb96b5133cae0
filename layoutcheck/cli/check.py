"""`layoutcheck check`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from layoutcheck.cli.console import examples, reported, say
from layoutcheck.cli.kernel_options import DEFAULT, kernel_options, verify
from layoutcheck.cli.outcome import Detail, tell_run
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
@click.option("--strict", is_flag=True, help="Fail on waivers and renames that apply to nothing.")
@click.option("-q", "--quiet", is_flag=True, help="Print only the summary.")
@click.option("--brief", is_flag=True, help="Print only the root causes, with their places.")
@click.option("-v", "--verbose", is_flag=True, help="Print every item that differs in full.")
@click.option("--timings", is_flag=True, help="Say how long each stage took.")
@reported
def check(
    *,
    manifest: Path,
    options: Options,
    report: tuple[str, ...],
    shard: str | None,
    timings: bool,
    strict: bool,
    **detail: bool,
) -> None:
    """Check the bindings that MANIFEST (layoutcheck.toml) describes.

    In GitHub Actions, where GITHUB_ACTIONS is "true", the output has annotations.
    """
    requests = parse_requests(report)
    if shard is not None:
        if strict:
            raise click.UsageError("--strict and --shard do not go together")
        options = replace(options, shard=parse_shard(shard))
    run = verify(manifest, replace(options, strict=strict))
    is_annotated = os.environ.get("GITHUB_ACTIONS") == "true"
    tell_run(run, requests, detail=_detail(detail), annotate=is_annotated)
    if timings:
        say(_timings(run))
    sys.exit(0 if run.passed else 1)


def _detail(flags: Mapping[str, bool]) -> Detail:
    """Return the amount of output; raise `click.UsageError` if two are asked for."""
    names: tuple[Detail, ...] = ("quiet", "brief", "verbose")
    asked = [name for name in names if flags[name]]
    if len(asked) > 1:
        raise click.UsageError(f"--{asked[0]} and --{asked[1]} do not go together")
    return asked[0] if asked else "normal"


def _timings(run: Run) -> str:
    rows = sorted(run.seconds, key=lambda stage: -stage[1])
    total = sum(seconds for _, seconds in rows)
    return "\n".join(f"{seconds:8.2f} s  {stage}" for stage, seconds in [*rows, ("total", total)])
