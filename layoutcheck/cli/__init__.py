"""The `layoutcheck` command. Its runs and verdicts are those of the pytest plugin.

Exit status: 0 all agree, 1 something differs or could not be checked, 2 usage, manifest or conf, 3
toolchain, 70 a bug in layoutcheck, 130 interrupted, 141 the reader of the output is gone.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import Final

import click

from layoutcheck import __version__
from layoutcheck.cli.console import examples

__all__ = ["main"]

COMMANDS: Final = {
    "cache": "Show, empty or shrink the cache of results.",
    "check": "Check the bindings that MANIFEST (layoutcheck.toml) describes.",
    "doctor": "List the tools that a check needs, and how to get missing ones.",
    "fix": "Print the corrected Rust of the items TYPE that differ from C.",
    "generate": "Print Rust types that are laid out as the C types TYPE.",
    "headers": "Say which kernel headers compile, and why the others do not.",
    "kernconf": "Print the kernel conf CONF as config(8) reads it.",
    "report": "Merge the reports of shards, or compare two reports.",
    "sensitivity": "Say which kernel options change the layout of the C types TYPE.",
    "show": "Show both layouts of TYPE side by side, with holes and padding.",
    "surface": "List each item of the bindings, and its state.",
    "waive": "Write waivers for all that differs or is unchecked: a baseline.",
}
"""Each command is in the module of its name. The help shows these lines and imports no command."""


class _Commands(click.Group):
    """A group that imports only the command that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        found = getattr(import_module(f"layoutcheck.cli.{cmd_name}"), cmd_name)
        return found if isinstance(found, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            close = get_close_matches(args[0], COMMANDS)
            hint = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "layoutcheck doctor --install",
        "layoutcheck check --kernel-conf GENERIC",
        "layoutcheck show mtx",
    )
    + "\n\nExit status: 0 agree, 1 differ or unchecked, 2 wrong input, 3 toolchain.",
)
@click.version_option(__version__)
def main() -> None:
    """Check that the types of Rust kernel bindings are, bit for bit, the kernel's own."""
