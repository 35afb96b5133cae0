"""A run's root causes: chains across items and cells, their order, their identities."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.model.verdict import Cause, Cell, Kind, Mismatch, Run, Status, Verdict
from layoutcheck.report.root_causes import Finding, RootCause, root_causes, roots_by_item
from tests.kernel_runs import agreeing_run, cell, rust_at, sample_run

GENERIC, MINIMAL = cell("GENERIC"), cell("MINIMAL")


def mismatch(
    check: str, member: str | None = None, cause: Cause | None = None, waived: str | None = None
) -> Mismatch:
    """Return a mismatch whose words do not matter."""
    return Mismatch(check_id=check, member_path=member, c="1", rust="2", cause=cause, waived=waived)


def differing(
    path: str, *found: Mismatch, kind: Kind = "record", cells: tuple[Cell, ...] = (GENERIC,)
) -> Verdict:
    """Return a verdict with these mismatches."""
    return Verdict(
        cells=tuple(one.id for one in cells),
        kind=kind,
        c_name=path,
        rust_path=f"k::{path}",
        status=Status.DIFFERS,
        c_says="1",
        rust_says="2",
        rust_location=rust_at("src/lib.rs", 7),
        mismatches=found,
    )


def of(item: str, check: str, member: str | None = None) -> Cause:
    """Return a cause in another item."""
    return Cause(item=f"k::{item}", check=check, member=member)


def causes(*verdicts: Verdict, cells: tuple[Cell, ...] = (GENERIC,)) -> tuple[RootCause, ...]:
    """Return the root causes of a run."""
    return root_causes(Run(bindings="k", cells=cells, verdicts=verdicts))


EXTRA = Cause(check="member-extra", member="x")
LOCK = differing("lock", mismatch("member-extra", "x"), mismatch("record-size", None, EXTRA))
MTX = differing("mtx", mismatch("member-size", "lock", of("lock", "record-size")))
GIANT = differing(
    "Giant", mismatch("static-type", None, of("mtx", "member-size", "lock")), kind="static"
)


def test_a_run_without_mismatches_has_none() -> None:
    """A run in which all items agree has no root cause."""
    assert root_causes(agreeing_run()) == ()


def test_a_chain_across_items_ends_at_its_root() -> None:
    """The static follows from mtx, mtx from the size of lock, and that from the extra member."""
    (root,) = causes(GIANT, MTX, LOCK)
    assert root.finding.id == "record:k::lock:member-extra:x"
    assert root.rust_location == rust_at("src/lib.rs", 7)
    assert [(one.kind, one.rust_path, number) for one, number in root.cleared] == [
        ("static", "k::Giant", 1),
        ("record", "k::mtx", 1),
        ("record", "k::lock", 1),
    ]
    assert (root.items, root.mismatches) == (3, 4)


def test_the_cause_that_clears_most_comes_first() -> None:
    """Waived root causes come last, whatever they clear."""
    alone = differing("alone", mismatch("member-type", "a"))
    known = differing("known", mismatch("member-size", "b", waived="known"))
    holder = differing("holder", mismatch("member-size", "k", of("known", "member-size", "b")))
    found = causes(alone, known, holder, GIANT, MTX, LOCK)
    assert [one.finding.rust_path for one in found] == ["k::lock", "k::alone", "k::known"]
    assert [one.waived for one in found] == [None, None, "known"]


def test_cells_with_and_without_it() -> None:
    """A root cause names the cells that have it, and those in which its item is compared."""
    cells = (GENERIC, MINIMAL)
    agrees = replace(LOCK, cells=(MINIMAL.id,), status=Status.AGREES, mismatches=())
    (root,) = causes(LOCK, agrees, replace(MTX, cells=(GENERIC.id,)), cells=cells)
    assert (root.cells, root.other_cells) == ((GENERIC.id,), (MINIMAL.id,))
    both = replace(LOCK, cells=(GENERIC.id, MINIMAL.id))
    (root,) = causes(both, cells=cells)
    assert (root.cells, root.other_cells) == ((GENERIC.id, MINIMAL.id), ())
    assert root.mismatches == 2, "counted once for all cells"


def test_a_chain_is_followed_in_each_cell() -> None:
    """A holder follows from one mismatch in one cell, and from another one in the other."""
    cells = (GENERIC, MINIMAL)
    other = differing("lock", mismatch("member-missing", "y"), cells=(MINIMAL,))
    other = replace(
        other,
        mismatches=(
            *other.mismatches,
            mismatch("record-size", None, Cause(check="member-missing", member="y")),
        ),
    )
    found = causes(LOCK, other, replace(MTX, cells=(GENERIC.id, MINIMAL.id)), cells=cells)
    assert [(one.finding.member, one.cells) for one in found] == [
        ("x", (GENERIC.id,)),
        ("y", (MINIMAL.id,)),
    ]
    assert all(one.items == 2 for one in found)


def test_a_cause_that_no_check_reports() -> None:
    """A type that is unchecked, or that has no verdict, is the root cause itself."""
    unchecked = replace(LOCK, status=Status.INDETERMINATE, mismatches=(), reason="no header")
    (root,) = causes(unchecked, MTX)
    assert root.finding == Finding(kind="record", rust_path="k::lock", check="record-size")
    assert (root.verdict, root.mismatch) == (unchecked, None)
    (root,) = causes(MTX)
    assert (root.verdict, root.mismatch, root.rust_location) == (None, None, None)
    waived = replace(unchecked, status=Status.WAIVED, reason="own")
    (root,) = causes(waived, MTX)
    assert root.waived == "own"


def test_a_circle_of_causes_ends() -> None:
    """A report that somebody wrote may lead nowhere: one of its mismatches is the root cause."""
    one = differing("a", mismatch("member-size", "x", of("b", "member-size", "y")))
    other = differing("b", mismatch("member-size", "y", of("a", "member-size", "x")))
    assert {root.finding.rust_path for root in causes(one, other)} <= {"k::a", "k::b"}


def test_the_identity_has_no_place() -> None:
    """An item that moved in its file, or stands elsewhere in the run, has its old identity."""
    moved = replace(LOCK, rust_location=rust_at("src/other.rs", 99))
    before, after = causes(LOCK, MTX), causes(MTX, moved)
    assert [one.finding.id for one in before] == [one.finding.id for one in after]


def test_every_differing_item_has_its_root_causes() -> None:
    """Each item of a run that differs is among those of a root cause."""
    run = sample_run()
    by_item = roots_by_item(root_causes(run))
    differ = {one.key for one in run.verdicts if one.mismatches}
    assert differ <= by_item.keys()
