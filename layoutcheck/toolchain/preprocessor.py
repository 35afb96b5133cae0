"""C headers and flags -> what clang's preprocessor makes of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from layoutcheck.errors import CompileError
from layoutcheck.probe.c import render_c_probe
from layoutcheck.toolchain.c import QUIET
from layoutcheck.toolchain.process import Finished, run

__all__ = ["expand_c", "expand_with_places", "read_definitions", "read_macros"]

_DEFINED_AT: Final = re.compile(r"^# \d+ \"([^\"\n]*)\"|^#define (\w+)(?![\w(])(.*)$", re.MULTILINE)


def expand_c(compiler: Sequence[str], *, includes: Sequence[str], work: Path) -> str | None:
    """What `compile_c` would compile, macros expanded and headers put in.

    None if that cannot be said: a header is missing, or one says `#error`.
    """
    # Without line markers, which name files in the working folder.
    finished = _preprocess((*compiler, "-E", "-P"), includes, work)
    return finished.stdout if finished.succeeded else None


def expand_with_places(compiler: Sequence[str], *, includes: Sequence[str], work: Path) -> str:
    """What the includes declare, macros expanded, with line markers.

    Raises `CompileError` where the preprocessor fails.
    """
    finished = _preprocess((*compiler, "-E"), includes, work)
    if not finished.succeeded:
        raise CompileError(f"clang's preprocessor failed: {finished.words}", where=str(work))
    return finished.stdout


def read_macros(
    compiler: Sequence[str], *, includes: Sequence[str], work: Path
) -> Mapping[str, str]:
    """What is defined at the end of a unit of these headers: macros without parameters.

    Empty if that cannot be said.
    """
    finished = _preprocess((*compiler, "-E", "-dM"), includes, work)
    text = finished.stdout if finished.succeeded else ""
    return dict(re.findall(r"^#define (\w+)(?: (.*))?$", text, re.MULTILINE))


def read_definitions(
    compiler: Sequence[str], *, includes: Sequence[str], names: Collection[str], work: Path
) -> Mapping[str, Mapping[str, str]]:
    """What each file of a unit defines `names` as, in order: macros without parameters.

    By name and path. Empty if that cannot be said.
    """
    finished = _preprocess((*compiler, "-E", "-dD"), includes, work)
    found: dict[str, dict[str, str]] = {}
    path = ""
    for marker, name, text in _DEFINED_AT.findall(finished.stdout if finished.succeeded else ""):
        if marker:
            path = marker
        elif name in names:
            texts = found.setdefault(name, {})
            texts.pop(path, None)
            texts[path] = text.strip()
    return found


def _preprocess(command: Sequence[str], includes: Sequence[str], work: Path) -> Finished:
    source = work / "probe.c"
    source.write_text(render_c_probe(includes, ()), encoding="utf-8")
    return run((*command, *QUIET, source.name), cwd=work)
