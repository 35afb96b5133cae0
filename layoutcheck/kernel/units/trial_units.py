"""A header and the definers of its macro -> the units in which it is read with each. Pure.

The text of headers shows which of them may define a macro. Only clang can tell whether one does in
this configuration, and with what effect.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Final

from layoutcheck.compilers.ask.diagnostic import Diagnostic
from layoutcheck.kernel.units.header_dependence import FIRST
from layoutcheck.kernel.units.header_units import Check, HeaderUnits

__all__ = ["trial_units"]

_MOST: Final = 4
"""Number of definers that are tried."""


def trial_units(
    header: str, definers: Iterable[str], units: HeaderUnits, check: Check
) -> tuple[tuple[str, ...], ...]:
    """Return the units of a header behind each of the definers, and behind none of them.

    The result is empty if clang cannot compare the header with each: the header is in the core, or
    does not compile in such a unit for another reason. A definer is left out if it makes no
    difference, or if the header compiles without it and not behind it: then no source has both.
    """
    by = [one for one in dict.fromkeys(definers) if one != header]
    prefix = _prefix(header, units)
    outside = [one for one in by if not _is_read(one, prefix, units)]
    if units.has_in_core(header) or len(outside) > _MOST:
        return ()
    always = (*FIRST, header)
    is_whole = all(one in outside or _is_read(one, always, units) for one in by)
    before = prefix if is_whole else FIRST
    why = check((header,), before).get(header, ())
    if why and not is_whole:
        return ()
    # It may need others of its folder.
    beside = tuple(_beside(header, by, units)) if why else ()
    if beside:
        why = check((*beside, header), prefix).get(header, ())
    found = [] if why else [(*before, *beside, header)]
    for one in outside:
        # A source is a unit itself. A definer that includes the header has read it.
        is_source = one.endswith(".c")
        behind = (one,) if is_source or units.reads(one, (header,)) else (one, *beside, header)
        first = () if is_source else prefix
        refused = check(behind, first)
        if one in refused or (why and _words(refused.get(header, why)) != _words(why)):
            return ()
        if header not in refused:
            found.append((*first, *behind))
    return tuple(found)


def _prefix(header: str, units: HeaderUnits) -> tuple[str, ...]:
    """Return the part of the core that a header's unit begins with."""
    pairs = takewhile(
        lambda pair: pair[0] == pair[1], zip(units.core, units.unit(header), strict=False)
    )
    return tuple(name for name, _ in pairs)


def _words(errors: Iterable[Diagnostic]) -> tuple[str, ...]:
    return tuple(map(str, errors))


def _beside(header: str, definers: Collection[str], units: HeaderUnits) -> Iterator[str]:
    """Yield the headers between the core and a header in its unit, without the definers."""
    unit, size = units.unit(header), len(_prefix(header, units))
    for one in unit[size : unit.index(header)] if header in unit else ():
        if not units.reads(one, definers):
            yield one


def _is_read(header: str, by: Sequence[str], units: HeaderUnits) -> bool:
    """Return whether one of these includes reads a header."""
    if by == units.core:
        return units.has_in_core(header)
    return any(units.reads(one, (header,)) for one in by)
