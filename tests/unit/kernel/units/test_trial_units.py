"""trial_units.py: units of a header after each header that defines a macro for it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from layoutcheck.kernel.units.trial_units import trial_units
from tests.header_compiler import Compiler

FIRST = ("sys/param.h", "sys/systm.h")
"""Headers that the kernel's sources include first (style(9))."""
CORE = (*FIRST, "net/core.h")
HEADERS = (*CORE, "d/s.h", "d/n.h", "d/m.h", "e/n.h")


def trials(
    compiler: Compiler, definers: Sequence[str], header: str = "d/s.h"
) -> tuple[tuple[str, ...], ...]:
    """Return the units of a header after each of its definers, and after none."""
    return trial_units(header, definers, compiler.units(HEADERS, CORE), compiler.check)


def test_a_header_behind_none_and_behind_each() -> None:
    """All units begin with the core, which has none of the definers."""
    found = trials(Compiler(), ["d/n.h", "e/n.h", "d/n.h", "d/s.h"])
    assert found == (
        (*CORE, "d/s.h"),
        (*CORE, "d/n.h", "d/s.h"),
        (*CORE, "e/n.h", "d/s.h"),
    )


def test_a_definer_of_the_core() -> None:
    """With a definer in the core, the unit without it has the headers that all sources include."""
    assert trials(Compiler(), ["net/core.h"]) == ((*FIRST, "d/s.h"),)


@pytest.mark.parametrize("count", [4, 5])
def test_too_many_definers_are_not_tried(count: int) -> None:
    """Too many definers are not tried, because each is a run of clang."""
    headers = [f"e/{n}.h" for n in range(count)]
    units = Compiler().units([*HEADERS, *headers], CORE)
    found = trial_units("d/s.h", headers, units, Compiler().check)
    assert len(found) == (5 if count == 4 else 0)


def test_a_header_of_the_core_is_not_tried() -> None:
    """A header of the core is not tried: everything that it tests is read before it."""
    assert trials(Compiler(), ["d/n.h"], "net/core.h") == ()


def test_a_definer_that_the_header_does_not_go_with() -> None:
    """A definer that does not compile with the header is left out: no source has both."""
    found = trials(Compiler(conflicts={"d/s.h": ["d/n.h"]}), ["d/n.h", "e/n.h"])
    assert (*CORE, "d/n.h", "d/s.h") not in found
    assert (*CORE, "e/n.h", "d/s.h") in found


def test_a_definer_that_does_not_compile_itself() -> None:
    """A definer that does not compile itself leaves no units."""
    compiler = Compiler(conflicts={"d/n.h": ["net/core.h"]})
    assert trials(compiler, ["d/n.h", "e/n.h"]) == ()


def test_a_header_that_wants_its_definer() -> None:
    """A header that needs its definer has no unit without it, and may need others of its folder."""
    found = trials(Compiler(wants={"d/s.h": ["d/n.h"]}), ["d/n.h"])
    assert found == ((*CORE, "d/n.h", "d/m.h", "d/s.h"),)


def test_a_definer_that_is_a_source() -> None:
    """A source is a unit itself, because it includes the header."""
    compiler = Compiler(drawn_in={"d/a.c": ["d/s.h"]})
    assert trials(compiler, ["d/a.c"])[-1] == ("d/a.c",)


def test_a_definer_that_includes_the_header() -> None:
    """A definer that includes the header is a unit alone: the header after it would be empty."""
    compiler = Compiler(drawn_in={"e/n.h": ["d/s.h"]})
    assert trials(compiler, ["e/n.h"])[-1] == (*CORE, "e/n.h")
