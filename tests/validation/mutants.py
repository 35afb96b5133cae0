"""The whole trial by mutation: write its figures into docs/validation.md, and fail below them.

`tox run -e validation` runs it.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Final

import pytest
from tabulate import tabulate

from layoutcheck.model.target import find_target
from layoutcheck.model.verdict import Status
from tests.mutation.kinds import KINDS
from tests.mutation.outcomes import Fate
from tests.mutation.trial import Trial, run_trial

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

PAGE: Final = Path(__file__).parents[2] / "docs" / "validation.md"
BEGIN, END = "<!-- mutants: begin -->", "<!-- mutants: end -->"
EACH: Final = 30
SEED: Final = 7


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Run all kinds, and write the page."""
    folder = tmp_path_factory.mktemp("mutants")
    begin = time.monotonic()
    trial = run_trial(folder, find_target("amd64"), each=EACH, seed=SEED)
    minutes = (time.monotonic() - begin) / 60
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    text = f"{before}{BEGIN}\n{render(trial, minutes)}\n{END}{after}"
    PAGE.write_text(text, encoding="utf-8")
    return trial


def render(trial: Trial, minutes: float) -> str:
    """Return the figures, the table of kinds, and every mutant with an unexpected outcome."""
    fates = Counter(outcome.fate for outcome in trial.outcomes)
    wrong = fates["exact"] + fates["inexact"] + fates["missed"]
    alike = fates["green"] + fates["false alarm"]
    detected = wrong - fates["missed"]
    figures = (
        f"{len(trial.outcomes)} mutants of {len(KINDS)} kinds, {EACH} of a kind, or as many as "
        f"there are, chosen by the seed {SEED}, in {minutes:.0f} minutes:\n\n"
        f"- {wrong} change the ABI: {detected} detected ({percent(detected, wrong)}), "
        f"{fates['exact']} exactly ({percent(fates['exact'], wrong)});\n"
        f"- {alike} do not: {fates['false alarm']} false alarms.\n\n"
        f"rustc refused {sum(map(len, trial.refused.values()))} more, which are not counted. clang "
        f"was asked for {trial.claims} facts; the {trial.unproved} records and items of which it "
        f"refused something were not mutated.\n"
    )
    fate_names: tuple[Fate, ...] = ("exact", "inexact", "missed", "green", "false alarm")
    by_kind = Counter((outcome.mutant.kind.name, outcome.fate) for outcome in trial.outcomes)
    rows = [(name, *(by_kind[name, fate] or "" for fate in fate_names)) for name in KINDS]
    lines = [figures, tabulate(rows, headers=("kind", *fate_names), tablefmt="github")]
    lines += ["", "What was not exact:", ""]
    for outcome in trial.outcomes:
        if outcome.fate in {"inexact", "missed", "false alarm"}:
            name = outcome.mutant.change.subject
            found = ", ".join(dict.fromkeys(f"{c} {m}" if m else c for c, m in outcome.roots))
            lines.append(f"- {outcome.mutant.kind.name}, `{name}`, {outcome.fate}: {found or '-'}")
    return "\n".join(lines)


def percent(part: int, whole: int) -> str:
    """Return a percentage, rounded down, so that 100 % is all."""
    return f"{part * 1000 // whole / 10:.1f} %"


def test_all_are_detected(trial: Trial) -> None:
    """No mutant that changes the ABI agrees."""
    assert len(trial.outcomes) >= 3000
    assert not [o for o in trial.outcomes if o.fate == "missed"]


def test_nearly_all_are_exact(trial: Trial) -> None:
    """The expected check on the expected member is the only root cause in 98 of 100."""
    fates = Counter(outcome.fate for outcome in trial.outcomes)
    assert fates["exact"] >= 0.98 * (fates["exact"] + fates["inexact"] + fates["missed"])


def test_there_is_no_false_alarm(trial: Trial) -> None:
    """Mutants without a change of the ABI agree, and so do the bindings themselves."""
    assert not [o for o in trial.outcomes if o.fate == "false alarm"]
    assert {verdict.status for verdict in trial.base} == {Status.AGREES, Status.WAIVED}
