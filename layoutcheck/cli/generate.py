"""`layoutcheck generate`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from layoutcheck.cli.console import examples, reported, say_exactly, telling, warn
from layoutcheck.cli.kernel_options import kernel_here, kernel_options
from layoutcheck.cli.run_options import run_options
from layoutcheck.cli.written import write_new
from layoutcheck.report.rust_text import write_asserts, write_rust
from layoutcheck.run.c_types import find_c_types
from layoutcheck.run.planning import Options

__all__ = ["generate"]


@click.command(
    epilog=examples(
        "layoutcheck generate bio",
        "layoutcheck generate ip --kernel-arch powerpc64 --write ip.rs",
        "layoutcheck generate mtx sx --asserts",
    )
)
@click.argument("types", metavar="TYPE...", nargs=-1, required=True)
@click.option("--asserts", is_flag=True, help="Print only assertions, for types that you have.")
@click.option(
    "--write",
    "path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write to a new file instead of printing.",
)
@kernel_options
@run_options
@reported
def generate(*, types: tuple[str, ...], asserts: bool, path: Path | None, options: Options) -> None:
    """Print Rust types that are laid out as the C types TYPE.

    TYPE is a C name: bio, 'struct bio', uid_t. The types that it holds are printed, too. The text
    is for one architecture, release and kernel conf (by default GENERIC), and asserts size,
    alignment and offsets. No crate is read. Options that are not given come from the manifest in
    this folder, if there is one. Exit status 1: a type cannot be written, for the reason that is
    printed.
    """
    with telling() as tell:
        found = find_c_types(options, types, kernel=kernel_here(), progress=tell)
    written = (write_asserts if asserts else write_rust)(found.types)
    refused = (*found.refused, *written.refused)
    warn(found.notes)
    warn(f"{name}: {why}" for name, why in refused)
    if path is None:
        say_exactly(written.text.rstrip("\n"))
    else:
        write_new(path, written.text)
    sys.exit(1 if refused else 0)
