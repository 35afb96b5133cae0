"""merging.py: what is the same in several cells is told once."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.location import SourceLocation
from layoutcheck.merging import merge_cells
from tests.kernel_runs import bio_verdict, mtx_verdict


def test_the_same_in_two_cells_is_one_verdict() -> None:
    """Wherever C declares it: a header's lines move from release to release."""
    here = replace(mtx_verdict(), cells=("14-amd64-GENERIC",))
    moved = SourceLocation(path="sys/mutex.h", line=1)
    assert here.c is not None
    there = replace(
        here, cells=("15-amd64-GENERIC",), c_location=moved, c=replace(here.c, declared_at=moved)
    )
    (merged,) = merge_cells((here, there))
    assert merged.cells == ("14-amd64-GENERIC", "15-amd64-GENERIC")
    assert merged.c_location == here.c_location


def test_what_differs_between_cells_stays_apart() -> None:
    """One with one size, the other with another: two verdicts, beside each other."""
    bio, mtx = bio_verdict(), mtx_verdict()
    assert bio.c is not None
    larger = replace(bio, cells=("b",), c=replace(bio.c, byte_size=bio.c.byte_size + 8))
    merged = merge_cells(
        [replace(bio, cells=("a",)), replace(mtx, cells=("a",)), larger, replace(mtx, cells=("b",))]
    )
    assert [(v.rust_path, v.cells) for v in merged] == [
        (bio.rust_path, ("a",)),
        (bio.rust_path, ("b",)),
        (mtx.rust_path, ("a", "b")),
    ]
