"""merging.py: equal verdicts of several cells are merged, and shards make the whole run."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.judge.merging import merge_cells, merge_shards
from layoutcheck.location import SourceLocation
from layoutcheck.model.layout import Member, RecordLayout
from layoutcheck.model.sharding import Shard
from layoutcheck.model.verdict import Run, Verdict
from tests.kernel_runs import bio_verdict, mtx, mtx_verdict, sample_run


def test_the_same_in_two_cells_is_one_verdict() -> None:
    """Verdicts that differ in C's line only are merged: lines move from release to release."""
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
    """Verdicts that differ between cells stay apart, beside each other."""
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


def test_what_a_held_record_has_inside_is_its_own_verdict() -> None:
    """A held record's inner difference makes no second verdict: only its size is reported."""
    verdict = mtx_verdict()
    assert verdict.c is not None
    held = verdict.c.members[0].type
    assert isinstance(held, RecordLayout)

    def holding(members: tuple[Member, ...], cell: str) -> Verdict:
        inside = replace(held, members=members, is_declaration=False)
        first, *others = mtx().members
        changed = (replace(first, type=inside), *others)
        return replace(verdict, cells=(cell,), c=replace(mtx(), members=changed))

    here, there = holding(mtx().members[1:], "a"), holding((), "b")
    assert there != replace(here, cells=("b",))
    (merged,) = merge_cells((here, there))
    assert merged.cells == ("a", "b")


def shard(number: int, **facts: object) -> Run:
    """Return one of three shards of three cells; the run has one verdict."""
    ids = ("a", "b", "c")
    (cell, *_) = sample_run().cells
    run = Run(
        bindings="kpi",
        cells=(replace(cell, id=ids[number - 1]),),
        verdicts=(replace(mtx_verdict(), cells=(ids[number - 1],)),),
        shard=Shard(number=number, count=3, plan=ids),
    )
    return replace(run, **facts)  # type: ignore[arg-type]


def test_shards_make_the_whole_run() -> None:
    """Shards are merged in order of cells. A note of unused entries must be in all shards."""
    bio = replace(bio_verdict(), cells=("b",))
    waives, absent = "mtx waives nothing", "not checked: c"
    run = merge_shards(
        [
            shard(1, notes=(waives, "sx waives nothing", absent), problems=("p",)),
            shard(2, notes=(waives, absent), problems=("q", "p"), verdicts=(bio,)),
            shard(3, notes=("sx waives nothing", waives, absent)),
        ]
    )
    assert [cell.id for cell in run.cells] == ["a", "b", "c"]
    assert [(v.rust_path, v.cells) for v in run.verdicts] == [
        (mtx_verdict().rust_path, ("a", "c")),
        (bio.rust_path, ("b",)),
    ]
    assert run.notes == (waives, absent)
    assert run.problems == ("p", "q")
    assert run.shard is None


def test_a_shard_without_a_cell_adds_nothing() -> None:
    """A shard without a cell adds nothing, not even its notes."""
    empty = shard(3, cells=(), verdicts=(), notes=("in vain",), bindings=".")
    whole = merge_shards([shard(1), shard(2), empty])
    assert whole == merge_shards([shard(1), shard(2)])
    assert empty.is_empty_shard
    assert empty.passed
    assert not replace(empty, shard=None).passed


def test_seconds_add_up() -> None:
    """Seconds are added by stage, in order of the first shard."""
    run = merge_shards(
        [shard(1, seconds=(("x", 1.0), ("y", 2.0))), shard(2, seconds=(("z", 1.0), ("x", 0.5)))]
    )
    assert run.seconds == (("x", 1.5), ("y", 2.0), ("z", 1.0))
