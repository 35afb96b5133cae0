"""The `layoutcheck` command: the same engine as the pytest plugin, and the same verdicts.

Exit status: 0 all agree, 1 something differs or could not be checked, 2 usage, manifest or conf,
3 toolchain, 70 a bug in layoutcheck, 130 interrupted, 141 nobody reads the output.
"""

from __future__ import annotations

import click

from layoutcheck import __version__
from layoutcheck.cli.check import check
from layoutcheck.cli.console import examples
from layoutcheck.cli.doctor import doctor
from layoutcheck.cli.headers import headers
from layoutcheck.cli.kernconf import kernconf
from layoutcheck.cli.report import report
from layoutcheck.cli.sensitivity import sensitivity
from layoutcheck.cli.show import show
from layoutcheck.cli.surface import surface

__all__ = ["main"]


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "layoutcheck doctor --install",
        "layoutcheck check --kernel-conf GENERIC",
        "layoutcheck show mtx",
    )
    + "\n\nExit status: 0 agree, 1 differ or not checked, 2 wrong input, 3 toolchain.",
)
@click.version_option(__version__)
def main() -> None:
    """Check that the types of Rust kernel bindings are, bit for bit, the kernel's own."""


for command in (check, report, show, surface, kernconf, headers, sensitivity, doctor):
    main.add_command(command)
