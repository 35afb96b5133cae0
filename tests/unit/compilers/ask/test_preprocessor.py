"""preprocessor.py: answers of clang's preprocessor about headers."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.compilers.ask.preprocessor import (
    Redefinition,
    expand_c,
    expand_with_places,
    follow_macros,
    read_macros,
)
from layoutcheck.errors import CompileError
from tests.dwarf_objects import AMD64, clang

pytestmark = pytest.mark.needs_clang


def _header(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "a.h").write_text(text, encoding="utf-8")
    return (*clang().argv, f"--target={AMD64}", "-isystem", str(folder))


def test_headers_are_expanded_with_their_places(tmp_path: Path) -> None:
    """Macros are gone, line markers are there; a header that is missing is an error."""
    (tmp_path / "a.h").write_text("#define N 3\nstruct a { char c[N]; };\n", encoding="utf-8")
    compiler = (*clang().argv, f"--target={AMD64}", "-isystem", str(tmp_path))
    text = expand_with_places(compiler, includes=["a.h"], work=tmp_path)
    assert "struct a { char c[3]; };" in text
    assert f'"{tmp_path / "a.h"}"' in text
    with pytest.raises(CompileError, match=r"preprocessor failed: .*'b.h' file not found"):
        expand_with_places(compiler, includes=["a.h", "b.h"], work=tmp_path)


def test_expanded_text_and_macros(tmp_path: Path) -> None:
    """The expanded text of the includes and the macros defined after them are returned."""
    compiler = _header(tmp_path, "#define A (1 + 2)\n#define F(x) x\n#define E\nint i[F(A)];")
    text = expand_c(compiler, includes=["a.h"], work=tmp_path)
    assert text is not None
    assert "int i[(1 + 2)];" in text
    macros = read_macros(compiler, includes=["a.h"], work=tmp_path)
    assert (macros["A"], macros["E"]) == ("(1 + 2)", "")
    assert "F" not in macros


def test_an_error_directive_leaves_neither(tmp_path: Path) -> None:
    """An `#error` leaves neither text nor macros."""
    compiler = _header(tmp_path, "#error no")
    assert expand_c(compiler, includes=["a.h"], work=tmp_path) is None
    assert read_macros(compiler, includes=["a.h"], work=tmp_path) == {}


def test_macros_that_a_later_header_has_in_other_words(tmp_path: Path) -> None:
    """A redefinition has the include that causes it. A file's change of its own macro is no one."""
    texts = {
        "a.h": '#define A 1\n#define B\n#define C(x) x\n#define D 0\n#include "in.h"\n',
        "in.h": "#define IN 1\n#define OWN 1\n#undef OWN\n#define OWN 2\n#undef D\n#define D 1\n",
        "b.h": "#undef A\n#define A 2\n#undef B\n#define B\n#undef C\n#define C(y) x\n#undef D\n",
        "guarded.h": "#ifndef G\n#define G\n#endif\n",
        "c.h": "#undef IN\n#define IN 2\n",
        "d.h": "#include <c.h>\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = (*clang().argv, f"--target={AMD64}", "-isystem", str(tmp_path))
    includes = ["guarded.h", "a.h", "guarded.h", "b.h", "guarded.h", "d.h"]
    found = follow_macros(command, includes=includes, work=tmp_path)
    assert sorted(found.redefined, key=lambda one: one.name) == [
        Redefinition("A", "a.h", "1", "b.h", "2"),
        Redefinition("C", "a.h", "(x) x", "b.h", "(y) x"),
        Redefinition("D", "a.h", "1", "b.h", None),
        Redefinition("IN", "a.h", "1", "d.h", "2"),
    ]
    assert {path.name for path in found.read} == {*texts, "probe.c"}
    assert follow_macros(command, includes=["gone.h"], work=tmp_path).redefined == ()


def test_a_header_that_leaves_nothing(tmp_path: Path) -> None:
    """A header is empty if another one has its guard or if it only includes headers read before."""
    texts = {
        "a.h": "#ifndef G\n#define G\nint a;\n#endif\n",
        "b.h": "/* other */\n#ifndef G\n#define G\nint b;\n#endif\n",
        "c.h": "#include <a.h>\n",
        "d.h": "#ifdef D\nint d;\n#endif\n",
        "e.h": "#include <b.h>\nint e;\n",
        "f.h": "#define F\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = (*clang().argv, f"--target={AMD64}", "-isystem", str(tmp_path))
    found = follow_macros(command, includes=["a.h", "e.h", "c.h", "d.h", "f.h"], work=tmp_path)
    assert {path.name for path in found.empty} == {"b.h", "c.h", "d.h"}
