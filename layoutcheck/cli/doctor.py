"""`layoutcheck doctor`."""

from __future__ import annotations

import sys

import click

from layoutcheck.cli.console import examples, reported, say
from layoutcheck.errors import ToolchainError
from layoutcheck.model.target import find_target
from layoutcheck.run.planning import split_lists
from layoutcheck.run.toolchain.doctor import examine, install
from layoutcheck.run.toolchain.findings import could_check, render_findings

__all__ = ["doctor"]


@click.command(
    epilog=examples(
        "layoutcheck doctor",
        "layoutcheck doctor --install",
        "layoutcheck doctor --install --kernel-release 14,15",
    )
)
@click.option("--install", "wants_install", is_flag=True, help="Install what is missing.")
@click.option(
    "--kernel-arch",
    multiple=True,
    default=("amd64",),
    metavar="ARCH",
    show_default=True,
    help="Tools for this architecture; or A,B.",
)
@click.option(
    "--kernel-release", multiple=True, metavar="X.Y", help="Headers of this release; or A,B."
)
@reported
def doctor(
    wants_install: bool, kernel_arch: tuple[str, ...], kernel_release: tuple[str, ...]
) -> None:
    """List the tools that a check needs, and how to get missing ones."""
    targets = [find_target(name) for name in split_lists(kernel_arch)]
    releases = split_lists(kernel_release)
    findings = install(targets, say, releases) if wants_install else examine(targets, releases)
    say(render_findings(findings, after_install=wants_install))
    sys.exit(0 if could_check(findings) else ToolchainError.exit_code)
