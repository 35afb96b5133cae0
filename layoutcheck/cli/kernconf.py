"""`layoutcheck kernconf`."""

from __future__ import annotations

from pathlib import Path

import click

from layoutcheck.cli.console import examples, reported, say_exactly, warn
from layoutcheck.errors import LayoutcheckError
from layoutcheck.run.kernconf import (
    ResolvedConf,
    explain,
    render_conf,
    render_error,
    render_headers,
    resolve,
    write_headers,
)

__all__ = ["kernconf"]


@click.command(
    epilog=examples(
        "layoutcheck kernconf GENERIC",
        "layoutcheck kernconf --tree /usr/src --machine arm64 GENERIC",
        "layoutcheck kernconf --why SMP ./MYKERNEL",
        "layoutcheck kernconf --output options ./MYKERNEL",
    )
)
@click.argument("conf")
@click.option(
    "--tree",
    "--kernel-src",
    "tree",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Source tree with confs and options; the default is the built-in ones.",
)
@click.option(
    "--machine",
    "--kernel-arch",
    "machine",
    default="amd64",
    metavar="M",
    show_default=True,
    help="The conf's machine.",
)
@click.option(
    "--kernel-release",
    "release",
    metavar="X.Y",
    help="Release of the built-in confs; the default is the newest.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write every opt_*.h into this folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Print messages and headers as JSON.")
@click.option("--why", metavar="OPTION", help="Say which statement sets or removes this option.")
@reported
def kernconf(
    *,
    conf: str,
    tree: Path | None,
    machine: str,
    release: str | None,
    output: Path | None,
    as_json: bool,
    why: str | None,
) -> None:
    """Print the kernel conf CONF as config(8) reads it.

    CONF is a conf's name, or a path. With --json, "exit" is the exit status of config(8).
    """
    if as_json and why is not None:
        raise click.UsageError("--json and --why exclude each other")
    if tree is not None and release is not None:
        raise click.UsageError("--kernel-release is for built-in confs; a tree has its own")
    try:
        resolved = resolve(conf, machine=machine, tree=tree, release=release)
        text = _text(resolved, tree=tree, as_json=as_json, why=why)
        if output is not None:
            write_headers(resolved, output)
    except LayoutcheckError as error:
        if as_json:
            say_exactly(render_error(error))
        raise
    if not as_json:
        warn(resolved.conf.messages)
    say_exactly(text)
    if output is not None:
        warn([f"{len(resolved.headers)} headers written into {output}"])


def _text(resolved: ResolvedConf, *, tree: Path | None, as_json: bool, why: str | None) -> str:
    if as_json:
        return render_headers(resolved)
    if why is not None:
        return explain(resolved, why, tree=tree)
    return render_conf(resolved.conf).removesuffix("\n")
