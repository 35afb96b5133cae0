"""Merge equal verdicts of several cells into one, and the runs of shards into one run. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from layoutcheck.model.layout import shallow
from layoutcheck.model.verdict import Kind, Run, SetAside, Verdict

__all__ = ["merge_cells", "merge_shards"]


def merge_cells(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Return the verdicts without duplicates, grouped by item, in order of their first cells.

    Two verdicts are equal if they differ only in their cells, in C's source locations, or inside
    the named records that they hold (`layout.shallow`).
    """
    merged: dict[tuple[Kind, str], list[Verdict]] = {}
    for verdict in verdicts:
        variants = merged.setdefault(verdict.key, [])
        for number, known in enumerate(variants):
            same = replace(verdict, cells=known.cells)
            if same == known or _told(same) == _told(known):
                variants[number] = replace(known, cells=known.cells + verdict.cells)
                break
        else:
            variants.append(verdict)
    return tuple(verdict for variants in merged.values() for verdict in variants)


def merge_shards(shards: Sequence[Run]) -> Run:
    """Return the run of the whole plan, from the runs of all its shards in order.

    It equals a run without shards, except for the seconds, which are added up.
    """
    compared = [run for run in shards if run.cells]
    set_aside: dict[tuple[Kind, str], SetAside] = {}
    seconds: dict[str, float] = {}
    for run in compared:
        set_aside |= {item.key: item for item in run.set_aside}
        for stage, took in run.seconds:
            seconds[stage] = seconds.get(stage, 0.0) + took
    return Run(
        bindings=compared[0].bindings,
        cells=tuple(cell for run in compared for cell in run.cells),
        verdicts=merge_cells(verdict for run in compared for verdict in run.verdicts),
        set_aside=tuple(set_aside.values()),
        problems=tuple(dict.fromkeys(problem for run in compared for problem in run.problems)),
        notes=tuple(
            note for note in compared[0].notes if all(note in run.notes for run in compared)
        ),
        seconds=tuple(seconds.items()),
    )


def _told(verdict: Verdict) -> Verdict:
    """Return the verdict as a report and a shard's file have it."""
    c, rust = verdict.c, verdict.rust
    return replace(verdict, c=c and shallow(c), rust=rust and shallow(rust))
