"""`layoutcheck surface`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from layoutcheck.cli.console import examples, reported, say
from layoutcheck.cli.kernel_options import DEFAULT, kernel_options, verify
from layoutcheck.cli.run_options import run_options
from layoutcheck.report.surface_table import fates_of, render_fates
from layoutcheck.run.planning import Options

__all__ = ["surface"]


@click.command(
    epilog=examples(
        "layoutcheck surface --kernel-conf GENERIC",
        "layoutcheck surface path/to/layoutcheck.toml | grep 'not in C'",
    )
)
@click.argument("manifest", type=click.Path(path_type=Path), default=DEFAULT)
@kernel_options
@run_options
@click.option("--json", "wants_json", is_flag=True, help="Print JSON.")
@reported
def surface(*, manifest: Path, options: Options, wants_json: bool) -> None:
    """List each item of the bindings, and its state.

    MANIFEST describes the bindings. Items are types with a repr, aliases, constants, items of
    extern blocks, definitions that C uses, and re-exports. An item agrees, differs, is waived or is
    unchecked; or it is skipped, with the reason. The totals are at the end.
    """
    fates = fates_of(verify(manifest, options))
    say(json.dumps([asdict(one) for one in fates], indent=2) if wants_json else render_fates(fates))
