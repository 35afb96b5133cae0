"""`layoutcheck doctor`."""

from __future__ import annotations

import sys

import click

from layoutcheck.cli.console import examples, reported, say
from layoutcheck.doctor import could_check, examine, install, render_findings
from layoutcheck.errors import ToolchainError
from layoutcheck.target import find_target

__all__ = ["doctor"]


@click.command(
    epilog=examples(
        "layoutcheck doctor",
        "layoutcheck doctor --install",
    )
)
@click.option("--install", "wants_install", is_flag=True, help="Install what is missing.")
@click.option("--kernel-arch", default="amd64", metavar="ARCH", show_default=True)
@reported
def doctor(wants_install: bool, kernel_arch: str) -> None:
    """Say which of a check's tools this machine has, and how to get the others."""
    target = find_target(kernel_arch)
    findings = install(target, say) if wants_install else examine(target)
    say(render_findings(findings))
    sys.exit(0 if could_check(findings) else ToolchainError.exit_code)
