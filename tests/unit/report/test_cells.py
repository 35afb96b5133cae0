"""report/cells.py: cells are named as briefly as is exact."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.report.cells import name_cells
from layoutcheck.verdict import Cell
from tests.kernel_runs import cell

GRID: tuple[Cell, ...] = tuple(
    replace(
        cell(conf),
        id=f"{release}-{arch}-{conf}",
        release=release,
        arch=arch,
    )
    for release in ("14.2", "15.0")
    for arch in ("amd64", "i386")
    for conf in ("GENERIC", "MINIMAL")
)


def named(*wanted: str) -> str:
    """The words for the cells whose ids have all of one of these in them."""
    ids = [one.id for one in GRID if any(all(p in one.id for p in w.split()) for w in wanted)]
    assert ids
    return name_cells(GRID, ids)


def test_a_grid_is_named_by_its_axes() -> None:
    """An axis along which nothing was left out is not told."""
    assert named("14") == "14.2"
    assert named("i386 MINIMAL") == "i386 MINIMAL"
    assert named("-") == "all 8 cells"
    assert named("15 i386 GENERIC") == "15.0-i386-GENERIC"


def test_what_is_no_grid_is_named_cell_by_cell() -> None:
    """Axes would name more cells than are meant."""
    assert named("14 amd64 GENERIC", "15 i386 GENERIC") == "14.2-amd64-GENERIC, 15.0-i386-GENERIC"


def test_the_only_cell_needs_no_name() -> None:
    """A reader of a run of one cell knows which it is."""
    assert name_cells(GRID[:1], [GRID[0].id]) == ""
