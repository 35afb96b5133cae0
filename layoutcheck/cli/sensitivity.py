"""`layoutcheck sensitivity`."""

from __future__ import annotations

import click

from layoutcheck.cli.console import examples, reported, say, telling
from layoutcheck.cli.kernel_options import kernel_here, kernel_options
from layoutcheck.errors import LayoutcheckError
from layoutcheck.report.effects_json import render_effects_json
from layoutcheck.report.effects_text import render_effects
from layoutcheck.run.planning import Options
from layoutcheck.run.sensitivity import find_sensitivity

__all__ = ["sensitivity"]


@click.command(
    epilog=examples(
        "layoutcheck sensitivity bio buf",
        "layoutcheck sensitivity --all --kernel-release 15",
        "layoutcheck sensitivity thread --kernel-src /usr/src --kernel-conf ./MYKERNEL",
    )
)
@click.argument("types", metavar="[TYPE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Look at all types of all headers.")
@click.option("--json", "as_json", is_flag=True, help="Print everything that was found, as JSON.")
@kernel_options
@reported
def sensitivity(
    *, types: tuple[str, ...], everything: bool, as_json: bool, options: Options
) -> None:
    """Say which kernel options change the layout of the C types TYPE.

    No crate is read. Every option that the types' headers mention is toggled, one at a time:
    removed if the kernel conf (by default GENERIC) sets it, defined if not. Options that are not
    given come from the manifest in this folder, if there is one.
    """
    if everything == bool(types):
        raise LayoutcheckError("name types, such as bio, or say --all", where="sensitivity")
    with telling() as tell:
        found = find_sensitivity(options, types, kernel=kernel_here(), progress=tell)
    say(render_effects_json(found) if as_json else render_effects(found), end="")
