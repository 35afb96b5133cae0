"""Headers -> the translation units in which they compile: as few as can be.

Most kernel headers go together in one unit, in some order. What conflicts with others gets a unit
of its own. What compiles in none is told with clang's words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from layoutcheck.toolchain.diagnostic import Diagnostic

__all__ = ["PARTS", "Check", "Units", "find_units"]

LeftOut: TypeAlias = Mapping[str, tuple[Diagnostic, ...]]
Check: TypeAlias = Callable[[Sequence[str]], LeftOut]
"""Includes -> those that do not compile in one unit in that order, and why."""

PARTS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """`units` are includes that compile together in that order; `refused` compile in none.

    A header is in one unit, but for those of the prelude, with which several begin.
    """

    units: tuple[tuple[str, ...], ...]
    refused: LeftOut

    def holding(self, header: str) -> tuple[str, ...] | None:
        """The includes up to `header` in the first unit that has it; None if none has."""
        for unit in self.units:
            if header in unit:
                return unit[: unit.index(header) + 1]
        return None


def find_units(
    headers: Sequence[str], prelude: Sequence[str], check: Check, *, parts: int = PARTS
) -> Units:
    """The units of `headers`, each after the whole prelude, or as much of it as does no harm.

    It is shortened by one of so many `parts` at a time; of fewer there are fewer checks.
    """
    dropped = check(prelude)
    prelude = tuple(header for header in prelude if header not in dropped)
    left = tuple(header for header in headers if header not in prelude)
    refused = dict(dropped)
    units: list[tuple[str, ...]] = []
    lengths = [len(prelude) * part // parts for part in range(parts + 1)]
    while lengths and (left or not units):
        length = lengths[-1]
        unit, why = _fill(prelude[:length], left, check)
        refused = why | refused
        if len(unit) > length or not units:
            units.append(unit)
            left = tuple(header for header in left if header in why)
        else:
            lengths.pop()
    held = {header for unit in units for header in unit}
    return Units(
        units=tuple(units),
        refused={h: errors for h, errors in refused.items() if h not in held},
    )


def _fill(
    prelude: Sequence[str], headers: Sequence[str], check: Check
) -> tuple[tuple[str, ...], dict[str, tuple[Diagnostic, ...]]]:
    """The prelude and all headers that compile after it; those that do not, and why.

    What does not compile is tried again behind the others: it may have wanted one of them.
    """
    unit, left = tuple(prelude), tuple(headers)
    while True:
        why = dict(check((*unit, *left)))
        gained = tuple(header for header in left if header not in why)
        unit = (*unit, *gained)
        left = tuple(header for header in left if header in why)
        if not gained or not left:
            return unit, {header: why[header] for header in left}
