"""dependencies.py: the files that a compiler reads, from its rules for make(1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.compilers.ask.dependencies import list_dependencies, read_dependencies
from layoutcheck.compilers.programs.run_program import run
from tests.dwarf_objects import clang


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ("a.o: a.c\n", ["a.c"]),
        ("a.o: a.c /x/b.h\n", ["a.c", "/x/b.h"]),
        ("a.o: a.c \\\n  /x/b.h \\\n  ../c.h\n", ["a.c", "/x/b.h", "../c.h"]),
        ("a.o: /two\\ words/a\\ b.h c.h\n", ["/two words/a b.h", "c.h"]),
        ("a.o: /x\\#y/a.h /x$$y/b.h\n", ["/x#y/a.h", "/x$y/b.h"]),
        ("a.o: /x:y/a.h\n", ["/x:y/a.h"]),
        ("a.o: a.c a.c\n", ["a.c"]),
        ("a.o:\n", []),
        ("", []),
    ],
)
def test_the_prerequisites_of_a_rule(rule: str, names: list[str], tmp_path: Path) -> None:
    """A backslash ends a line and is before a blank or a `#`; a `$` is written twice."""
    depend = tmp_path / "depend"
    depend.write_text(rule, encoding="utf-8")
    assert read_dependencies(depend) == {Path(name) for name in names}


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    """A file name that is no UTF-8 keeps its bytes."""
    depend = tmp_path / "depend"
    depend.write_bytes(b"a.o: /x/\xff.h\n")
    (path,) = read_dependencies(depend)
    assert bytes(path) == b"/x/\xff.h"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """If clang failed and wrote no dependency file, no file was read."""
    assert read_dependencies(tmp_path / "depend") == frozenset()


@pytest.mark.needs_clang
@pytest.mark.parametrize("name", ["plain", "two words", "a#b", "a$b", "$$", "a:b", "é"])
def test_the_name_of_a_folder_as_clang_writes_it(name: str, tmp_path: Path) -> None:
    """While it preprocesses, and asked for the files alone; the path is that of the file."""
    folder = tmp_path / name
    folder.mkdir()
    (folder / "a.h").write_text("int a;\n", encoding="utf-8")
    compiler = (*clang().argv, "-isystem", str(folder))
    assert list_dependencies(compiler, includes=["a.h"], work=tmp_path) == {folder / "a.h"}
    (tmp_path / "a.c").write_text("#include <a.h>\n", encoding="utf-8")
    command = (*compiler, "-E", "-MD", "-MF", "depend", "a.c")
    assert run(command, cwd=tmp_path).succeeded
    assert read_dependencies(tmp_path / "depend") == {folder / "a.h", Path("a.c")}


@pytest.mark.needs_clang
def test_headers_that_are_missing_or_wrong(tmp_path: Path) -> None:
    """A missing header is listed by the name of its include. Errors of C do not matter."""
    (tmp_path / "a.h").write_text("#include <b.h>\nbad x;\n#include <gone/c.h>\n")
    (tmp_path / "b.h").write_text("\n")
    compiler = (*clang().argv, "-isystem", str(tmp_path))
    found = list_dependencies(compiler, includes=["a.h", "gone.h"], work=tmp_path)
    assert found == {tmp_path / "a.h", tmp_path / "b.h", Path("gone/c.h"), Path("gone.h")}
