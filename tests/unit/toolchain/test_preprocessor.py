"""preprocessor.py: what clang's preprocessor says of headers."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.errors import CompileError
from layoutcheck.toolchain.preprocessor import (
    expand_c,
    expand_with_places,
    read_definitions,
    read_macros,
)
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
    """What the includes come to, and what is defined after them."""
    compiler = _header(tmp_path, "#define A (1 + 2)\n#define F(x) x\n#define E\nint i[F(A)];")
    text = expand_c(compiler, includes=["a.h"], work=tmp_path)
    assert text is not None
    assert "int i[(1 + 2)];" in text
    macros = read_macros(compiler, includes=["a.h"], work=tmp_path)
    assert (macros["A"], macros["E"]) == ("(1 + 2)", "")
    assert "F" not in macros


def test_an_error_directive_leaves_neither(tmp_path: Path) -> None:
    """What would be compiled cannot be said then."""
    compiler = _header(tmp_path, "#error no")
    assert expand_c(compiler, includes=["a.h"], work=tmp_path) is None
    assert read_macros(compiler, includes=["a.h"], work=tmp_path) == {}


def test_definitions_by_file(tmp_path: Path) -> None:
    """The last words of each file, in order; what is undefined again was defined."""
    (tmp_path / "a.h").write_text("#define A 1\n#define B\n#define C(x) x\n", encoding="utf-8")
    (tmp_path / "b.h").write_text("#undef A\n#define A 2\n", encoding="utf-8")
    command = (*clang().argv, f"--target={AMD64}", "-isystem", str(tmp_path))
    found = read_definitions(
        command, includes=["a.h", "b.h"], names={"A", "B", "C", "D"}, work=tmp_path
    )
    by_file = {
        name: [(Path(path).name, text) for path, text in texts.items()]
        for name, texts in found.items()
    }
    assert by_file == {"A": [("a.h", "1"), ("b.h", "2")], "B": [("a.h", "")]}
