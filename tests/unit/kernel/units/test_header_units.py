"""header_units.py: headers that compile together, against a compiler with rules written here."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from layoutcheck.kernel.freebsd.system import FREEBSD
from layoutcheck.kernel.units.header_units import HeaderUnits
from tests.header_compiler import Compiler


def test_the_core_is_what_goes_together_in_the_seeds_order() -> None:
    """The core has the seed's order and only headers of the tree. It is the unit of them all."""
    units = Compiler(wants={"b": ["p"]}).units(["c", "b", "p"], ["p", "q", "c", "b"])
    assert units.core == ("p", "c", "b")
    assert units.unit("c") == units.unit("p") == units.core


def test_a_header_that_wants_a_later_one() -> None:
    """A header that needs a later one is tried again after the others."""
    units = Compiler(wants={"a": ["b"], "b": ["c"]}).units("abc", "abc")
    assert units.core == ("c", "b", "a")


def test_what_a_unit_draws_in_is_in_it() -> None:
    """A unit contains the headers that it includes, whether or not they compile alone."""
    compiler = Compiler(wants={"in": ["p"], "d/in": ["p"]}, drawn_in={"a": ["in"], "d/b": ["d/in"]})
    units = compiler.units(["a", "in", "d/b", "d/in"], ["a"])
    assert units.unit("in") == units.core == ("a",)
    assert units.has_in_core("in")
    assert units.unit("d/in") == units.unit("d/b") == ("a", "d/b")


def test_a_source_that_reads_what_goes_with_nothing() -> None:
    """A header without a unit has the first source that compiles and includes it."""
    compiler = Compiler(wants={"d/a": ["e/z"], "d/1.c": ["e/z"]}, drawn_in={"d/3.c": ["d/a"]})
    asked = []

    def sources(header: str) -> Sequence[str]:
        asked.append(header)
        return [f"d/{number}.c" for number in "1234"]

    units = HeaderUnits(
        ["d/a", "d/b"],
        (),
        compiler.check,
        compiler.preprocess,
        drawn_in=lambda _: (),
        read=compiler.read,
        defining=compiler.defining,
        is_behind_machine=FREEBSD.rules.is_behind_machine,
        sources=sources,
    )
    assert units.unit("d/a") == ("d/3.c",)
    assert units.unit("d/b") == ("d/b",)
    assert asked == ["d/a"]


def test_what_is_not_in_the_seed_stands_behind_the_core_with_its_folder() -> None:
    """A header outside the seed comes after the core, with the headers of its folder it needs."""
    headers = ["p", "d/a", "d/b", "e/c"]
    units = Compiler(wants={"d/a": ["d/b", "p"]}).units(headers, ["p"])
    assert units.unit("d/a") == units.unit("d/b") == ("p", "d/b", "d/a")
    assert units.unit("e/c") == ("p", "e/c")


def test_a_folder_whose_macros_are_not_the_cores() -> None:
    """A folder's macros that conflict with the core affect only headers that need that folder."""
    compiler = Compiler(wants={"d/part": ["d/all"]}, macros={"core": "1", "d/all": "(1 == 1)"})
    units = compiler.units(["core", "d/all", "d/part"], ["core"])
    assert units.unit("d/part") == ("core", "d/all", "d/part")
    assert units.unit("d/all") == ("core", "d/all")


def test_a_header_apart_from_another_of_the_core() -> None:
    """A header apart from another has the core without that one's includers and later headers."""
    compiler = Compiler(wants={"c": ["a"]}, drawn_in={"umbrella": ["other"]})
    names = ("a", "other", "umbrella", "b", "c", "behind")
    units = compiler.units(names, names)
    assert units.apart("c", {"other"}) == ("a", "b", "c")
    assert units.apart("other", {"c", "a"}) == ("other",)
    assert units.apart("umbrella", {"other"}) == ()
    assert units.apart("c", {"a"}) == ()
    assert units.reads("umbrella", ["other"])
    assert units.unit("c") == names


def test_a_header_that_stands_without_others() -> None:
    """A header stands without others if it compiles after a core that has none of them."""
    compiler = Compiler(wants={"d/b": ["d/a"]})
    units = compiler.units(["core", "d/a", "d/b", "d/c"], ["core"])
    assert units.stands_without("d/c", ["d/a", "d/b"])
    assert not units.stands_without("d/c", ["d/a", "core"])
    assert not units.stands_without("d/b", ["d/a"])


def test_a_header_that_draws_in_the_others_comes_first() -> None:
    """A header that includes the others comes first, since it has their order."""
    compiler = Compiler(wants={"d/a": ["d/z"]}, drawn_in={"d/z": ["d/a"]})
    units = compiler.units(["d/a", "d/z"], [])
    assert units.unit("d/a") == ("d/z", "d/a")
    assert compiler.calls == 1


def test_what_conflicts_has_a_unit_of_its_own() -> None:
    """A header that conflicts comes after the core, or after a part of it, or alone."""
    core = [f"c{number}" for number in range(16)]
    conflicts = {"d/x": ["d/y"], "d/y": ["d/x"], "e/z": ["c9"], "e/zz": ["c0"]}
    units = Compiler(conflicts=conflicts).units([*core, *conflicts], core)
    assert units.unit("d/x") == (*core, "d/x")
    assert units.unit("d/y") == (*core, "d/y")
    assert units.unit("e/z") == ("c0", "c1", "e/z")
    assert units.unit("e/zz") == ("e/zz",)


def test_a_macro_in_other_words_keeps_a_header_out() -> None:
    """A header with another definition of a macro stays out of the core and of a folder's unit."""
    compiler = Compiler(macros={"a": "1", "b": "2", "c": "1", "d/e": "3"})
    units = compiler.units(["a", "b", "c", "d/e", "d/f"], "abc")
    assert units.core == ("a", "c")
    assert [(one.before, one.after) for one in units.redefined] == [("a", "b")]
    assert units.unit("b") == ("a", "c", "b")
    assert units.unit("d/f") == ("a", "c", "d/f")
    assert units.unit("d/e") == ("a", "c", "d/e")


def test_headers_with_one_include_guard() -> None:
    """Headers with one include guard are never in one unit, where the second would be empty."""
    guards = {"a": "A", "c": "C", "d/a": "A", "d/e": "E", "d/f": "E", "i386/a": "A"}
    compiler = Compiler(wants={"d/a": ["b"]}, drawn_in={"c": ["a"]}, guards=guards)
    units = compiler.units(["a", "b", "c", *guards], ["a", "b", "c", "d/a"])
    assert units.core == ("a", "b", "c")
    assert units.unit("d/a") == ("b", "d/a")
    assert units.unit("d/e") == ("a", "b", "c", "d/e")
    assert units.unit("d/f") == ("a", "b", "c", "d/f")
    assert units.unit("i386/a") == ("a", "b", "c", "i386/a")


def test_a_copy_of_a_header_is_none_of_its_own() -> None:
    """A copy of a header may be in the same unit, because both are the same text."""
    guards = {"a": "A", "d/a": "A"}
    compiler = Compiler(guards=guards, is_copy=True)
    assert compiler.units([*guards], [*guards]).core == ("a", "d/a")


def test_a_header_in_no_folder_with_a_guard_of_the_cores() -> None:
    """A header in no folder with a guard of the core has a unit without the core's header."""
    guards = {"d/a": "A", "x": "A"}
    units = Compiler(guards=guards).units(["d/a", "b", "x"], ["d/a", "b"])
    assert units.unit("x") == ("b", "x")


def test_a_header_with_a_guard_of_the_cores_that_lacks_something() -> None:
    """A header with a guard of the core that lacks a type has no unit, and the type as reason."""
    compiler = Compiler(wants={"d/a": ["b"], "b": ["a"]}, guards={"a": "A", "d/a": "A"})
    units = compiler.units(["a", "b", "d/a"], ["a", "b"])
    assert units.unit("d/a") == ()
    assert units.why_refused("d/a").message == "unknown type name 'b'"


def test_why_a_header_compiles_in_no_unit() -> None:
    """The reason is clang's first message after the core."""
    units = Compiler(wants={"d/x": ["nowhere"]}).units(["p", "d/x"], ["p"])
    assert units.unit("d/x") == ()
    assert units.why_refused("d/x").message == "unknown type name 'nowhere'"


_NAMES = [f"{folder}/{name}" for folder in "de" for name in "abcd"]
_AMONG = st.lists(st.sampled_from(_NAMES), max_size=3)


@given(
    wants=st.dictionaries(st.sampled_from(_NAMES), _AMONG),
    conflicts=st.dictionaries(st.sampled_from(_NAMES), _AMONG),
    order=st.permutations(_NAMES),
    seed=st.lists(st.sampled_from(_NAMES), unique=True),
)
def test_a_unit_does_not_depend_on_what_is_asked_before(
    wants: dict[str, list[str]],
    conflicts: dict[str, list[str]],
    order: list[str],
    seed: list[str],
) -> None:
    """A unit depends neither on earlier questions nor on the order. It compiles with the header."""
    compiler = Compiler(wants=wants, conflicts=conflicts)
    units = compiler.units(order, seed)
    found = {header: units.unit(header) for header in order}
    again = compiler.units(_NAMES, seed)
    assert found == {header: again.unit(header) for header in _NAMES}
    for header, unit in found.items():
        if unit:
            assert header in unit
            assert not compiler.check(unit)
        else:
            assert header in again.why_refused(header).location.path
