"""units.py: which headers go together, against a compiler whose rules are written down here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from layoutcheck.kernel.units import find_units
from layoutcheck.location import SourceLocation
from layoutcheck.toolchain.diagnostic import Diagnostic


class Compiler:
    """Refuses headers after what they conflict with, and those before what they want."""

    def __init__(
        self, wants: Mapping[str, Sequence[str]], conflicts: Mapping[str, Sequence[str]]
    ) -> None:
        self.wants, self.conflicts = wants, conflicts
        self.calls = 0

    def __call__(self, includes: Sequence[str]) -> Mapping[str, tuple[Diagnostic, ...]]:
        """As `check_includes`."""
        self.calls += 1
        kept: list[str] = []
        left_out = {}
        for header in includes:
            wanted = [name for name in self.wants.get(header, ()) if name not in kept]
            clash = [name for name in self.conflicts.get(header, ()) if name in kept]
            if wanted or clash:
                where = SourceLocation(path=header, line=1)
                message = f"wants {wanted}, conflicts with {clash}"
                left_out[header] = (Diagnostic(message=message, location=where),)
            else:
                kept.append(header)
        return left_out


def test_one_unit_is_enough() -> None:
    """Most headers go together, the prelude first."""
    found = find_units(["c", "b", "p"], ["p", "q"], Compiler({"b": ["p"]}, {}))
    assert found.units == (("p", "q", "c", "b"),)
    assert not found.refused
    assert found.holding("c") == ("p", "q", "c")
    assert found.holding("z") is None


def test_a_header_that_wants_a_later_one() -> None:
    """It is tried again behind the others."""
    compiler = Compiler({"a": ["b"], "b": ["c"]}, {})
    assert find_units(["a", "b", "c"], [], compiler).units == (("c", "b", "a"),)


def test_what_conflicts_has_a_unit_of_its_own() -> None:
    """After the same prelude."""
    compiler = Compiler({"x": ["p"], "y": ["p"]}, {"y": ["x"], "x": ["y"]})
    assert find_units(["x", "y"], ["p"], compiler).units == (("p", "x"), ("p", "y"))


def test_what_conflicts_with_the_prelude() -> None:
    """It comes after as much of it as does no harm."""
    prelude = [f"p{n}" for n in range(8)]
    compiler = Compiler({"x": ["p2"]}, {"x": ["p5"]})
    found = find_units(["x", "y"], prelude, compiler)
    assert found.units[0] == (*prelude, "y")
    assert found.holding("x") == (*prelude[:5], "x")


def test_what_never_compiles_is_refused() -> None:
    """With the words that it had after the whole prelude."""
    found = find_units(["x"], ["p"], Compiler({"x": ["nowhere"]}, {}))
    assert found.units == (("p",),)
    assert [str(error) for error in found.refused["x"]] == [
        "x:1: wants ['nowhere'], conflicts with []"
    ]


def test_a_prelude_that_does_not_compile() -> None:
    """What of it does not is left out."""
    found = find_units(["x"], ["p", "q"], Compiler({"q": ["nowhere"]}, {}))
    assert found.units == (("p", "x"),)
    assert set(found.refused) == {"q"}


NAMES = st.sampled_from("abcdefgh")
RULES = st.dictionaries(NAMES, st.lists(NAMES, max_size=2), max_size=6)


@given(st.lists(NAMES, unique=True), st.lists(NAMES, unique=True, max_size=4), RULES, RULES)
def test_every_header_is_in_one_place(
    headers: list[str],
    prelude: list[str],
    wants: dict[str, list[str]],
    conflicts: dict[str, list[str]],
) -> None:
    """In a unit that compiles, or refused; and it ends."""
    compiler = Compiler(wants, conflicts)
    found = find_units(headers, prelude, compiler)
    held = {header for unit in found.units for header in unit}
    assert held | set(found.refused) >= {*headers}
    assert not held & set(found.refused)
    for unit in found.units:
        assert not compiler(unit)
    assert all(one != other for one, other in pairwise(found.units))
