"""`layoutcheck report`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from layoutcheck.cli.console import examples, reported, say
from layoutcheck.cli.outcome import tell_run
from layoutcheck.report import NAMES
from layoutcheck.report.diff import compare_runs, render_differences
from layoutcheck.report.files import parse_requests
from layoutcheck.run.report_files import read_report
from layoutcheck.run.shard_files import read_shards

__all__ = ["report"]


@click.group(
    epilog=examples(
        "layoutcheck report merge shard-*.json --html layouts.html",
        "layoutcheck report diff main.json branch.json --fail-on new",
    )
)
def report() -> None:
    """Merge the reports of shards, or compare two reports."""


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


@click.command(
    epilog=examples("layoutcheck report diff main.json branch.json --fail-on new"),
)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--fail-on",
    type=click.Choice(["new", "any"]),
    help="End with status 1 if something is new, or if anything fails NEW.",
)
@click.option("--all", "everything", is_flag=True, help="List what is unchanged, too.")
@reported
def diff(*, old: Path, new: Path, fail_on: str | None, everything: bool) -> None:
    """Say which root causes and unchecked items are new in NEW, and which of OLD are fixed.

    OLD and NEW are JSON reports of `check`. Without --fail-on the exit status is 0.
    """
    before, after = read_report(old).run, read_report(new).run
    differences = compare_runs(before, after)
    say(render_differences(differences, everything=everything), end="")
    fails = {None: False, "new": differences.has_new, "any": not after.passed}
    sys.exit(1 if fails[fail_on] else 0)


def _parameter(name: str) -> str:
    """Return the parameter of the option that is named as a format."""
    return name.replace("-", "_")


for one in NAMES:
    words = f"As --report {one}=PATH."
    option = click.option(f"--{one}", _parameter(one), metavar="PATH", help=words)
    merge = option(merge)
report.add_command(merge)
report.add_command(diff)
