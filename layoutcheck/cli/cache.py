"""`layoutcheck cache`."""

from __future__ import annotations

from pathlib import Path

import click

from layoutcheck.cache.folders import layouts_folder
from layoutcheck.cache.store import LIMIT, Cache, Entries
from layoutcheck.cli.console import examples, reported, say, warn
from layoutcheck.errors import ToolchainError

__all__ = ["cache"]

MEGA = 1_000_000


@click.group(epilog=examples("layoutcheck cache info", "layoutcheck cache prune --limit 100"))
def cache() -> None:
    """Show, empty or shrink the cache of results.

    Without it, the next run takes longer; nothing else is lost. Sysroots and the output of cargo
    are beside this folder and are kept.
    """


_folder = click.option(
    "--cache",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Cache folder; the default is the user's.",
)


@cache.command()
@_folder
@reported
def info(*, folder: Path | None) -> None:
    """Print the path and the size of the cache."""
    opened = _open(folder)
    entries = opened.count()
    say(f"{opened.folder}\n{_spelled(entries)} of at most {LIMIT / MEGA:.0f} MB")


@cache.command()
@_folder
@reported
def clear(*, folder: Path | None) -> None:
    """Remove all entries."""
    say(f"removed: {_spelled(_open(folder).clear())}")


@cache.command()
@_folder
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=LIMIT // MEGA,
    show_default=True,
    metavar="MB",
    help="Size to keep.",
)
@reported
def prune(*, folder: Path | None, limit: int) -> None:
    """Remove the least recently used entries until the rest is within the limit."""
    say(f"left: {_spelled(_open(folder).trim(limit * MEGA))}")


def _open(folder: Path | None) -> Cache:
    where = folder or layouts_folder()
    if where is None:
        raise ToolchainError("this user has no home, and so no cache", hint="name one: --cache DIR")
    return Cache(where, warn=lambda message: warn([message]))


def _spelled(entries: Entries) -> str:
    return f"{entries.files} files, {entries.byte_size / MEGA:.1f} MB"
