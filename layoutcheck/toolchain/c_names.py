"""C names and flags -> which of them are macros, and which functions no other unit can link."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from layoutcheck.probe.c import (
    CANDIDATES_FILE,
    render_c_probe,
    render_expansion,
    render_redeclaration,
)
from layoutcheck.symbols import ITEM
from layoutcheck.toolchain.c import QUIET
from layoutcheck.toolchain.dependencies import read_dependencies
from layoutcheck.toolchain.diagnostic import parse_clang
from layoutcheck.toolchain.process import run

__all__ = ["expand_macros", "find_local", "is_expression"]

_EXPANDED: Final = re.compile(rf"^{ITEM}(\d+)[ \t]*(.*)$", re.MULTILINE)
_BRACKETS: Final = {")": "(", "]": "[", "}": "{"}
_TEXT: Final = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')


def expand_macros(
    compiler: Sequence[str], *, includes: Sequence[str], names: Iterable[str], work: Path
) -> tuple[Mapping[str, str], str, frozenset[Path]]:
    """Those of `names` that are macros after the includes, and what each expands to; and a digest.

    One with arguments, which has none here, is its own expansion. The digest is that of all that
    the preprocessor wrote; last come the files that it read. Nothing is known where the includes do
    not compile.
    """
    listed = tuple(dict.fromkeys(names))
    numbered = [(str(number), name) for number, name in enumerate(listed)]
    source = work / "macros.c"
    source.write_text(render_c_probe(includes, numbered, render_expansion), encoding="utf-8")
    depend = source.with_suffix(".d")
    depend.unlink(missing_ok=True)
    command = (*compiler, *QUIET, "-E", "-P", "-MD", "-MF", depend.name, source.name)
    finished = run(command, cwd=work)
    macros = {
        listed[int(number)]: expansion.strip()
        for number, expansion in _EXPANDED.findall(finished.stdout)
    }
    text = finished.stdout.encode("utf-8", "surrogateescape")
    return macros, hashlib.sha256(text).hexdigest(), read_dependencies(depend)


def is_expression(expansion: str) -> bool:
    """Whether what a macro expands to could be an expression: all its brackets are closed.

    What is not would take the lines behind it with it.
    """
    opened: list[str] = []
    for char in _TEXT.sub("", expansion):
        if char in "([{":
            opened.append(char)
        elif char in _BRACKETS and (not opened or opened.pop() != _BRACKETS[char]):
            return False
    return bool(expansion) and not opened and not expansion.endswith(";")


def find_local(
    compiler: Sequence[str], *, includes: Sequence[str], names: Sequence[str], work: Path
) -> frozenset[str]:
    """Those of `names`, which are functions or variables of C, that are local to each unit."""
    numbered = [(str(number), name) for number, name in enumerate(names)]
    source = work / "local.c"
    source.write_text(render_c_probe(includes, numbered, render_redeclaration), encoding="utf-8")
    finished = run((*compiler, *QUIET, "-fsyntax-only", source.name), cwd=work)
    errors = parse_clang(finished.stderr, unit=source.name)
    seen = {e.location.line for e in errors if e.location.path == CANDIDATES_FILE}
    return frozenset(name for line, name in enumerate(names, 1) if line not in seen)
