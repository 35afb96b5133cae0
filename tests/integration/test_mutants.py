"""A mutant of each kind of mistake on a few headers: the trial itself stays right.

Thousands, on all headers: `tox run -e validation`, docs/validation.md.
"""

from __future__ import annotations

from collections import Counter

import pytest

from layoutcheck.model.target import find_target
from layoutcheck.model.verdict import Status
from tests.mutation.kinds import KINDS
from tests.mutation.trial import Trial, run_trial

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

FEW = ("sys/param.h", "sys/mbuf.h")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """A trial with one mutant of each kind that these headers have."""
    folder = tmp_path_factory.mktemp("mutants")
    return run_trial(folder, find_target("amd64"), each=1, seed=1, include=FEW)


def test_each_is_found_or_none(trial: Trial) -> None:
    """No ABI change is missed and no harmless change is reported. Nearly all results are exact."""
    fates = Counter(outcome.fate for outcome in trial.outcomes)
    assert not [o for o in trial.outcomes if o.fate in {"missed", "false alarm"}]
    assert fates["exact"] > 130
    assert fates["green"] > 50
    assert fates["inexact"] < 4


def test_most_kinds_are_tried(trial: Trial) -> None:
    """Most kinds are tried; some need more headers, such as two storage units in a record."""
    tried = {outcome.mutant.kind.name for outcome in trial.outcomes}
    assert 200 < len(tried) <= len(KINDS)


def test_what_is_mutated_is_right(trial: Trial) -> None:
    """The unmutated bindings are right by clang and by layoutcheck."""
    assert trial.claims > 1000
    assert {verdict.status for verdict in trial.base} <= {Status.AGREES, Status.WAIVED}
