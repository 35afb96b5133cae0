"""A run -> sentences: the bindings were made for another release or conf than a cell's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from layoutcheck.model.verdict import Run, Verdict
from layoutcheck.report.cells import name_cells
from layoutcheck.report.root_causes import root_causes

__all__ = ["made_for"]

VERSION: Final = "__FreeBSD_version"
"""Constant of sys/param.h that bindgen copies: 1402000 for FreeBSD 14.2 (Porter's Handbook)."""

DEBUG_OPTIONS: Final = ("INVARIANTS", "INVARIANT_SUPPORT", "WITNESS", "DIAGNOSTIC", "LOCK_DEBUG")
"""Kernel options, and what follows from them, that change layouts and that bindgen copies."""


def made_for(run: Run) -> tuple[str, ...]:
    """Return a sentence for each way in which the bindings say that they fit another kernel.

    A crate's own `__FreeBSD_version` that differs from C's is another release. A constant for an
    option that is not C's, or has another value, is another conf.
    """
    return (*_releases(run), *_options(run))


def _releases(run: Run) -> Iterator[str]:
    for verdict in run.verdicts:
        if _name(verdict.rust_path) == VERSION and verdict.mismatches:
            c, rust = _number(verdict.c_says), _number(verdict.rust_says)
            if c is not None and rust is not None and c // 1000 != rust // 1000:
                where = name_cells(run.cells, verdict.cells)
                yield (
                    f"the bindings were made for FreeBSD {_release(rust)} ({VERSION} is {rust}),"
                    f" and {where or 'the kernel'} is FreeBSD {_release(c)} ({c})"
                    f"{_others(run, verdict, _release(rust))}"
                )


def _others(run: Run, verdict: Verdict, release: str) -> str:
    """Return how many root causes vanish in the run's cells of the release of the bindings."""
    meant = {cell.id for cell in run.cells if cell.release == release}
    here = [one for one in root_causes(run) if not set(one.cells).isdisjoint(verdict.cells)]
    if not meant or not here:
        return ""
    fewer = sum(meant.isdisjoint(one.cells) for one in here)
    return f"; {fewer} of its {len(here)} mistakes are none in FreeBSD {release}"


def _options(run: Run) -> Iterator[str]:
    absent = {
        _name(item.rust_path): item.rust_path
        for item in run.set_aside
        if item.kind == "constant" and item.why == "not in C"
    }
    for option in DEBUG_OPTIONS:
        if option in absent:
            path = absent[option]
            yield f"the bindings were made with {option} ({path}), which C does not define"
    for verdict in run.verdicts:
        if _name(verdict.rust_path) in DEBUG_OPTIONS and verdict.mismatches:
            where = name_cells(run.cells, verdict.cells)
            yield (
                f"the bindings were made with {verdict.rust_path} = {_number(verdict.rust_says)},"
                f" and C has {_number(verdict.c_says)}{f' in {where}' if where else ''}"
            )


def _name(path: str) -> str:
    return path.rpartition("::")[2]


def _number(words: str | None) -> int | None:
    """Return the number at the beginning of a constant's words: `1402000 = 0x156490 (int)`."""
    found = re.match(r"-?\d+", words or "")
    return None if found is None else int(found[0])


def _release(version: int) -> str:
    """Return the release of a `__FreeBSD_version`: `14.2` for 1402000."""
    return f"{version // 100_000}.{version // 1000 % 100}"
