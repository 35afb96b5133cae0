"""header_units.py: which headers go together, against a compiler whose rules are written here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoutcheck.compilers.ask.diagnostic import Diagnostic
from layoutcheck.compilers.ask.preprocessor import Redefinition
from layoutcheck.kernel.freebsd.header_lists import read_aside, read_seed
from layoutcheck.kernel.freebsd.system import FREEBSD
from layoutcheck.kernel.units.header_units import HeaderUnits, Preprocessed
from layoutcheck.location import SourceLocation


class Compiler:
    """Refuses headers after what they conflict with, and those before what they want.

    `macros` are the words that headers give to one macro, `drawn_in` what they include, `guards`
    their include guards; with `is_copy` that is all they have.
    """

    def __init__(
        self,
        *,
        wants: Mapping[str, Sequence[str]] | None = None,
        conflicts: Mapping[str, Sequence[str]] | None = None,
        macros: Mapping[str, str] | None = None,
        drawn_in: Mapping[str, Sequence[str]] | None = None,
        guards: Mapping[str, str] | None = None,
        is_copy: bool = False,
    ) -> None:
        self.wants, self.conflicts, self.macros = wants or {}, conflicts or {}, macros or {}
        self.drawn_in, self.guards = drawn_in or {}, guards or {}
        self.is_copy = is_copy
        self.calls = 0

    def check(
        self, includes: Sequence[str], behind: Sequence[str] = ()
    ) -> Mapping[str, tuple[Diagnostic, ...]]:
        """As `Clang.check`."""
        self.calls += 1
        kept = list(behind)
        left_out = {}
        for header in includes:
            wanted = [name for name in self.wants.get(header, ()) if name not in kept]
            clash = [name for name in self.conflicts.get(header, ()) if name in kept]
            if wanted or clash:
                where = SourceLocation(path=header, line=1)
                # What is missing is told as clang tells it.
                why = [f"unknown type name '{one}'" for one in wanted]
                message = (why + [f"redefinition of '{one}'" for one in clash])[0]
                left_out[header] = (Diagnostic(message=message, location=where),)
            else:
                kept.append(header)
        return left_out

    def preprocess(self, includes: Sequence[str]) -> Preprocessed:
        """As `Clang.preprocess`."""
        words = [(header, self.macros[header]) for header in includes if header in self.macros]
        redefined = tuple(
            Redefinition("M", before, one, after, other)
            for (before, one), (after, other) in pairwise(words)
            if one != other
        )
        drawn_in = (name for header in includes for name in self.drawn_in.get(header, ()))
        guards = [self.guards.get(header) for header in includes]
        empty = {h for n, h in enumerate(includes) if guards[n] and guards[n] in guards[:n]}
        return Preprocessed(redefined, frozenset((*includes, *drawn_in)), frozenset(empty))

    def read(self, header: str) -> str:
        """The text of a header: its guard, and its name."""
        guard = self.guards.get(header, "")
        own = "" if self.is_copy else header
        return f"#ifndef {guard}\n#define {guard}\n{own}\n#endif\n" if guard else ""

    def defining(self, macro: str) -> Collection[str]:
        """The headers that have a guard."""
        return {header for header, guard in self.guards.items() if guard == macro}

    def units(self, headers: Sequence[str], seed: Sequence[str]) -> HeaderUnits:
        """The units that are found with this compiler."""
        return HeaderUnits(
            headers,
            seed,
            self.check,
            self.preprocess,
            drawn_in=lambda header: self.drawn_in.get(header, ()),
            read=self.read,
            defining=self.defining,
            is_behind_machine=FREEBSD.rules.is_behind_machine,
        )


def test_the_core_is_what_goes_together_in_the_seeds_order() -> None:
    """What the tree does not have is left out; every header of it has the same unit."""
    units = Compiler(wants={"b": ["p"]}).units(["c", "b", "p"], ["p", "q", "c", "b"])
    assert units.core == ("p", "c", "b")
    assert units.unit("c") == units.unit("p") == units.core


def test_a_header_that_wants_a_later_one() -> None:
    """It is tried again behind the others."""
    units = Compiler(wants={"a": ["b"], "b": ["c"]}).units("abc", "abc")
    assert units.core == ("c", "b", "a")


def test_what_a_unit_draws_in_is_in_it() -> None:
    """Whether or not it compiles where nobody draws it in."""
    compiler = Compiler(wants={"in": ["p"], "d/in": ["p"]}, drawn_in={"a": ["in"], "d/b": ["d/in"]})
    units = compiler.units(["a", "in", "d/b", "d/in"], ["a"])
    assert units.unit("in") == units.core == ("a",)
    assert units.has_in_core("in")
    assert units.unit("d/in") == units.unit("d/b") == ("a", "d/b")


def test_a_source_that_reads_what_goes_with_nothing() -> None:
    """The first that compiles and has it; not where the header compiles with others."""
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
    """And wants what is beside it."""
    headers = ["p", "d/a", "d/b", "e/c"]
    units = Compiler(wants={"d/a": ["d/b", "p"]}).units(headers, ["p"])
    assert units.unit("d/a") == units.unit("d/b") == ("p", "d/b", "d/a")
    assert units.unit("e/c") == ("p", "e/c")


def test_a_folder_whose_macros_are_not_the_cores() -> None:
    """They may be those of its headers that want another one of it, and of nobody else."""
    compiler = Compiler(wants={"d/part": ["d/all"]}, macros={"core": "1", "d/all": "(1 == 1)"})
    units = compiler.units(["core", "d/all", "d/part"], ["core"])
    assert units.unit("d/part") == ("core", "d/all", "d/part")
    assert units.unit("d/all") == ("core", "d/all")


def test_a_header_apart_from_another_of_the_core() -> None:
    """Without what draws the other in, and without what comes behind."""
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
    """It compiles behind the core alone, and the core has none of them."""
    compiler = Compiler(wants={"d/b": ["d/a"]})
    units = compiler.units(["core", "d/a", "d/b", "d/c"], ["core"])
    assert units.stands_without("d/c", ["d/a", "d/b"])
    assert not units.stands_without("d/c", ["d/a", "core"])
    assert not units.stands_without("d/b", ["d/a"])


def test_a_header_that_draws_in_the_others_comes_first() -> None:
    """It knows the order."""
    compiler = Compiler(wants={"d/a": ["d/z"]}, drawn_in={"d/z": ["d/a"]})
    units = compiler.units(["d/a", "d/z"], [])
    assert units.unit("d/a") == ("d/z", "d/a")
    assert compiler.calls == 1


def test_what_conflicts_has_a_unit_of_its_own() -> None:
    """Behind the core where it can, else behind less of it, else alone."""
    core = [f"c{number}" for number in range(16)]
    conflicts = {"d/x": ["d/y"], "d/y": ["d/x"], "e/z": ["c9"], "e/zz": ["c0"]}
    units = Compiler(conflicts=conflicts).units([*core, *conflicts], core)
    assert units.unit("d/x") == (*core, "d/x")
    assert units.unit("d/y") == (*core, "d/y")
    assert units.unit("e/z") == ("c0", "c1", "e/z")
    assert units.unit("e/zz") == ("e/zz",)


def test_a_macro_in_other_words_keeps_a_header_out() -> None:
    """Of the core, and of a folder's unit; of a header that is out itself it keeps none."""
    compiler = Compiler(macros={"a": "1", "b": "2", "c": "1", "d/e": "3"})
    units = compiler.units(["a", "b", "c", "d/e", "d/f"], "abc")
    assert units.core == ("a", "c")
    assert [(one.before, one.after) for one in units.redefined] == [("a", "b")]
    assert units.unit("b") == ("a", "c", "b")
    assert units.unit("d/f") == ("a", "c", "d/f")
    assert units.unit("d/e") == ("a", "c", "d/e")


def test_headers_with_one_include_guard() -> None:
    """They are never in one unit, where the second would be empty."""
    guards = {"a": "A", "c": "C", "d/a": "A", "d/e": "E", "d/f": "E", "i386/a": "A"}
    compiler = Compiler(wants={"d/a": ["b"]}, drawn_in={"c": ["a"]}, guards=guards)
    units = compiler.units(["a", "b", "c", *guards], ["a", "b", "c", "d/a"])
    assert units.core == ("a", "b", "c")
    assert units.unit("d/a") == ("b", "d/a")
    assert units.unit("d/e") == ("a", "b", "c", "d/e")
    assert units.unit("d/f") == ("a", "b", "c", "d/f")
    assert units.unit("i386/a") == ("a", "b", "c", "i386/a")


def test_a_copy_of_a_header_is_none_of_its_own() -> None:
    """Whichever of them is read is the other one, too."""
    guards = {"a": "A", "d/a": "A"}
    compiler = Compiler(guards=guards, is_copy=True)
    assert compiler.units([*guards], [*guards]).core == ("a", "d/a")


def test_a_header_in_no_folder_with_a_guard_of_the_cores() -> None:
    """It has no folder's unit that would tell."""
    guards = {"d/a": "A", "x": "A"}
    units = Compiler(guards=guards).units(["d/a", "b", "x"], ["d/a", "b"])
    assert units.unit("x") == ("b", "x")


def test_a_header_with_a_guard_of_the_cores_that_lacks_something() -> None:
    """It is told what it lacks."""
    compiler = Compiler(wants={"d/a": ["b"], "b": ["a"]}, guards={"a": "A", "d/a": "A"})
    units = compiler.units(["a", "b", "d/a"], ["a", "b"])
    assert units.unit("d/a") == ()
    assert units.why_refused("d/a").message == "unknown type name 'b'"


def test_why_a_header_compiles_in_no_unit() -> None:
    """The first of clang's words, behind the core."""
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
    """Nor on the order of the headers; it compiles, and has the header."""
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


@pytest.mark.parametrize("view", ["kernel", "userland"])
def test_the_seeds_are_whole(view: str) -> None:
    """No header twice; none that is aside, each of which has a reason."""
    seed = read_seed("kernel" if view == "kernel" else "userland")
    assert len(seed) == len({*seed}) > 1000
    aside = read_aside()
    assert aside.keys().isdisjoint(seed)
    assert all(aside.values())


def test_a_module_sees_the_kernels_headers() -> None:
    """So both have one seed."""
    assert read_seed("module") == read_seed("kernel")
