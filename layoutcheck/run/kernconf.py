"""One resolved kernel conf: its text, its option headers, and why an option has its value.

The engine of `layoutcheck kernconf`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from layoutcheck.errors import KernConfError, LayoutcheckError, ManifestError
from layoutcheck.kernel.freebsd.config.render_conf import render_conf
from layoutcheck.kernel.freebsd.config.resolve import ResolvedConf, built_in_machines, resolve_conf
from layoutcheck.kernel.freebsd.config.why_option import explain_option
from layoutcheck.model.target import find_target

__all__ = [
    "ResolvedConf",
    "explain",
    "render_conf",
    "render_error",
    "render_headers",
    "resolve",
    "write_headers",
]

_MACHINE: Final = re.compile(r"[a-z][a-z0-9]*")
# Exit status of config(8) for a conf that it refuses.
_REFUSED: Final = 1


def resolve(name: str, *, machine: str, tree: Path | None, release: str | None) -> ResolvedConf:
    """Return the conf of that name or path, from a source tree or built in.

    `machine` is FreeBSD's name for a machine or a machine_arch. The default `release` is the newest
    one that is built in; with a tree, `release` has no effect. Raises `KernConfError`, and
    `ManifestError` for a name that no machine can have.
    """
    machine, machine_arch = _machine(machine)
    return resolve_conf(
        name,
        machine=machine,
        machine_arch=machine_arch,
        release=_newest_release() if release is None else release,
        source_tree=tree,
    )


def _machine(name: str) -> tuple[str, str | None]:
    """Return the machine and the machine_arch. A machine that may have several of them gives None.

    A name that no target has stands for itself, since a tree may have machines of its own.
    """
    try:
        target = find_target(name)
    except ManifestError:
        if _MACHINE.fullmatch(name):
            return name, None
        raise
    return target.machine, target.machine_arch


def _newest_release() -> str:
    return max((major for major, _ in built_in_machines()), key=int)


def explain(resolved: ResolvedConf, option: str, *, tree: Path | None) -> str:
    """Return lines that say why the option has its value. Raises `KernConfError` if unknown."""
    try:
        return explain_option(resolved, option)
    except KernConfError as error:
        if tree is None:
            more = "--tree gives layoutcheck the whole table of a source tree"
            error.hint = more if error.hint is None else f"{error.hint} {more}"
        raise


def render_headers(resolved: ResolvedConf) -> str:
    """Render the result of config(8) as JSON: exit status, messages, and headers by their lines."""
    headers = {
        name: text.removesuffix("\n").split("\n")
        for name, text in sorted(resolved.headers.items())
        if text
    }
    empty = sorted(name for name, text in resolved.headers.items() if not text)
    return _json(0, list(resolved.conf.messages), empty, headers)


def render_error(error: LayoutcheckError) -> str:
    """Render a refused conf as JSON: warnings, then the error, then its hint; no headers."""
    warnings = getattr(error, "messages", ())
    return _json(_REFUSED, [*warnings, *str(error).split("\n")], [], {})


def _json(
    status: int, messages: list[str], empty: list[str], headers: Mapping[str, list[str]]
) -> str:
    value = {"exit": status, "messages": messages, "empty": empty, "headers": headers}
    return json.dumps(value, indent=1)


def write_headers(resolved: ResolvedConf, folder: Path) -> None:
    """Write every `opt_*.h`, also the empty ones, into `folder`. Make the folder if necessary.

    Nothing else is written. If such a name exists and is not a plain file, that is an error, since
    a symbolic link would lead elsewhere. Raises `LayoutcheckError`.
    """
    paths = {folder / name: text for name, text in resolved.headers.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in paths:
            if path.is_symlink() or (path.exists() and not path.is_file()):
                raise LayoutcheckError(
                    "is there already, and no plain file",
                    where=str(path),
                    hint="remove it, or write into another folder",
                )
        for path, text in paths.items():
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise LayoutcheckError(
            f"cannot be written: {error.strerror}", where=str(error.filename or folder)
        ) from error
