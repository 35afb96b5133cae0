"""An item's result does not depend on the other items that are asked for, without a list."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.run.planning import Options
from tests.asked_alone import differing, found_alone, found_together, without_list

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

SAMPLE = Path(__file__).resolve().parents[2] / "fixtures" / "crates" / "sample"


def test_the_sample_in_halves_and_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Halves and single items of the sample have the results of the whole.

    `tests/validation/independence.py` tests the whole sample and other crates.
    """
    manifest, options = without_list(SAMPLE, tmp_path), Options(cache=tmp_path / "cache")
    together = found_together(manifest, options)
    for found in found_alone(manifest, options, monkeypatch, halves=2, singles=3):
        assert found
        assert not differing(found, together)
