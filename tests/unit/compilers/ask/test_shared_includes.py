"""shared_includes.py: the includes with which several units begin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from layoutcheck.compilers.ask.clang import precompile
from layoutcheck.compilers.ask.clang_answers import Question
from layoutcheck.compilers.ask.shared_includes import SharedIncludes
from layoutcheck.model.probe_key import ProbeKey
from tests.dwarf_objects import AMD64, clang


class Stages:
    """The stages whose time was measured, in order."""

    def __init__(self) -> None:
        self.names: list[str] = []

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Note a stage."""
        self.names.append(name)
        yield


@pytest.fixture
def stages() -> Stages:
    """The stages of one test."""
    return Stages()


@pytest.fixture
def headers(tmp_path: Path) -> Path:
    """A folder of headers; the later ones need the first."""
    folder = tmp_path / "headers"
    folder.mkdir()
    (folder / "a.h").write_text("#define A 1\nstruct a { int i; };\n")
    (folder / "b.h").write_text("#define B (A + 1)\nstruct b { struct a a; };\n")
    (folder / "c.h").write_text("#define C B\nstruct c { struct a a; };\n")
    (folder / "bad.h").write_text("bad x;\n")
    return folder


def shared_of(headers: Path, work: Path, stages: Stages) -> SharedIncludes:
    """The includes of units of these headers."""
    compiler = (*clang().argv, f"--target={AMD64}", "-ffreestanding", "-isystem", str(headers))
    return SharedIncludes(compiler, work, stages.measure)


def test_the_longest_beginning_is_found(tmp_path: Path, stages: Stages) -> None:
    """The longest precompiled beginning of a unit is found, but never the whole unit."""
    shared = SharedIncludes(("false",), tmp_path, stages.measure)
    assert shared.find(("a", "b")) == ()
    for includes in (("a",), ("a", "b"), ("x", "y")):
        shared.add(includes)
    assert shared.find(("a", "b", "c")) == ("a", "b")
    assert shared.find(("a", "c")) == ("a",)
    assert shared.find(("a", "b")) == ("a",)
    assert shared.find(("b", "a")) == ()
    assert shared.find(("x",)) == ()
    assert shared.find(()) == ()
    assert stages.names == []


def test_a_whole_unit_that_is_precompiled_is_its_own_beginning(
    tmp_path: Path, stages: Stages
) -> None:
    """A precompiled unit is its own beginning: nothing is compiled again."""
    made = tmp_path / "made.pch", frozenset((tmp_path / "a.h",))
    shared = SharedIncludes(("false",), tmp_path, stages.measure)
    shared.add(("a", "b"), made)
    assert shared.find(("a", "b")) == ("a", "b")
    assert shared.precompile(("a", "b")) == made
    assert shared.begin_with(("a", "b")) == ("-include-pch", str(made[0]))
    assert stages.names == []


def test_a_unit_may_begin_with_nothing(tmp_path: Path, stages: Stages) -> None:
    """No flags, and no compiler is asked."""
    assert SharedIncludes(("false",), tmp_path, stages.measure).begin_with(()) == ()
    assert stages.names == []


@pytest.mark.needs_clang
def test_a_beginning_is_precompiled_once(headers: Path, tmp_path: Path, stages: Stages) -> None:
    """Clang goes on from it with the further includes."""
    shared = shared_of(headers, tmp_path, stages)
    output, read = shared.precompile(("a.h",))
    assert output.is_file()
    assert headers / "a.h" in read
    flags = shared.begin_with(("a.h",))
    assert flags == ("-include-pch", str(output))
    assert stages.names == ["clang"]
    compiler = (*clang().argv, f"--target={AMD64}", "-ffreestanding", "-isystem", str(headers))
    assert precompile((*compiler, *flags), includes=["b.h"], output=tmp_path / "b.pch")


@pytest.mark.needs_clang
def test_a_survey_behind_a_beginning_is_that_of_the_whole(
    headers: Path, tmp_path: Path, stages: Stages
) -> None:
    """A survey after a beginning has all macros and files, though that is preprocessed once."""
    shared = shared_of(headers, tmp_path, stages)
    shared.add(("a.h",))
    constants = [(ProbeKey("item", number), name) for number, name in enumerate("ABC")]
    question = Question(includes=("b.h",), constants=constants)
    behind = shared.survey(("a.h",), question, work=tmp_path)
    whole = shared.survey(
        (), Question(includes=("a.h", "b.h"), constants=question.constants), work=tmp_path
    )
    assert behind.is_whole
    assert (behind.macros, behind.is_whole) == (whole.macros, whole.is_whole)
    assert behind.macros == {"A": "1", "B": "(1 + 1)"}
    assert {headers / "a.h", headers / "b.h"} <= behind.read
    assert stages.names == ["preprocess", "preprocess"]


@pytest.mark.needs_clang
def test_a_survey_is_another_one_behind_another_beginning(
    headers: Path, tmp_path: Path, stages: Stages
) -> None:
    """The digest differs after another beginning."""
    shared = shared_of(headers, tmp_path, stages)
    question = Question(includes=("c.h",), constants=[(ProbeKey("item", 0), "C")])
    first = shared.survey(("a.h",), question, work=tmp_path)
    second = shared.survey(("a.h", "b.h"), question, work=tmp_path)
    assert (first.macros["C"], second.macros["C"]) == ("B", "(1 + 1)")
    assert first.digest != second.digest
    assert shared.survey(("a.h",), question, work=tmp_path).digest == first.digest


@pytest.mark.needs_clang
def test_a_survey_of_headers_that_do_not_compile(
    headers: Path, tmp_path: Path, stages: Stages
) -> None:
    """The survey takes headers that do not compile: only the preprocessor's own errors count."""
    shared = shared_of(headers, tmp_path, stages)
    assert shared.survey((), Question(includes=("bad.h",)), work=tmp_path).is_whole
    assert not shared.survey((), Question(includes=("gone.h",)), work=tmp_path).is_whole
