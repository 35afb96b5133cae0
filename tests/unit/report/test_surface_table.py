"""surface_table.py: the state of each item of the surface, and the sums."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from layoutcheck.location import SourceLocation
from layoutcheck.model.verdict import Mismatch, Run, SetAside, Status, Verdict
from layoutcheck.report.surface_table import FATES, Fate, fates_of, render_fates
from tests.kernel_runs import cell
from tests.strategies import runs

HERE = SourceLocation(path="src/lib.rs", line=7)
AGREES = Verdict(
    cells=("amd64",),
    c_name="struct s",
    rust_path="k::s",
    status=Status.AGREES,
    rust_location=HERE,
)


def differing(*checks: str) -> Verdict:
    """A verdict with these mismatches."""
    found = (Mismatch(check_id=check, member_path=None, c="1", rust="2") for check in checks)
    return replace(AGREES, cells=("i386",), status=Status.DIFFERS, mismatches=tuple(found))


def run(*verdicts: Verdict, set_aside: tuple[SetAside, ...] = ()) -> Run:
    """A run with these items."""
    return Run(bindings="k", cells=(cell("GENERIC"),), verdicts=verdicts, set_aside=set_aside)


def test_fates() -> None:
    """A state is a verdict's status with its reason or checks, or why the item is skipped."""
    aside = SetAside(rust_path="k::g", why="generic", rust_location=HERE)
    found = fates_of(
        run(
            differing("record-size", "member-size", "member-size"),
            replace(AGREES, rust_path="k::t", status=Status.INDETERMINATE, reason="no header"),
            replace(AGREES, rust_path="k::u", rust_location=None),
            set_aside=(aside,),
        )
    )
    assert found == (
        Fate(kind="record", rust_path="k::g", fate="generic", why="", location="src/lib.rs:7"),
        Fate(kind="record", rust_path="k::u", fate="agrees", why="", location=""),
        Fate(
            kind="record",
            rust_path="k::t",
            fate="not checked",
            why="no header",
            location="src/lib.rs:7",
        ),
        Fate(
            kind="record",
            rust_path="k::s",
            fate="differs",
            why="record-size, member-size",
            location="src/lib.rs:7",
        ),
    )


def test_the_worst_of_several_cells() -> None:
    """An item has its worst state, in any order of verdicts. Skipped counts least."""
    waived = replace(AGREES, status=Status.WAIVED, reason="known")
    unchecked = replace(AGREES, status=Status.INDETERMINATE, reason="no header")
    for verdicts in (
        (AGREES, differing("x"), waived, unchecked),
        (unchecked, AGREES, differing("x")),
    ):
        (found,) = fates_of(run(*verdicts))
        assert (found.fate, found.why) == ("differs", "x")
    for worst, fate in ((unchecked, "not checked"), (waived, "waived")):
        (found,) = fates_of(run(worst, AGREES))
        assert found.fate == fate
    (found,) = fates_of(run(AGREES, set_aside=(SetAside(rust_path="k::s", why="not in C"),)))
    assert found.fate == "agrees"


def test_the_order_of_kinds() -> None:
    """Records, enums, aliases, constants and functions are in this order."""
    verdicts = (replace(AGREES, kind="function"), replace(AGREES, kind="constant"), AGREES)
    assert [one.kind for one in fates_of(run(*verdicts))] == ["record", "constant", "function"]


def test_the_table() -> None:
    """Each item has a line, and each state that occurs has a sum."""
    fates = fates_of(
        run(
            differing("record-size"),
            replace(AGREES, rust_path="k::t"),
            replace(AGREES, rust_path="k::K", kind="constant"),
            set_aside=(SetAside(rust_path="k::OWN", why="not in C", kind="constant"),),
        )
    )
    assert render_fates(fates).splitlines() == [
        "record      agrees          k::t",
        "record      differs         k::s  (record-size)",
        "constant    not in C        k::OWN",
        "constant    agrees          k::K",
        "",
        "              agrees    differs    not in C    all",
        "record             1          1           0      2",
        "enum               0          0           0      0",
        "alias              0          0           0      0",
        "constant           1          0           1      2",
        "function           0          0           0      0",
        "static             0          0           0      0",
        "definition         0          0           0      0",
        "foreign            0          0           0      0",
        "all                2          1           1      4",
    ]


def test_nothing_at_all() -> None:
    """Without items the sums are 0."""
    assert render_fates(()).splitlines()[-1].split() == ["all", "0"]


def test_names_that_a_terminal_would_obey() -> None:
    """Control characters in names of untrusted crates are removed."""
    verdict = replace(
        AGREES, rust_path="k::\x1b[31m", status=Status.INDETERMINATE, reason="\x07bell"
    )
    text = render_fates(fates_of(run(verdict)))
    assert "\x1b" not in text
    assert "\x07" not in text


@settings(deadline=None)
@given(found=runs)
def test_each_item_once(found: Run) -> None:
    """Every item has one known state, and a line."""
    fates = fates_of(found)
    keys = {v.key for v in found.verdicts} | {one.key for one in found.set_aside}
    assert sorted((one.kind, one.rust_path) for one in fates) == sorted(keys)
    assert {one.fate for one in fates} <= {*FATES}
