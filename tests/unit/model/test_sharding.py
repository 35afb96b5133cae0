"""sharding.py: the cells of a shard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoutcheck.errors import LayoutcheckError
from layoutcheck.model.sharding import Shard, parse_shard


def test_a_shard() -> None:
    """Shards count from 1."""
    assert parse_shard("2/5") == Shard(number=2, count=5)
    assert str(parse_shard("1/1")) == "shard 1 of 1"


@pytest.mark.parametrize(
    "text", ["", "x", "2", "0/5", "6/5", "1/0", "-1/5", "1.0/5", "01/5", "2/5 ", "2/5/1", "٢/5"]
)
def test_no_shard(text: str) -> None:
    """An invalid shard is an error with the text and an example."""
    with pytest.raises(LayoutcheckError) as caught:
        parse_shard(text)
    assert caught.value.what == f"{text!r} is no shard"
    assert "2/5 is the second of five" in (caught.value.hint or "")


@given(cells=st.integers(0, 60), count=st.integers(1, 40))
def test_every_cell_is_in_one_shard(cells: int, count: int) -> None:
    """The shards together are the plan, and differ by at most one cell; the last is smallest."""
    plan = range(cells)
    shards = [Shard(number=n, count=count).of(plan) for n in range(1, count + 1)]
    assert [cell for shard in shards for cell in shard] == list(plan)
    sizes = [len(shard) for shard in shards]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] - sizes[-1] <= 1
