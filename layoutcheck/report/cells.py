"""Cells of a run -> words for them, short if the cells make a full grid; and words for a shard."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from layoutcheck.model.verdict import Cell, Run, Status, Verdict

__all__ = ["agreeing_cells", "column_names", "name_cells", "name_clang", "name_shard", "notes_of"]


def name_cells(cells: Sequence[Cell], ids: Collection[str]) -> str:
    """Return words for those of the run's `cells` that are in `ids`.

    "" for the only cell of a run, "all 28 cells", "14 amd64,i386 GENERIC" for all of the run's
    cells with these releases, architectures and confs; otherwise every id.
    """
    chosen = [cell for cell in cells if cell.id in ids]
    if len(chosen) == len(cells):
        return f"all {len(cells)} cells" if len(cells) > 1 else ""
    if len(chosen) < 2:  # noqa: PLR2004 - one has a name
        return ", ".join(ids)
    values = [dict.fromkeys(of) for of in zip(*map(_axes, chosen), strict=True)]
    spanned = [
        cell
        for cell in cells
        if all(value in axis for value, axis in zip(_axes(cell), values, strict=True))
    ]
    if len(spanned) > len(chosen):
        return ", ".join(cell.id for cell in chosen)
    every = [dict.fromkeys(of) for of in zip(*map(_axes, cells), strict=True)]
    # An axis that is complete is left out.
    telling = [axis for axis, all_of_it in zip(values, every, strict=True) if axis != all_of_it]
    return " ".join(",".join(axis) for axis in telling)


def column_names(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Return a short name for each cell: the parts in which the cells differ, or its id."""
    every = [dict.fromkeys(of) for of in zip(*map(_axes, cells), strict=True)]
    names = tuple(
        " ".join(value for value, axis in zip(_axes(cell), every, strict=True) if len(axis) > 1)
        for cell in cells
    )
    is_telling = len(set(names)) == len(names) and all(names)
    return names if is_telling else tuple(cell.id for cell in cells)


def agreeing_cells(run: Run, verdict: Verdict) -> tuple[str, ...]:
    """Return the ids of the cells where the item of a differing verdict agrees."""
    if verdict.status is Status.AGREES or len(run.cells) == 1:
        return ()
    return tuple(
        cell
        for other in run.verdicts
        if other.key == verdict.key and other.status is Status.AGREES
        for cell in other.cells
    )


def name_clang(version: str) -> str:
    """Return a clang's name for reports, "Debian clang 19.1.7", from its `--version`."""
    found = re.match(r"(.*\bclang) version (\d[\d.]*)", version)
    return version if found is None else " ".join(found.groups())


def name_shard(run: Run) -> str:
    """Return words for the part of the plan that a shard's run is; "" for a whole run."""
    if run.shard is None:
        return ""
    total = len(run.shard.plan)
    if run.is_empty_shard:
        return f"{run.shard} has no cell: the plan has only {total}"
    return f"{run.shard}: {len(run.cells)} of {total} cells"


def notes_of(run: Run) -> Iterator[str]:
    """Yield the run's notes; a shard's notes name the shard: they are about its cells only."""
    for note in run.notes:
        yield note if run.shard is None else f"{run.shard}: {note}"


def _axes(cell: Cell) -> tuple[str, str, str]:
    return cell.release, cell.arch, cell.kernel_conf
