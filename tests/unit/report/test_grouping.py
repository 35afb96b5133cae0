"""report/grouping.py: root causes come before their consequences."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from layoutcheck.model.verdict import Mismatch
from layoutcheck.report.grouping import group_mismatches
from tests.kernel_runs import ccb_verdict
from tests.strategies import mismatches


@given(found=st.lists(mismatches, max_size=6))
def test_no_mismatch_is_lost(found: list[Mismatch]) -> None:
    """Each mismatch is in one group, and every group has one check, cause, hint and waiver."""
    groups = group_mismatches(tuple(found))
    assert sorted(map(repr, (m for group in groups for m in group))) == sorted(map(repr, found))
    for group in groups:
        assert len({(m.check_id, str(m.cause), m.hint, m.waived) for m in group}) == 1


def test_causes_come_first() -> None:
    """The short buffer and the missing member come first, then the size and the moved offsets."""
    groups = group_mismatches(ccb_verdict().mismatches)
    assert [
        (group[0].check_id, group[0].cause and str(group[0].cause), len(group)) for group in groups
    ] == [
        ("member-size", None, 1),
        ("member-missing", None, 1),
        ("record-size", "sense_data", 1),
        ("member-offset", "sense_data", 12),
    ]
