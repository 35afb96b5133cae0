"""`layoutcheck show`."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from layoutcheck.cli.console import colors, examples, reported, say
from layoutcheck.cli.kernel_options import DEFAULT, kernel_options, opened
from layoutcheck.cli.outcome import headed
from layoutcheck.cli.run_options import run_options
from layoutcheck.errors import CompileError, DeclarationError, ManifestError
from layoutcheck.manifest.reader import names_path
from layoutcheck.model.verdict import Run, Verdict
from layoutcheck.report.explained import render_explanation
from layoutcheck.report.terminal import render_layouts
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options

__all__ = ["show"]


@click.command(
    epilog=examples(
        "layoutcheck show mtx --kernel-conf GENERIC",
        "layoutcheck show 'sys::*' path/to/layoutcheck.toml",
        "layoutcheck show mtx --explain --kernel-arch i386 --kernel-conf GENERIC",
    )
)
@click.argument("name", metavar="TYPE")
@click.argument("manifest", type=click.Path(path_type=Path), default=DEFAULT)
@click.option("--explain", is_flag=True, help="Explain the offset of each member of the C record.")
@kernel_options
@run_options
@reported
def show(*, name: str, manifest: Path, explain: bool, options: Options) -> None:
    """Show both layouts of TYPE side by side, with holes and padding.

    TYPE is a Rust path, with or without the crate's name, its last segment, or a pattern.
    """
    with opened(manifest, options) as pipeline:
        run = pipeline.verify()
        found = [verdict for verdict in run.verdicts if names_path(name, verdict.rust_path)]
        if not found:
            raise ManifestError(
                f"{run.bindings} has no record {name!r}",
                hint=_suggestion(name, run),
            )
        why = [_explanation(verdict, pipeline) if explain else "" for verdict in found]
    for (verdict, heading), words in zip(headed(found, run), why, strict=True):
        say(heading + render_layouts(verdict, color=colors()) + words)


def _explanation(verdict: Verdict, pipeline: Pipeline) -> str:
    """Return why C lays the record out so, in the first cell of the verdict."""
    if verdict.c is None or verdict.c_name is None:
        return ""
    part, _, whole = verdict.c_name.rpartition(" in ")
    if part:
        return f"\nIt is laid out as a part of {whole}; explain {whole} instead.\n"
    try:
        explained = pipeline.explain(verdict)
    except (CompileError, DeclarationError) as error:
        return f"\nThe layout could not be explained: {error}\n"
    return "\n" + render_explanation(explained, verdict.c_name, clang=verdict.c, color=colors())


def _suggestion(name: str, run: Run) -> str:
    names = {verdict.rust_path.rpartition("::")[2] for verdict in run.verdicts}
    close = difflib.get_close_matches(name, sorted(names), n=3)
    aside = [item for item in run.set_aside if names_path(name, item.rust_path)]
    if aside:
        return f"it is {aside[0].why}: it has no layout to compare"
    return f"did you mean {', '.join(close)}?" if close else f"it has {len(names)} others"
