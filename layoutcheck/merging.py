"""The verdicts of each cell -> one verdict for all the cells in which it is the same. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from layoutcheck.verdict import Kind, Verdict

__all__ = ["merge_cells"]


def merge_cells(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts, each once: those on one subject stand together, in order of their first cells.

    Two are the same if all but their cells and C's source locations is.
    """
    merged: dict[tuple[Kind, str], list[Verdict]] = {}
    for verdict in verdicts:
        variants = merged.setdefault(verdict.key, [])
        for number, known in enumerate(variants):
            if replace(verdict, cells=known.cells) == known:
                variants[number] = replace(known, cells=known.cells + verdict.cells)
                break
        else:
            variants.append(verdict)
    return tuple(verdict for variants in merged.values() for verdict in variants)
