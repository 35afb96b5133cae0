"""`layoutcheck waive`."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from layoutcheck.cli.console import examples, reported, say
from layoutcheck.cli.kernel_options import DEFAULT, kernel_options, opened
from layoutcheck.cli.run_options import run_options
from layoutcheck.errors import LayoutcheckError
from layoutcheck.manifest.reader import Waiver
from layoutcheck.model.words import counted
from layoutcheck.run.baseline import baseline
from layoutcheck.run.planning import Options

__all__ = ["waive"]

_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"'})


@click.command(
    epilog=examples(
        'layoutcheck waive --all --reason "as of the first check"',
        'layoutcheck waive --all --reason "old crate" --expires 2030-12-31 --write',
    )
)
@click.argument("manifest", type=click.Path(path_type=Path), default=DEFAULT)
@kernel_options
@run_options
@click.option("--all", "is_all", is_flag=True, help="Waive every root cause and unchecked item.")
@click.option("--reason", required=True, help="Reason that each waiver gives.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="Last day of each waiver.")
@click.option("--write", is_flag=True, help="Append them to the manifest; without it, print them.")
@reported
def waive(
    *, manifest: Path, options: Options, is_all: bool, reason: str, write: bool, **others: object
) -> None:
    """Write waivers for all that differs or is unchecked: a baseline.

    They are `[[waive]]` entries for the root causes that MANIFEST does not waive yet. A consequence
    needs no entry: it is waived with its root cause.
    """
    if not is_all:
        raise click.UsageError("say --all: single waivers are written by hand (docs/manifest.md)")
    if not reason.strip():
        raise click.UsageError("--reason is empty: a waiver without a reason is a hole in the gate")
    with opened(manifest, options) as pipeline:
        run, path = pipeline.verify(), pipeline.manifest
    expires = others["expires"]
    last_day = expires.date() if isinstance(expires, datetime) else None
    waivers = baseline(run, reason=reason, expires=last_day)
    if not waivers:
        say("nothing to waive: every item agrees, or is waived or skipped")
        return
    prefix = "tool.layoutcheck." if path.name == "pyproject.toml" else ""
    text = "\n".join(_toml(one, prefix) for one in waivers)
    if not write:
        say(text, end="")
        return
    try:
        old = path.read_text(encoding="utf-8")
        tomllib.loads(f"{old}\n{text}")
        path.write_text(f"{old}\n{text}", encoding="utf-8")
    except tomllib.TOMLDecodeError:
        raise LayoutcheckError(
            "the waivers cannot be appended to this file",
            where=str(path),
            hint="write its waive = [...] as [[waive]] tables, or print them without --write",
        ) from None
    except OSError as error:
        raise LayoutcheckError(
            f"the waivers cannot be written: {error.strerror}", where=str(path)
        ) from None
    say(f"{path}: {counted(len(waivers), 'waiver')} added")


def _toml(waiver: Waiver, prefix: str) -> str:
    """Return a waiver as TOML; the member `*`, which is the default, is left out."""
    keys = {"subject": waiver.subject, "check": waiver.check, "member": waiver.member}
    keys = {key: value for key, value in keys.items() if value != "*"} | {"reason": waiver.reason}
    lines = [f"[[{prefix}waive]]", *(f"{key} = {_quoted(value)}" for key, value in keys.items())]
    lines += [] if waiver.expires is None else [f"expires = {waiver.expires}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a basic string of TOML 1.0: control characters are escaped."""
    escaped = text.translate(_ESCAPES)
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
