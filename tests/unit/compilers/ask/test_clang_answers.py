"""clang_answers.py on the real clang: one compile answers for all, and says what many would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from layoutcheck.compilers.ask import c_names, dependencies
from layoutcheck.compilers.ask import clang as c
from layoutcheck.compilers.ask.clang import compile_c
from layoutcheck.compilers.ask.clang_answers import Answer, Question, ask_c, survey
from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.probes.c import render_any
from layoutcheck.compilers.programs.run_program import Finished, run
from tests.dwarf_objects import AMD64, clang, linker

pytestmark = pytest.mark.needs_clang

TEXT = """
#define ONE 1
#define OPEN {
#define CALL(x) x
struct good { int i; };
struct later;
typedef struct good good_t;
enum colour { RED = 3 };
int far(good_t *argument);
static inline int near(void) { return 0; }
"""
QUESTION = Question(
    includes=("a.h",),
    types=[("0", "struct good"), ("1", "union good"), ("2", "good_t"), ("3", "struct later")],
    constants=[("0", "ONE"), ("1", "OPEN"), ("2", "RED"), ("3", "MISSING"), ("4", "good_t")],
    enums=[("5", "enum colour"), ("6", "colour"), ("7", "enum missing")],
    objects=[("8", "far"), ("9", "near"), ("10", "missing"), ("11", "CALL")],
)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands of all programs that are run from now on."""
    commands: list[tuple[str, ...]] = []

    def noted(argv: Sequence[str], **options: Any) -> Finished:  # noqa: ANN401 - as they are
        commands.append(tuple(argv))
        return run(argv, **options)

    for module in (c, c_names, dependencies):
        monkeypatch.setattr(module, "run", noted)
    return commands


def _ask(question: Question, folder: Path, **headers: str) -> Answer:
    compiler = _compiler(folder, **headers)
    look = partial(survey, compiler, work=folder)
    return ask_c(compiler, question, look(question), work=folder, look=look)


def _compiler(folder: Path, **headers: str) -> tuple[str, ...]:
    for name, text in headers.items():
        (folder / f"{name}.h").write_text(text, encoding="utf-8")
    return (*clang().argv, f"--target={AMD64}", "-ffreestanding", "-isystem", str(folder))


def test_all_at_once(tmp_path: Path) -> None:
    """Types and items, which may have the same keys, with the reason for each that there is not."""
    answer = _ask(QUESTION, tmp_path, a=TEXT)
    assert answer.object is not None
    layouts = read_layouts(link_shared(linker(), answer.object))
    assert layouts.records.keys() == {"0", "2"}
    assert {key: one.value for key, one in layouts.constants.items()} == {"0": 1, "2": 3}
    assert layouts.objects.keys() == {"5", "8", "9"}
    assert answer.refused.keys() == {"1", "3"}
    assert answer.refused_items.keys() == {"1", "3", "4", "6", "7", "10", "11"}
    assert answer.refused_items["1"] == "it is no expression"
    assert answer.macros == {"ONE": "1", "OPEN": "{", "CALL": "CALL"}
    assert answer.linkage.local == {"near"}
    assert not answer.left_out
    assert tmp_path / "a.h" in answer.read


def test_the_words_are_clangs(tmp_path: Path) -> None:
    """Those for a constant, a function or a variable: a verdict may show them."""
    answer = _ask(QUESTION, tmp_path, a=TEXT)
    asked = [(f"constant {key}", name) for key, name in QUESTION.constants if name != "OPEN"]
    asked += [(f"object {key}", name) for key, name in QUESTION.objects]
    compiled = compile_c(
        _compiler(tmp_path), includes=["a.h"], candidates=asked, work=tmp_path, line=render_any
    )
    words = {key.partition(" ")[2]: said for key, said in compiled.refused.items()}
    assert words.keys() == {"3", "4", "10", "11"}
    assert words == {key: answer.refused_items[key] for key in words}


def test_clang_is_started_twice(tmp_path: Path, started: list[tuple[str, ...]]) -> None:
    """However many names there are not: for the text, and to compile."""
    types = [(str(n), f"{kind} t{n}") for n in range(50) for kind in ("struct", "union", "enum")]
    constants = [(str(number), f"CONSTANT_{number}") for number in range(50)]
    objects = [("60", "far"), ("61", "missing")]
    question = Question(
        includes=("a.h",),
        types=[("a", "struct good"), *types],
        constants=[("51", "ONE"), *constants],
        objects=objects,
    )
    answer = _ask(question, tmp_path, a=TEXT)
    assert len(started) == 2
    assert len(answer.refused) == 50
    assert len(answer.refused_items) == 51
    assert not answer.linkage.local


def test_what_clang_alone_can_refuse_costs_only_itself(
    tmp_path: Path, started: list[tuple[str, ...]]
) -> None:
    """A member of that name, of which the text says no more than that it is there."""
    question = replace(QUESTION, constants=[("0", "ONE"), ("1", "i")])
    answer = _ask(question, tmp_path, a=TEXT)
    assert answer.refused_items["1"] == "use of undeclared identifier 'i'"
    assert "0" not in answer.refused_items
    # The text, what is refused, what is not; and which of two objects is local.
    assert len(started) == 4


def test_after_the_includes_that_compile(tmp_path: Path) -> None:
    """What one that does not makes of the others counts for nothing."""
    broken = "#define good bad\n#define ONE 2\n#define RED BLUE\nwrong here;\n"
    question = replace(QUESTION, includes=("broken.h", "a.h"))
    answer = _ask(
        question,
        tmp_path,
        a=TEXT.replace("#define ONE 1", "#ifndef ONE\n#define ONE 1\n#endif"),
        broken=broken,
    )
    alone = _ask(QUESTION, tmp_path)
    assert answer.left_out.keys() == {"broken.h"}
    assert answer.refused.keys() == alone.refused.keys()
    assert answer.refused_items == alone.refused_items
    assert answer.macros == alone.macros
    assert {tmp_path / "a.h", tmp_path / "broken.h"} <= answer.read
    assert answer.object is not None
    layouts = read_layouts(link_shared(linker(), answer.object))
    assert layouts.records.keys() == {"0", "2"}
    assert layouts.constants["0"].value == 1


@pytest.mark.parametrize("missing", [("gone.h", "a.h"), ("a.h", "gone.h")])
def test_a_missing_header_is_left_out(missing: tuple[str, ...], tmp_path: Path) -> None:
    """Without which the preprocessor says nothing; also where there are types alone."""
    for question in (QUESTION, Question(includes=(), types=QUESTION.types)):
        answer = _ask(replace(question, includes=missing), tmp_path, a=TEXT)
        assert answer.left_out.keys() == {"gone.h"}
        assert answer.refused.keys() == {"1", "3"}
        assert answer.linkage.local == ({"near"} if question.items else set())
