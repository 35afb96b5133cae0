"""`layoutcheck headers`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from layoutcheck.cli.console import examples, reported, say, telling
from layoutcheck.cli.kernel_options import kernel_here, kernel_options
from layoutcheck.run.compile_headers import TreeHeaders, compile_trees
from layoutcheck.run.planning import Options

__all__ = ["headers"]


@click.command(
    epilog=examples(
        "layoutcheck headers",
        "layoutcheck headers 'dev/usb/*' --kernel-src /usr/src",
        "layoutcheck headers sys/bio.h --kernel-arch arm64 --kernel-conf GENERIC",
    )
)
@click.argument("patterns", metavar="[HEADER]...", nargs=-1)
@kernel_options
@click.option("--json", "wants_json", is_flag=True, help="Print JSON.")
@reported
def headers(*, patterns: tuple[str, ...], options: Options, wants_json: bool) -> None:
    """Say which kernel headers compile, and why the others do not.

    HEADER is a name as C includes it, or a pattern. Options that are not given come from the
    manifest in this folder, if there is one; the default kernel conf is GENERIC. Exit status 1: a
    header that was named does not compile.
    """
    with telling() as tell:
        trees = compile_trees(kernel_here(), options, patterns, tell)
    if wants_json:
        say(json.dumps([asdict(tree) for tree in trees], indent=2))
    else:
        for tree in trees:
            say(_render(tree))
    sys.exit(1 if patterns and any(tree.refused for tree in trees) else 0)


def _render(tree: TreeHeaders) -> str:
    total = len(tree.compiled) + len(tree.refused)
    head = f"{tree.cell}: {tree.description}"
    lines = [head, f"{len(tree.compiled)} of {total} headers compile"]
    if tree.refused:
        lines[-1] += ", the others do not:"
    lines += [f"  {header}\n    {why}" for header, why in sorted(tree.refused.items())]
    return "\n".join(lines)
