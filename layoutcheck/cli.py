"""The `layoutcheck` command: the same engine as the pytest plugin, and the same verdicts.

Exit status: 0 all agree, 1 something differs or could not be checked, 2 usage, manifest or conf,
3 toolchain, 70 a bug in layoutcheck, 130 interrupted, 141 nobody reads the output.
"""

from __future__ import annotations

import difflib
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import Final, ParamSpec

import click

from layoutcheck import __version__
from layoutcheck.doctor import could_check, examine, install, render_findings
from layoutcheck.errors import LayoutcheckError, ManifestError, ToolchainError
from layoutcheck.manifest import names_path, read_manifest
from layoutcheck.pipeline import Options, Pipeline, split_lists
from layoutcheck.report.files import parse_requests, write_reports
from layoutcheck.report.summary import render_summary
from layoutcheck.report.terminal import render_difference, render_layouts
from layoutcheck.target import find_target
from layoutcheck.verdict import Run, Status, Verdict

__all__ = ["main"]

P = ParamSpec("P")

DEFAULT: Final = Path("layoutcheck.toml")
INTERRUPTED: Final = 130
"""As a shell says of a program that SIGINT ended; click's own 1 would mean that layouts differ."""
BROKEN_PIPE: Final = 141
"""As a shell says of a program that SIGPIPE ended."""
BUG: Final = 70
"""EX_SOFTWARE of sysexits(3); Python's own 1 would mean the same."""


def _examples(*commands: str) -> str:
    """The end of a help text; the backspace keeps click from joining the lines."""
    return "\b\n" + "\n".join(["Examples:", *(f"  {command}" for command in commands)])


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_examples(
        "layoutcheck doctor --install",
        "layoutcheck check --kernel-conf GENERIC",
        "layoutcheck show mtx",
    )
    + "\n\nExit status: 0 agree, 1 differ or not checked, 2 wrong input, 3 toolchain.",
)
@click.version_option(__version__)
def main() -> None:
    """Check that the types of Rust kernel bindings are, bit for bit, the kernel's own."""


def _kernel_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which kernel to check against; they arrive as `options`."""

    @click.option(
        "--kernel-conf",
        multiple=True,
        metavar="NAME|PATH",
        help="Kernel conf: GENERIC, a path; or A,B.",
    )
    @click.option(
        "--kernel-arch", multiple=True, metavar="ARCH", help="Architecture: amd64, arm64; or A,B."
    )
    @click.option("--kernel-src", metavar="DIR", help="Take headers from this source tree.")
    @click.option("--kernel-release", metavar="X.Y", help="Release the headers must be of.")
    @wraps(command)
    def wrapped(
        *,
        kernel_conf: tuple[str, ...],
        kernel_arch: tuple[str, ...],
        kernel_src: str | None,
        kernel_release: str | None,
        **others: object,
    ) -> None:
        for option, values in (("--kernel-conf", kernel_conf), ("--kernel-arch", kernel_arch)):
            # Of a variable that is not set: the manifest's own conf is not what was asked for.
            if not all(value.strip(",") for value in values):
                raise click.UsageError(f"{option} names nothing")
        for option, one in (("--kernel-src", kernel_src), ("--kernel-release", kernel_release)):
            if one is not None and not one.strip():
                raise click.UsageError(f"{option} names nothing")
        options = Options(
            kernel_conf=split_lists(kernel_conf),
            kernel_arch=split_lists(kernel_arch),
            kernel_src=kernel_src,
            kernel_release=kernel_release,
        )
        command(options=options, **others)

    return wrapped


def _reported(command: Callable[P, None]) -> Callable[P, None]:
    """Turn every `LayoutcheckError`, and Ctrl-C, into its message and its exit status."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except LayoutcheckError as error:
            click.echo(f"layoutcheck: {error}", err=True)
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("layoutcheck: interrupted", err=True)
            sys.exit(INTERRUPTED)
        except BrokenPipeError:  # `layoutcheck check | head -1`: nobody reads on
            _drop_output()
            sys.exit(BROKEN_PIPE)
        except _OutputError as error:
            _drop_output()
            click.echo(f"layoutcheck: the output cannot be written: {error}", err=True)
            sys.exit(LayoutcheckError.exit_code)
        except Exception:  # noqa: BLE001 - whatever it is, it is no verdict
            traceback.print_exc()
            click.echo(
                "layoutcheck: this is a bug in layoutcheck; please report the above", err=True
            )
            sys.exit(BUG)

    return wrapped


class _OutputError(Exception):
    """What the system says of a standard output that takes nothing more: a full disk."""


def _say(text: str, *, end: str = "\n") -> None:
    """Write to standard output at once, so that what is wrong with it shows here."""
    try:
        click.echo(text + end, nl=False)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _OutputError(error.strerror or str(error)) from None


def _drop_output() -> None:
    """Let Python's last flush of standard output end in nothing instead of another error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _colors() -> bool:
    """Whether to color: on a terminal that can, unless NO_COLOR (no-color.org) is set."""
    return (
        sys.stdout.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("NO_COLOR")
    )


@main.command(
    epilog=_examples(
        "layoutcheck check --kernel-conf GENERIC",
        "layoutcheck check --kernel-conf GENERIC,MINIMAL --report html=report.html",
        "layoutcheck check --kernel-src /usr/src --kernel-conf ./MYKERNEL",
    )
)
@click.argument("manifest", type=click.Path(path_type=Path), default=DEFAULT)
@_kernel_options
@click.option(
    "--report", multiple=True, metavar="FORMAT=PATH", help="Write a report: html=PATH, json=PATH."
)
@click.option("--timings", is_flag=True, help="Say how long each stage took.")
@_reported
def check(*, manifest: Path, options: Options, report: tuple[str, ...], timings: bool) -> None:
    """Check the bindings that MANIFEST (layoutcheck.toml) describes."""
    requests = parse_requests(report)
    run = _verify(manifest, options)
    color = _colors()
    wrong = [v for v in run.verdicts if v.status in {Status.DIFFERS, Status.INDETERMINATE}]
    for verdict, heading in _headed(wrong, run):
        _say(heading + render_difference(verdict, color=color))
    _say(render_summary(run), end="")
    for path in write_reports(requests, [run]):
        _say(f"report: {path}")
    if timings:
        _say(_timings(run))
    sys.exit(0 if run.passed else 1)


@main.command(
    epilog=_examples(
        "layoutcheck show mtx --kernel-conf GENERIC",
        "layoutcheck show 'sys::*' path/to/layoutcheck.toml",
    )
)
@click.argument("name", metavar="TYPE")
@click.argument("manifest", type=click.Path(path_type=Path), default=DEFAULT)
@_kernel_options
@_reported
def show(*, name: str, manifest: Path, options: Options) -> None:
    """Show both layouts of TYPE side by side, with holes and padding.

    TYPE is a Rust path, with or without the crate's name, its last segment, or a pattern.
    """
    run = _verify(manifest, options)
    found = [verdict for verdict in run.verdicts if names_path(name, verdict.rust_path)]
    if not found:
        raise ManifestError(
            f"{run.bindings} has no record {name!r}",
            hint=_suggestion(name, run),
        )
    for verdict, heading in _headed(found, run):
        _say(heading + render_layouts(verdict, color=_colors()))


@main.command(
    epilog=_examples(
        "layoutcheck doctor",
        "layoutcheck doctor --install",
    )
)
@click.option("--install", "wants_install", is_flag=True, help="Install what is missing.")
@click.option("--kernel-arch", default="amd64", metavar="ARCH", show_default=True)
@_reported
def doctor(wants_install: bool, kernel_arch: str) -> None:
    """Say which of a check's tools this machine has, and how to get the others."""
    target = find_target(kernel_arch)
    findings = install(target, _say) if wants_install else examine(target)
    _say(render_findings(findings))
    sys.exit(0 if could_check(findings) else ToolchainError.exit_code)


def _verify(manifest: Path, options: Options) -> Run:
    """The manifest's run, with progress on a terminal; where TERM is dumb, line by line."""
    manifest = _find_manifest(manifest)
    is_dumb = os.environ.get("TERM") == "dumb"
    is_terminal = sys.stderr.isatty() and not is_dumb

    def tell(message: str) -> None:
        if is_dumb:
            click.echo(message, err=True)
        elif is_terminal:
            click.echo(f"\r\033[K{message} ...", err=True, nl=False)

    try:
        return Pipeline(read_manifest(manifest), options, progress=tell).verify()
    finally:
        if is_terminal:
            click.echo("\r\033[K", err=True, nl=False)


def _find_manifest(manifest: Path) -> Path:
    """The file to read: of a folder its layoutcheck.toml, else its pyproject.toml."""
    folder = manifest.parent if manifest == DEFAULT else manifest
    if not folder.is_dir():
        return manifest
    for name in (DEFAULT.name, "pyproject.toml"):
        if (folder / name).is_file():
            return folder / name
    raise ManifestError(
        f"there is no {DEFAULT} here, and no pyproject.toml",
        where=str(folder.resolve()),
        hint="name the manifest: layoutcheck check path/to/layoutcheck.toml",
    )


def _headed(verdicts: Sequence[Verdict], run: Run) -> Iterator[tuple[Verdict, str]]:
    """Each verdict with what to print above it: its cell, at the first of each of several."""
    cell = ""
    for verdict in verdicts:
        is_first = len(run.cells) > 1 and verdict.cell != cell
        yield verdict, f"{f'== {verdict.cell} ':=<80}\n" if is_first else ""
        cell = verdict.cell


def _suggestion(name: str, run: Run) -> str:
    names = {verdict.rust_path.rpartition("::")[2] for verdict in run.verdicts}
    close = difflib.get_close_matches(name, sorted(names), n=3)
    aside = [item for item in run.set_aside if names_path(name, item.rust_path)]
    if aside:
        return f"it is {aside[0].why}: it has no layout to compare"
    return f"did you mean {', '.join(close)}?" if close else f"it has {len(names)} others"


def _timings(run: Run) -> str:
    rows = sorted(run.seconds, key=lambda stage: -stage[1])
    total = sum(seconds for _, seconds in rows)
    return "\n".join(f"{seconds:8.2f} s  {stage}" for stage, seconds in [*rows, ("total", total)])
