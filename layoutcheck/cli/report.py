"""`layoutcheck report`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from layoutcheck.cli.console import examples, reported
from layoutcheck.cli.outcome import tell_run
from layoutcheck.report import FORMATS
from layoutcheck.report.files import parse_requests
from layoutcheck.run.shard_files import read_shards

__all__ = ["report"]


@click.group(epilog=examples("layoutcheck report merge shard-*.json --html layouts.html"))
def report() -> None:
    """Make one report of several: `report merge`."""


@click.command(
    epilog=examples(
        "layoutcheck report merge shard-1.json shard-2.json --html layouts.html",
        "layoutcheck report merge shard-*.json --report json=layouts.json",
    )
)
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--report",
    "requests",
    multiple=True,
    metavar="FORMAT=PATH",
    help="Write a report: html=PATH, json=PATH.",
)
@reported
def merge(*, files: tuple[Path, ...], requests: tuple[str, ...], **short: str | None) -> None:
    """Merge FILEs, the JSON reports of all shards (`check --shard`), into one run.

    The run and the exit status are those of `check` without shards.
    """
    asked = (*requests, *(f"{name}={path}" for name, path in short.items() if path is not None))
    wanted = parse_requests(asked)
    run = read_shards(files)
    tell_run(run, wanted)
    sys.exit(0 if run.passed else 1)


for one in FORMATS:
    option = click.option(f"--{one.name}", metavar="PATH", help=f"As --report {one.name}=PATH.")
    merge = option(merge)
report.add_command(merge)
