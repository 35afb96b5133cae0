"""report/cells.py: short and exact names of cells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layoutcheck.model.verdict import Cell
from layoutcheck.report.cells import column_names, name_cells, name_clang
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
    """Return the words for the cells whose ids contain all of one of these."""
    ids = [one.id for one in GRID if any(all(p in one.id for p in w.split()) for w in wanted)]
    assert ids
    return name_cells(GRID, ids)


def test_a_grid_is_named_by_its_axes() -> None:
    """A grid is named by its axes, without an axis whose values are all meant."""
    assert named("14") == "14.2"
    assert named("i386 MINIMAL") == "i386 MINIMAL"
    assert named("-") == "all 8 cells"
    assert named("15 i386 GENERIC") == "15.0-i386-GENERIC"


def test_what_is_no_grid_is_named_cell_by_cell() -> None:
    """Cells that form no grid are named one by one, because axes would name more."""
    assert named("14 amd64 GENERIC", "15 i386 GENERIC") == "14.2-amd64-GENERIC, 15.0-i386-GENERIC"


def test_a_column_has_the_parts_in_which_cells_differ() -> None:
    """The release alone, if all else is the same; ids if no part tells the cells apart."""
    assert column_names(GRID[:2]) == ("GENERIC", "MINIMAL")
    assert column_names(GRID[::4]) == ("14.2", "15.0")
    assert column_names(GRID)[0] == "14.2 amd64 GENERIC"
    same = replace(GRID[0], id="other")
    assert column_names((GRID[0], same)) == ("14.2-amd64-GENERIC", "other")


def test_the_only_cell_needs_no_name() -> None:
    """The only cell of a run needs no name."""
    assert name_cells(GRID[:1], [GRID[0].id]) == ""


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("Debian clang version 19.1.7 (3~deb12u1)", "Debian clang 19.1.7"),
        ("clang version 20.1.2 (https://github.com/ziglang/zig-bootstrap 7ef7)", "clang 20.1.2"),
        (
            "FreeBSD clang version 19.1.7 (https://x/llvm.git llvmorg-19.1.7)",
            "FreeBSD clang 19.1.7",
        ),
        ("Apple clang version 17.0.0 (clang-1700.0.13.5)", "Apple clang 17.0.0"),
        ("something else", "something else"),
    ],
)
def test_a_clang_is_named_by_vendor_and_version(version: str, name: str) -> None:
    """A clang is named by vendor and version; JSON has the whole version."""
    assert name_clang(version) == name
