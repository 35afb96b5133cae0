"""The text of C probes, and that clang can say which line is to blame."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.probes.c import CANDIDATES_FILE, render_c_probe, retry_as_array
from tests.dwarf_objects import compile_c_text


def test_each_include_and_candidate_has_its_line() -> None:
    """Includes are on the lines of the unit, candidates on those of a file of their own."""
    text = render_c_probe(["sys/param.h", "sys/lock.h"], [("0", "struct mtx"), ("1_2", "mtx_t")])
    *lines, last = text.splitlines()
    assert last.startswith("char layoutcheck_present; _Static_assert(sizeof(struct { char c;")
    assert lines == [
        "#include <sys/param.h>",
        "#include <sys/lock.h>",
        "#define layoutcheck_text_(x) #x",
        "#define layoutcheck_text(x) layoutcheck_text_(x)",
        f'# 1 "{CANDIDATES_FILE}"',
        "struct mtx *layoutcheck_subject_0; char layoutcheck_alignment_0[_Alignof(struct mtx)];",
        "mtx_t *layoutcheck_subject_1_2; char layoutcheck_alignment_1_2[_Alignof(mtx_t)];",
    ]


def test_a_constant_that_is_an_array_is_asked_for_as_one() -> None:
    """Memo, and no other kind of candidate is."""
    why = "array initializer must be an initializer list or string literal"
    assert retry_as_array("constant 3", why) == "array 3"
    assert retry_as_array("constant 3", "use of undeclared identifier 'a'") is None
    assert retry_as_array("array 3", why) is None


@pytest.mark.needs_clang
def test_nothing_to_ask_still_compiles(tmp_path: Path) -> None:
    """A crate without types makes an empty unit, which has no records."""
    assert read_layouts(compile_c_text(render_c_probe((), ()), tmp_path)).records == {}
