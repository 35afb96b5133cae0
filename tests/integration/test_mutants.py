"""A few mutants of each kind of mistake: each is found where it is, and nothing else is.

`tests/validation/mutants.py` has thousands, and writes their number into docs/validation.md.
"""

from __future__ import annotations

import pytest

from layoutcheck.target import find_target
from layoutcheck.verdict import Status
from tests.mutation.kinds import KINDS
from tests.mutation.trial import Outcome, Trial, run_trial

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Two mutants of each kind, always the same."""
    folder = tmp_path_factory.mktemp("mutants")
    return run_trial(folder, find_target("amd64"), each=2, seed=1)


def has_room(outcome: Outcome) -> bool:
    """Whether the record has units of bits or padding."""
    rooms = ("_bitfield_", "__bindgen_padding_")
    return any(field.name.startswith(rooms) for field in outcome.mutant.change.record.fields)


def test_each_mutant_is_found_and_nothing_else(trial: Trial) -> None:
    """The right check on the right member is the only root; what changes nothing is green.

    Units of bits and padding that an earlier mistake has moved are still told as roots besides.
    """
    wrong = [
        f"{outcome.mutant.kind.name}, in {outcome.mutant.change.record.name}: {outcome.fate}\n"
        f"  found: {outcome.roots}\n  wanted: {outcome.mutant.roots}"
        for outcome in trial.outcomes
        if outcome.fate not in {"exact", "green"}
        and not (outcome.fate == "inexact" and has_room(outcome))
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_kind_has_mutants(trial: Trial) -> None:
    """No kind is only there by name, unless it waits for a check."""
    tried = {outcome.mutant.kind.name for outcome in trial.outcomes}
    assert tried | set(trial.left_out) == set(KINDS)
    assert len(trial.outcomes) > 120


def test_the_bindings_were_right(trial: Trial) -> None:
    """As clang says of what was mutated; and layoutcheck finds nothing in it."""
    assert trial.proof.claims > 19000
    assert {name for name, _ in trial.proof.refused} & {"mtx", "mbuf", "thread"} == set()
    assert {verdict.status for verdict in trial.base} == {Status.AGREES, Status.WAIVED}
