"""trial_units.py: the units of a header behind each of those that define a macro for it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from layoutcheck.kernel.units.trial_units import trial_units
from tests.header_compiler import Compiler

FIRST = ("sys/param.h", "sys/systm.h")
"""Sources of the kernel include these first (style(9))."""
CORE = (*FIRST, "net/core.h")
HEADERS = (*CORE, "d/s.h", "d/n.h", "d/m.h", "e/n.h")


def trials(
    compiler: Compiler, definers: Sequence[str], header: str = "d/s.h"
) -> tuple[tuple[str, ...], ...]:
    """The units of a header behind each of its definers, and behind none of them."""
    return trial_units(header, definers, compiler.units(HEADERS, CORE), compiler.check)


def test_a_header_behind_none_and_behind_each() -> None:
    """All of them behind the core, which has none of the definers."""
    found = trials(Compiler(), ["d/n.h", "e/n.h", "d/n.h", "d/s.h"])
    assert found == (
        (*CORE, "d/s.h"),
        (*CORE, "d/n.h", "d/s.h"),
        (*CORE, "e/n.h", "d/s.h"),
    )


def test_a_definer_of_the_core() -> None:
    """Behind none of them is without the core then: behind what all sources include first."""
    assert trials(Compiler(), ["net/core.h"]) == ((*FIRST, "d/s.h"),)


@pytest.mark.parametrize("count", [4, 5])
def test_too_many_definers_are_not_tried(count: int) -> None:
    """Each is a run of clang."""
    headers = [f"e/{n}.h" for n in range(count)]
    units = Compiler().units([*HEADERS, *headers], CORE)
    found = trial_units("d/s.h", headers, units, Compiler().check)
    assert len(found) == (5 if count == 4 else 0)


def test_a_header_of_the_core_is_not_tried() -> None:
    """All is read before it that it asks for."""
    assert trials(Compiler(), ["d/n.h"], "net/core.h") == ()


def test_a_definer_that_the_header_does_not_go_with() -> None:
    """No source has both."""
    found = trials(Compiler(conflicts={"d/s.h": ["d/n.h"]}), ["d/n.h", "e/n.h"])
    assert (*CORE, "d/n.h", "d/s.h") not in found
    assert (*CORE, "e/n.h", "d/s.h") in found


def test_a_definer_that_does_not_compile_itself() -> None:
    """It cannot be said what the header is with it."""
    compiler = Compiler(conflicts={"d/n.h": ["net/core.h"]})
    assert trials(compiler, ["d/n.h", "e/n.h"]) == ()


def test_a_header_that_wants_its_definer() -> None:
    """Then there is no unit without it; the others of its folder may be wanted, too."""
    found = trials(Compiler(wants={"d/s.h": ["d/n.h"]}), ["d/n.h"])
    assert found == ((*CORE, "d/n.h", "d/m.h", "d/s.h"),)


def test_a_definer_that_is_a_source() -> None:
    """It is a unit itself, and has read the header."""
    compiler = Compiler(drawn_in={"d/a.c": ["d/s.h"]})
    assert trials(compiler, ["d/a.c"])[-1] == ("d/a.c",)


def test_a_definer_that_includes_the_header() -> None:
    """It comes alone: behind it the header would be empty."""
    compiler = Compiler(drawn_in={"e/n.h": ["d/s.h"]})
    assert trials(compiler, ["e/n.h"])[-1] == (*CORE, "e/n.h")
