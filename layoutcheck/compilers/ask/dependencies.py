"""Includes -> the files that a compiler reads, noted while it compiles or asked for alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from layoutcheck.compilers.probes.c import render_c_probe
from layoutcheck.compilers.programs.run_program import run

__all__ = ["list_dependencies", "read_dependencies"]

_SOURCE: Final = "dependencies.c"
_ESCAPED: Final = re.compile(r"\\([ #])|\$(\$)")
"""Escaped characters of a name that mean something to make(1)."""


def list_dependencies(
    compiler: Sequence[str], *, includes: Sequence[str], work: Path
) -> frozenset[Path]:
    """Return the files that the includes draw in. A missing file has the name as it is included.

    The headers may have other errors. The result goes as far as clang comes.
    """
    source = work / _SOURCE
    source.write_text(render_c_probe(includes, ()), encoding="utf-8")
    rule = run((*compiler, "-w", "-M", "-MG", source.name), cwd=work).stdout
    return _prerequisites(rule) - {Path(source.name)}


def read_dependencies(depend: Path) -> frozenset[Path]:
    """Return the prerequisites in a dependency file; none if the file does not exist."""
    try:
        return _prerequisites(depend.read_text(encoding="utf-8", errors="surrogateescape"))
    except FileNotFoundError:
        return frozenset()


def _prerequisites(rule: str) -> frozenset[Path]:
    names = re.findall(r"(?:\\.|\S)+", rule.replace("\\\n", " ").partition(":")[2])
    return frozenset(map(_path, names))


@lru_cache(maxsize=1 << 14)
def _path(name: str) -> Path:
    """Return one prerequisite's path, cached because most rules name the same thousand headers."""
    return Path(_ESCAPED.sub(lambda escaped: escaped[1] or escaped[2], name))
