"""clang_answers.py on the real clang: one compile gives the answers of many."""

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
from layoutcheck.compilers.probes.c import CQuestion
from layoutcheck.compilers.programs.run_program import Finished, run
from layoutcheck.model.probe_key import KeyKind, ProbeKey
from tests.dwarf_objects import AMD64, clang, linker
from tests.questions import item_keys, type_keys

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


def _keyed(kind: KeyKind, first: int, *names: str) -> list[tuple[ProbeKey, str]]:
    """The names with keys, of which the `first` number is given."""
    return [(ProbeKey(kind, number), name) for number, name in enumerate(names, first)]


QUESTION = Question(
    includes=("a.h",),
    types=_keyed("type", 0, "struct good", "union good", "good_t", "struct later"),
    constants=_keyed("item", 0, "ONE", "OPEN", "RED", "MISSING", "good_t"),
    enums=_keyed("item", 5, "enum colour", "colour", "enum missing"),
    objects=_keyed("item", 8, "far", "near", "missing", "CALL"),
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
    """Types and items, also at the same places, with the reason for each that there is not."""
    answer = _ask(QUESTION, tmp_path, a=TEXT)
    assert answer.object is not None
    layouts = read_layouts(link_shared(linker(), answer.object))
    assert layouts.records.keys() == type_keys(0, 2)
    values = {key: one.value for key, one in layouts.constants.items()}
    assert values == {ProbeKey("item", 0): 1, ProbeKey("item", 2): 3}
    assert layouts.objects.keys() == item_keys(5, 8, 9)
    assert answer.refused.keys() == type_keys(1, 3)
    assert answer.refused_items.keys() == item_keys(1, 3, 4, 6, 7, 10, 11)
    assert answer.refused_items[ProbeKey("item", 1)] == "it is no expression"
    assert answer.macros == {"ONE": "1", "OPEN": "{", "CALL": "CALL"}
    assert answer.linkage.local == {"near"}
    assert not answer.left_out
    assert tmp_path / "a.h" in answer.read


def test_the_words_are_clangs(tmp_path: Path) -> None:
    """Refusals of constants, functions and variables have clang's message, for verdicts."""
    answer = _ask(QUESTION, tmp_path, a=TEXT)
    asked = [CQuestion("constant", key, n) for key, n in QUESTION.constants if n != "OPEN"]
    asked += [CQuestion("object", key, name) for key, name in QUESTION.objects]
    compiled = compile_c(_compiler(tmp_path), includes=["a.h"], questions=asked, work=tmp_path)
    words = compiled.refused
    assert words.keys() == item_keys(3, 4, 10, 11)
    assert words == {key: answer.refused_items[key] for key in words}


def test_clang_is_started_twice(tmp_path: Path, started: list[tuple[str, ...]]) -> None:
    """Clang runs twice, for the text and to compile, for any number of missing names."""
    kinds = ("struct", "union", "enum")
    types = [(ProbeKey("type", n), f"{kind} t{n}") for n in range(50) for kind in kinds]
    constants = _keyed("item", 0, *(f"CONSTANT_{number}" for number in range(50)))
    objects = _keyed("item", 60, "far", "missing")
    question = Question(
        includes=("a.h",),
        types=[*_keyed("type", 50, "struct good"), *types],
        constants=[*_keyed("item", 51, "ONE"), *constants],
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
    """A member's name that only clang can refuse as a constant is refused alone."""
    question = replace(QUESTION, constants=_keyed("item", 0, "ONE", "i"))
    answer = _ask(question, tmp_path, a=TEXT)
    assert answer.refused_items[ProbeKey("item", 1)] == "use of undeclared identifier 'i'"
    assert ProbeKey("item", 0) not in answer.refused_items
    # The text, the refused names, the accepted ones; and which of two objects is local.
    assert len(started) == 4


def test_after_the_includes_that_compile(tmp_path: Path) -> None:
    """Macros of a header that does not compile have no effect on other answers."""
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
    assert layouts.records.keys() == type_keys(0, 2)
    assert layouts.constants[ProbeKey("item", 0)].value == 1


@pytest.mark.parametrize("missing", [("gone.h", "a.h"), ("a.h", "gone.h")])
def test_a_missing_header_is_left_out(missing: tuple[str, ...], tmp_path: Path) -> None:
    """A missing header is left out: the preprocessor fails with it. The rest is answered."""
    for question in (QUESTION, Question(includes=(), types=QUESTION.types)):
        answer = _ask(replace(question, includes=missing), tmp_path, a=TEXT)
        assert answer.left_out.keys() == {"gone.h"}
        assert answer.refused.keys() == type_keys(1, 3)
        assert answer.linkage.local == ({"near"} if question.items else set())
