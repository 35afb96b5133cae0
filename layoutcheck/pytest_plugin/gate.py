"""Messages about options and manifests that a session did not use: a pytest config in, text out.

This module is imported if an option may ask for a check. `seen` has each manifest that pytest came
across, and whether it was collected.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest

__all__ = ["asking", "say_passed_over", "say_unchecked"]


def asking(config: pytest.Config, given: Sequence[str]) -> str | None:
    """Return the first of the `given` options that asks this session for a check, or None.

    An option on the command line asks for a check. One in `addopts` asks for a check unless only
    files are named: a test that is named in an editor is a choice, as with `-k`. `--layout-report`
    in `addopts` is meant for all sessions, and asks for nothing.
    """
    standing = _standing(config)
    those = [option for option in given if option not in standing]
    if not those and not _names_files(config):
        those = [option for option in given if option != "--layout-report"]
    return next(iter(those), None)


def say_unchecked(
    config: pytest.Config, given: Sequence[str], seen: Mapping[Path, bool]
) -> str | None:
    """Return the error of a session without a manifest; None if no option asks for a check."""
    option = asking(config, given)
    if option is None:
        return None
    first = f"{option} was given, but no layoutcheck.toml was collected"
    starts = (config.invocation_params.dir, config.rootpath)
    left = " ".join(_typed(config, [*seen, *filter(None, map(_nearest, starts))]))
    if not left:
        example = config.invocation_params.dir / "layoutcheck.toml"
        return f"{first}\nhint: name it, e.g. pytest {example}, or write one"
    words = shlex.join(map(str, config.invocation_params.args))
    what, other = f"pytest was not told to collect {left}", ""
    if config.args_source is config.ArgsSource.TESTPATHS:
        what, other = f"testpaths does not name {left}", ", or add it to testpaths"
    return f"{first}\nnothing was checked: {what}\nhint: name it: pytest {words} {left}{other}"


def say_passed_over(config: pytest.Config, seen: Mapping[Path, bool]) -> str | None:
    """Return a note on the manifests that a session ignored although it collected others.

    None if a manifest was named: that is a choice.
    """
    left = _typed(config, [path for path, collected in seen.items() if not collected])
    named = (config.invocation_params.dir / arg.partition("::")[0] for arg in config.args)
    if not left or any(seen.get(path) for path in named):
        return None
    return f"note: not collected, and so not checked: {', '.join(left)}"


def _standing(config: pytest.Config) -> set[str]:
    """Return the options in `addopts` that are not on the command line."""
    typed = {str(word).partition("=")[0] for word in config.invocation_params.args}
    addopts = [*config.getini("addopts"), *shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))]
    return {word.partition("=")[0] for word in addopts} - typed


def _names_files(config: pytest.Config) -> bool:
    """Return whether every argument is a file, or a test in one."""
    folder = config.invocation_params.dir
    return config.args_source is config.ArgsSource.ARGS and all(
        (folder / arg.partition("::")[0]).is_file() for arg in config.args
    )


def _nearest(folder: Path) -> Path | None:
    """Return the manifest of a folder, or of the nearest one above it."""
    paths = (one / "layoutcheck.toml" for one in (folder, *folder.parents))
    return next((path for path in paths if path.is_file()), None)


def _typed(config: pytest.Config, paths: Iterable[Path]) -> list[str]:
    """Return paths as a user would type them in the working folder, each once."""
    here = config.invocation_params.dir
    return [shlex.quote(os.path.relpath(path, here)) for path in dict.fromkeys(paths)]
