"""`layoutcheck show`."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from layoutcheck.cli.console import colors, examples, reported, say
from layoutcheck.cli.kernel_options import DEFAULT, headed, kernel_options, verify
from layoutcheck.errors import ManifestError
from layoutcheck.manifest import names_path
from layoutcheck.planning import Options
from layoutcheck.report.terminal import render_layouts
from layoutcheck.verdict import Run

__all__ = ["show"]


@click.command(
    epilog=examples(
        "layoutcheck show mtx --kernel-conf GENERIC",
        "layoutcheck show 'sys::*' path/to/layoutcheck.toml",
    )
)
@click.argument("name", metavar="TYPE")
@click.argument("manifest", type=click.Path(path_type=Path), default=DEFAULT)
@kernel_options
@reported
def show(*, name: str, manifest: Path, options: Options) -> None:
    """Show both layouts of TYPE side by side, with holes and padding.

    TYPE is a Rust path, with or without the crate's name, its last segment, or a pattern.
    """
    run = verify(manifest, options)
    found = [verdict for verdict in run.verdicts if names_path(name, verdict.rust_path)]
    if not found:
        raise ManifestError(
            f"{run.bindings} has no record {name!r}",
            hint=_suggestion(name, run),
        )
    for verdict, heading in headed(found, run):
        say(heading + render_layouts(verdict, color=colors()))


def _suggestion(name: str, run: Run) -> str:
    names = {verdict.rust_path.rpartition("::")[2] for verdict in run.verdicts}
    close = difflib.get_close_matches(name, sorted(names), n=3)
    aside = [item for item in run.set_aside if names_path(name, item.rust_path)]
    if aside:
        return f"it is {aside[0].why}: it has no layout to compare"
    return f"did you mean {', '.join(close)}?" if close else f"it has {len(names)} others"
