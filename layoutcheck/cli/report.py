"""`layoutcheck report`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from layoutcheck.cli.console import examples, reported
from layoutcheck.cli.outcome import tell_run
from layoutcheck.report import NAMES
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
    help=f"Write a report, such as html=PATH. Formats: {', '.join(NAMES)}.",
)
@reported
def merge(*, files: tuple[Path, ...], requests: tuple[str, ...], **short: str | None) -> None:
    """Merge FILEs, the JSON reports of all shards (`check --shard`), into one run.

    The run and the exit status are those of `check` without shards.
    """
    named = ((name, short[_parameter(name)]) for name in NAMES)
    asked = (*requests, *(f"{name}={path}" for name, path in named if path is not None))
    wanted = parse_requests(asked)
    run = read_shards(files)
    tell_run(run, wanted)
    sys.exit(0 if run.passed else 1)


def _parameter(name: str) -> str:
    """Return the parameter of the option that is named as a format."""
    return name.replace("-", "_")


for one in NAMES:
    words = f"As --report {one}=PATH."
    option = click.option(f"--{one}", _parameter(one), metavar="PATH", help=words)
    merge = option(merge)
report.add_command(merge)
