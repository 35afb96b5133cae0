"""The text of C probes, and that clang can say which line is to blame."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.probes.c import QUESTIONS_FILE, CQuestion, render_c_probe, retry_as_array
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.symbols import ALIGNMENT, SUBJECT
from tests.dwarf_objects import compile_c_text


def test_each_include_and_question_has_its_line() -> None:
    """Includes are on the lines of the unit, questions on those of a file of their own."""
    questions = [
        CQuestion("type", ProbeKey("type", 0), "struct mtx"),
        CQuestion("type", ProbeKey("type", 1, 2), "mtx_t"),
    ]
    text = render_c_probe(["sys/param.h", "sys/lock.h"], questions)
    *lines, last = text.splitlines()
    assert last.startswith("char layoutcheck_present; _Static_assert(sizeof(struct { char c;")
    assert lines == [
        "#include <sys/param.h>",
        "#include <sys/lock.h>",
        "#define layoutcheck_text_(x) #x",
        "#define layoutcheck_text(x) layoutcheck_text_(x)",
        f'# 1 "{QUESTIONS_FILE}"',
        f"struct mtx *{SUBJECT}type_0; char {ALIGNMENT}type_0[_Alignof(struct mtx)];",
        f"mtx_t *{SUBJECT}type_1_2; char {ALIGNMENT}type_1_2[_Alignof(mtx_t)];",
    ]


def test_a_constant_that_is_an_array_is_asked_for_as_one() -> None:
    """Memo, and no other kind of question is."""
    why = "array initializer must be an initializer list or string literal"
    constant = CQuestion("constant", ProbeKey("item", 3), "a")
    array = CQuestion("array", ProbeKey("item", 3), "a")
    assert retry_as_array(constant, why) == array
    assert retry_as_array(constant, "use of undeclared identifier 'a'") is None
    assert retry_as_array(array, why) is None


@pytest.mark.needs_clang
def test_nothing_to_ask_still_compiles(tmp_path: Path) -> None:
    """A crate without types makes an empty unit, which has no records."""
    assert read_layouts(compile_c_text(render_c_probe((), ()), tmp_path)).records == {}
