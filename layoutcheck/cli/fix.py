"""`layoutcheck fix`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from layoutcheck.cli.console import examples, reported, say, say_exactly, telling, warn
from layoutcheck.cli.crate_files import CrateFiles
from layoutcheck.cli.kernel_options import DEFAULT, kernel_options, opened
from layoutcheck.cli.run_options import run_options
from layoutcheck.cli.written import write_new
from layoutcheck.errors import LayoutcheckError, ManifestError
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.manifest.reader import names_path
from layoutcheck.model.c_types import CTypes
from layoutcheck.model.target import find_target
from layoutcheck.model.verdict import Run, Status, Verdict
from layoutcheck.report.rust_text import Fix, apply_fixes, fix_items
from layoutcheck.run.c_types import find_c_types, scalars_of
from layoutcheck.run.planning import Options

__all__ = ["fix"]


@click.command(
    epilog=examples(
        "layoutcheck fix uio",
        "layoutcheck fix 'sys::*' path/to/layoutcheck.toml --in-place",
        "layoutcheck fix --all --write fixed.rs",
    )
)
@click.argument("name", metavar="[TYPE]", required=False)
@click.argument("manifest", type=click.Path(path_type=Path), default=DEFAULT)
@click.option("--all", "everything", is_flag=True, help="Fix all items with a root cause.")
@click.option(
    "--write",
    "path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write to a new file instead of printing.",
)
@click.option("--in-place", is_flag=True, help="Change the sources of the crate.")
@kernel_options
@run_options
@reported
def fix(
    *,
    name: str | None,
    manifest: Path,
    everything: bool,
    path: Path | None,
    in_place: bool,
    options: Options,
) -> None:
    """Print the corrected Rust of the items TYPE that differ from C.

    TYPE is a Rust path, with or without the crate's name, its last segment, or a pattern. Names
    and comments are kept, and types where they are right. The new text asserts the layout. Exit
    status 1: an item that differs could not be fixed, for the reason that is printed.
    """
    if everything:
        manifest = manifest if name is None else Path(name)
        name = None
    elif name is None:
        raise LayoutcheckError("name a type, such as uio, or say --all", where="fix")
    if path is not None and in_place:
        raise click.UsageError("--write and --in-place exclude each other")
    with opened(manifest, options) as pipeline:
        run = pipeline.verify()
        files = CrateFiles(pipeline.bindings)
    if len(run.cells) > 1:
        raise ManifestError(
            f"{len(run.cells)} kernels are checked, and Rust is corrected for one",
            where=str(manifest),
            hint="name one --kernel-arch, --kernel-conf and --kernel-release",
        )
    chosen = _chosen(run, name)
    fixes = fix_items(run, chosen, _types(chosen, run, pipeline.kernel, options), files.read)
    made = [one for one in fixes if one.why_not is None]
    if in_place:
        _change(made, files)
    else:
        _tell(made, path)
    warn(f"{_where(one)}{one.rust_path}: {one.why_not}" for one in fixes if one.why_not)
    sys.exit(1 if len(made) < len(fixes) else 0)


def _chosen(run: Run, name: str | None) -> list[Verdict]:
    """Return the verdicts that differ: on the items of this name, or on all with a root cause.

    Items that only follow from others are right when these are fixed.
    """
    named = [v for v in run.verdicts if name is None or names_path(name, v.rust_path)]
    if not named:
        raise ManifestError(f"{run.bindings} has no item {name!r}")
    differ = [verdict for verdict in named if verdict.status is Status.DIFFERS]
    if name is not None:
        return differ
    return [one for one in differ if any(m.cause is None and not m.waived for m in one.mismatches)]


def _types(chosen: Sequence[Verdict], run: Run, kernel: Kernel, options: Options) -> CTypes:
    """Return C's types of aliases, functions and statics; else only the target's alignments."""
    named = [v for v in chosen if v.c is None and v.c_name]
    aliases = [v.c_name or "" for v in named if v.kind == "alias"]
    objects = [v.c_name or "" for v in named if v.kind in {"function", "static"}]
    if not aliases and not objects:
        return scalars_of(find_target(run.cells[0].arch))
    with telling() as tell:
        found = find_c_types(options, aliases, kernel=kernel, objects=objects, progress=tell)
    return found.types


def _tell(fixes: Sequence[Fix], path: Path | None) -> None:
    text = "\n\n".join(f"// {_where(one)}{one.rust_path}\n{one.text}" for one in fixes)
    if path is not None:
        write_new(path, f"{text}\n")
    else:
        say_exactly(text or "nothing to fix")


def _change(fixes: Sequence[Fix], files: CrateFiles) -> None:
    """Replace each item in its source."""
    by_path: dict[str, list[Fix]] = {}
    for one in fixes:
        if one.location is not None:
            by_path.setdefault(one.location.path, []).append(one)
    for path, some in by_path.items():
        place = SourceLocation(path=path)
        files.write(place, apply_fixes(files.read(place) or "", some))
        say(f"changed: {path}: {', '.join(one.rust_path for one in some)}")


def _where(one: Fix) -> str:
    return "" if one.location is None else f"{one.location}: "
