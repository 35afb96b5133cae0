"""Options of a run that do not select a kernel: its speed and its cache."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path

import click

from layoutcheck.cache.folders import layouts_folder
from layoutcheck.run.planning import Options

__all__ = ["run_options"]


def run_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options; they arrive in the `options` of `kernel_options`."""

    @click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        help="Compilers to run at a time; the default is the number of cores.",
    )
    @click.option(
        "--cache",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Cache results in this folder.",
    )
    @click.option("--no-cache", is_flag=True, help="Compile everything, and cache nothing.")
    @wraps(command)
    def wrapped(
        *,
        options: Options,
        jobs: int | None,
        cache: Path | None,
        no_cache: bool,
        **others: object,
    ) -> None:
        if cache is not None and no_cache:
            raise click.UsageError("--cache and --no-cache exclude each other")
        folder = None if no_cache else cache or layouts_folder()
        command(options=replace(options, jobs=jobs, cache=folder), **others)

    return wrapped
