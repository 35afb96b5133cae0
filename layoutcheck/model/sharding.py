"""`2/5` -> a shard, and its part of a plan's cells. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from layoutcheck.errors import LayoutcheckError

__all__ = ["Shard", "parse_shard"]

T = TypeVar("T")
_SHARD: Final = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """The part `number`, counted from 1, of `count` parts into which a plan's cells are divided.

    `plan` are the ids of all of the plan's cells, in order; () while they are not known.
    """

    number: int
    count: int
    plan: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"shard {self.number} of {self.count}"

    def of(self, cells: Sequence[T]) -> tuple[T, ...]:
        """Return this shard's part of all cells of the plan.

        The cells of a shard are neighbours, since neighbours share results of compilers. The sizes
        of two shards differ by one cell at most. If there are fewer cells than shards, the last
        shards have none.
        """
        size, larger = divmod(len(cells), self.count)
        start = (self.number - 1) * size + min(self.number - 1, larger)
        return tuple(cells[start : start + size + (self.number <= larger)])


def parse_shard(text: str) -> Shard:
    """Return the shard for `2/5`. Raises `LayoutcheckError`."""
    found = _SHARD.fullmatch(text)
    if found is None or int(found[1]) > int(found[2]):
        raise LayoutcheckError(
            f"{text!r} is no shard",
            hint="say NUMBER/COUNT, from 1/COUNT to COUNT/COUNT: 2/5 is the second of five",
        )
    return Shard(number=int(found[1]), count=int(found[2]))
