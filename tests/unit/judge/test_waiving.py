"""A waiver accepts its mismatches, and their consequences in the same cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from layoutcheck.judge.consequences import ALIGNMENT, KIND
from layoutcheck.judge.waiving import waive
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.reader import Waiver, names_path
from layoutcheck.model.verdict import Cause, Mismatch, Status, Verdict

LEFT_OUT = Cause(check="member-missing", member="b")


def waiver(
    subject: str, check: str = "*", member: str = "*", *, reason: str = "known", line: int = 1
) -> Waiver:
    """Return a waiver of the manifest."""
    location = SourceLocation(path="layoutcheck.toml", line=line)
    return Waiver(subject=subject, check=check, member=member, reason=reason, location=location)


def mismatch(check_id: str, member: str | None = None, cause: Cause | None = None) -> Mismatch:
    """A mismatch of a check at a member."""
    return Mismatch(check_id=check_id, member_path=member, c="1", rust="2", cause=cause)


def verdict(path: str, *mismatches: Mismatch) -> Verdict:
    """A verdict that differs if there are mismatches."""
    status = Status.DIFFERS if mismatches else Status.AGREES
    return Verdict(
        cells=("amd64-GENERIC",),
        c_name="struct s",
        rust_path=path,
        status=status,
        mismatches=mismatches,
    )


def unknown(path: str, reason: str = "no such type") -> Verdict:
    """A verdict on an unchecked item."""
    return Verdict(
        cells=("amd64-GENERIC",),
        c_name=None,
        rust_path=path,
        status=Status.INDETERMINATE,
        reason=reason,
    )


def test_without_waivers_nothing_changes() -> None:
    """Without a waiver nothing changes. A waiver of an item that agrees is unused."""
    before = (verdict("k::a"), verdict("k::b", mismatch("member-type", "x")), unknown("k::c"))
    assert waive(before, ()) == (before, {})
    (after,), uses = waive(before[:1], [waiver("k::a")])
    assert (after.status, uses) == (Status.AGREES, {})


def test_a_cause_takes_its_consequences_with_it() -> None:
    """An item is waived if all its mismatches are, with the reason of the cause."""
    told = waiver("k::s", "member-missing", "b", reason="left out")
    (after,), uses = waive(
        [
            verdict(
                "k::s",
                mismatch("record-size", None, LEFT_OUT),
                mismatch("member-missing", "b"),
                mismatch("member-offset", "c", LEFT_OUT),
            )
        ],
        [told],
    )
    assert (after.status, after.reason) == (Status.WAIVED, "left out")
    assert uses == {told: {("record", "k::s")}}
    assert {found.waiver for found in after.mismatches} == {told.location}
    assert [found.waived for found in after.mismatches] == [
        "follows from b: left out",
        "left out",
        "follows from b: left out",
    ]


def test_one_cause_of_two_is_not_enough() -> None:
    """The other cause and its consequences remain."""
    before = verdict(
        "k::s",
        mismatch("member-missing", "b"),
        mismatch("member-offset", "c", LEFT_OUT),
        mismatch("member-size", "d"),
        mismatch("member-offset", "e", Cause(check="member-size", member="d")),
    )
    (after,), _ = waive([before], [waiver("k::s", member="b")])
    assert after.status is Status.DIFFERS
    assert [bool(found.waived) for found in after.mismatches] == [True, True, False, False]


def test_a_waived_consequence_waives_no_cause() -> None:
    """A waived consequence does not waive its cause, nor consequences of another mistake."""
    before = verdict(
        "k::s", mismatch("member-missing", "b"), mismatch("member-offset", "c", LEFT_OUT)
    )
    (after,), _ = waive([before], [waiver("k::s", "member-offset")])
    assert after.status is Status.DIFFERS
    twice = verdict(
        "k::s",
        mismatch("member-offset", "b"),
        mismatch("member-type", "b"),
        mismatch("member-offset", "c", Cause(check="member-offset", member="b")),
    )
    (after,), _ = waive([twice], [waiver("k::s", "member-type")])
    assert [bool(found.waived) for found in after.mismatches] == [False, True, False]
    (after,), _ = waive([twice], [waiver("k::s", "member-offset", "b")])
    assert [bool(found.waived) for found in after.mismatches] == [True, False, True]


@pytest.mark.parametrize(
    ("check_id", "cause"), [("record-alignment", ALIGNMENT), ("record-kind", KIND)]
)
def test_what_follows_from_the_whole_record(check_id: str, cause: Cause) -> None:
    """A consequence of the whole record's alignment or kind is waived with it."""
    before = verdict("k::s", mismatch(check_id), mismatch("record-size", None, cause))
    (after,), _ = waive([before], [waiver("k::s", check_id)])
    assert after.status is Status.WAIVED


def size_of(item: str) -> Cause:
    """The size of another item."""
    return Cause(check="record-size", item=item)


def test_items_that_embed_a_waived_one_follow() -> None:
    """Items that embed a waived one follow at any depth, unless they have another mistake."""
    dropped = Cause(check="member-missing", member="x")
    before = [
        verdict(
            "k::outer",
            mismatch("member-size", "m", size_of("k::middle")),
        ),
        verdict(
            "k::middle",
            mismatch("record-size", None, size_of("k::inner")),
            mismatch("member-size", "i", size_of("k::inner")),
        ),
        verdict(
            "k::inner", mismatch("record-size", None, dropped), mismatch("member-missing", "x")
        ),
        verdict(
            "k::own",
            mismatch("member-size", "i", size_of("k::inner")),
            mismatch("member-extra", "y"),
        ),
    ]
    told = waiver("k::inner", "member-missing", reason="old release")
    after, uses = waive(before, [told])
    assert [found.status for found in after] == [*[Status.WAIVED] * 3, Status.DIFFERS]
    assert after[0].reason == (
        "follows from k::middle: follows from k::inner: follows from x: old release"
    )
    assert uses == {told: {("record", "k::inner")}}
    waived = [found for one in after for found in one.mismatches if found.waived is not None]
    assert {found.waiver for found in waived} == {told.location}


def test_only_the_cause_itself_passes_a_waiver_on() -> None:
    """A consequence is waived only with its cause, not with another mismatch of that item."""
    holder = verdict("k::s", mismatch("member-size", "i", size_of("k::inner")))
    inner = verdict("k::inner", mismatch("record-size"), mismatch("member-type", "x"))
    after, _ = waive([holder, inner], [waiver("k::inner", "member-type")])
    assert [found.status for found in after] == [Status.DIFFERS, Status.DIFFERS]
    after, _ = waive([holder, inner], [waiver("k::inner", "record-size")])
    assert [found.status for found in after] == [Status.WAIVED, Status.DIFFERS]
    for other in (verdict("k::inner"), unknown("k::inner"), verdict("k::other")):
        after, _ = waive([holder, other], [waiver("k::inner")])
        assert after[0].status is Status.DIFFERS


def test_what_is_no_mismatch_of_its_own_is_waived_with_its_item() -> None:
    """Consequences of an unchecked item or of an opaque type's size are waived with that item."""
    holder = verdict("k::s", mismatch("member-size", "i", size_of("k::inner")))
    for waived, check in (
        (unknown("k::inner"), "indeterminate"),
        (verdict("k::inner", mismatch("opaque-by-value")), "opaque-by-value"),
    ):
        after, _ = waive([holder, waived], [waiver("k::inner", check)])
        assert after[0].status is Status.WAIVED


def test_what_could_not_be_checked_is_waived_by_name_only() -> None:
    """An unchecked item is waived by its check's name, not by `*`. Its reason is kept."""
    (after,), uses = waive([unknown("k::s")], [waiver("k::*")])
    assert (after.status, uses) == (Status.INDETERMINATE, {})
    (after,), uses = waive([unknown("k::s")], [waiver("k::*", "indeterminate", reason="later")])
    assert (after.status, len(uses)) == (Status.WAIVED, 1)
    assert after.waiver == waiver("k::*").location
    assert after.reason == "later (no such type)"


def test_what_waives_nothing_is_told() -> None:
    """A waiver of another item, check or member is unused. So is one that an earlier one covers."""
    waivers = [
        waiver("k::s", "member-type", "x*", line=1),
        waiver("k::t", line=2),
        waiver("k::s", "member-size", line=3),
        waiver("k::s", "member-type", "y", line=4),
        waiver("k::s", "member-*", "x1", line=5),
    ]
    (after,), uses = waive([verdict("k::s", mismatch("member-type", "x1"))], waivers)
    assert after.status is Status.WAIVED
    assert [found.location.line for found in uses] == [1]


@pytest.mark.parametrize(("today", "status"), [(30, Status.WAIVED), (31, Status.DIFFERS)])
def test_a_waiver_holds_until_its_last_day(today: int, status: Status) -> None:
    """On the day after `expires` the mismatch is back."""
    told = replace(waiver("k::s"), expires=date(2026, 12, 30))
    before = [verdict("k::s", mismatch("member-type", "x"))]
    (after,), uses = waive(before, [told], today=date(2026, 12, today))
    assert after.status is status
    assert bool(uses) == (status is Status.WAIVED)


def test_the_items_of_a_waiver() -> None:
    """A waiver with a pattern has each item that it waives once, and no consequence elsewhere."""
    told = waiver("k::*", "member-extra")
    holder = verdict("k::holder", mismatch("member-size", "i", size_of("k::a")))
    items = [
        verdict("k::a", mismatch("member-extra", "x"), mismatch("member-extra", "y")),
        verdict("k::b", mismatch("member-extra", "x")),
    ]
    _, uses = waive([*items, holder], [told])
    assert uses == {told: {("record", "k::a"), ("record", "k::b")}}


@pytest.mark.parametrize(
    ("pattern", "is_named"),
    [
        ("kernel::sys::mtx", True),
        ("sys::mtx", True),
        ("mtx", True),
        ("mt?", True),
        ("kernel::*", True),
        ("sys::*", True),
        ("*", True),
        ("*::mtx", True),
        ("MTX", False),
        ("sys", False),
        ("kernel", False),
        ("tx", False),
        ("other::sys::mtx", False),
        ("", False),
    ],
)
def test_names_path(pattern: str, *, is_named: bool) -> None:
    """A waiver's name is a whole path, a path in the crate, or a last segment, with wildcards."""
    assert names_path(pattern, "kernel::sys::mtx") is is_named
