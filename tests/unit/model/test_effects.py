"""effects.py: equal effects of one option from several units are merged."""

from __future__ import annotations

from dataclasses import replace

from layoutcheck.model.effects import Failure, merge_effects
from tests.option_effects import HOLDER, STATS, effect


def test_each_option_is_told_once() -> None:
    """Each option is listed once, sorted by name, with equal effects merged."""
    elsewhere = replace(STATS, declared_at=None)
    bad = Failure(header="b.h", reason="why")
    first = effect("X", STATS, failures=(bad,), not_compared=("struct b",))
    second = effect("X", STATS, HOLDER, elsewhere, failures=(bad,), not_compared=("struct a",))
    merged = merge_effects([first, effect("A"), second])
    assert [found.option for found in merged] == ["A", "X"]
    assert sorted(map(repr, merged[1].changes)) == sorted(map(repr, (STATS, HOLDER, elsewhere)))
    assert merged[1].failures == (bad,)
    assert merged[1].not_compared == ("struct a", "struct b")
