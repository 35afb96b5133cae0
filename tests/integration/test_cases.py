"""Small C with small Rust: each is judged as clang and rustc prove."""

from __future__ import annotations

import pytest

from tests.cases_run import CASES, Case, verdict_on

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.why or 'right'}: {case.id}")
def test_case(case: Case) -> None:
    """The verdict is one of those expected."""
    assert verdict_on(case) in case.expect, f"{case.c}\n{case.rust}"


def test_cases_have_names_of_their_own() -> None:
    """Cases have different names, so that none hides another."""
    assert len({case.id for case in CASES}) == len(CASES)
