"""header_text.py: a header's text, with that of included files that are no headers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from layoutcheck.kernel.names import header_text
from layoutcheck.kernel.names.header_text import HeaderText, read_header

Read = Callable[..., HeaderText]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read `dev/a.h` with this text, beside these files, in a tree of the folders `1` and `2`."""

    def read_it(text: str, **files: str) -> HeaderText:
        for name, content in {"1/dev/a.h": text, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8", newline="")
        return read_header(tmp_path / "1" / "dev" / "a.h", (tmp_path / "1", tmp_path / "2"))

    return read_it


@pytest.mark.parametrize(
    "line",
    [
        '#include "x.inc"',
        "#include <dev/x.inc>",
        '\t# include\t"../dev/x.inc" // see "y.h"',
        '#include /* <y.h> */ "x.inc"',
        '#include \\\n"x.inc"',
        '#include_next "x.inc"',
        '#include "x.inc"\r\n',
        '#define X_INC "x.inc"\n#include X_INC',
    ],
)
def test_what_is_no_header_counts_as_the_headers_own(line: str, read: Read) -> None:
    """An included file that is no header belongs to the header, in every form of the directive."""
    found = read(f"int a;\n{line}\nint b;\n", **{"1/dev/x.inc": "int x;\n"})
    assert found.text.splitlines()[-1] == "int x;"
    assert found.text.startswith("int a;\n")
    assert not found.is_own


@pytest.mark.parametrize("name", ["x.inc", "x.def", "x.hpp", "x.h.in", "x", "x.hh", "x.c"])
def test_names_that_are_no_headers(name: str, read: Read) -> None:
    """All names but those of headers are included."""
    assert "int x;" in read(f'#include "{name}"\n', **{f"1/dev/{name}": "int x;\n"}).text


@pytest.mark.parametrize(
    "text",
    [
        "int a;\n",
        '#include "x.h"\n#include <sys/x.h>\n',
        '/* #include "x.inc" */\n// #include "x.inc"\n',
        "#include X_INC\n",
    ],
)
def test_a_header_alone(text: str, read: Read) -> None:
    """Included headers are listed by themselves, and a directive in a comment is ignored."""
    found = read(text, **{"1/dev/x.h": "int x;\n", "1/dev/x.inc": "int x;\n"})
    assert found == HeaderText(text.encode(), is_own=True)


def test_where_a_file_is_looked_for(read: Read) -> None:
    """A quoted file is searched beside its includer, then in the tree's folders in order."""
    files = {
        "1/dev/x.inc": '#include "sub/y.inc"\n#include <z.inc>\n',
        "1/dev/sub/y.inc": '#include "z.inc"\nint y;\n',
        "1/dev/sub/z.inc": "int beside;\n",
        "1/z.inc": "int first;\n",
        "2/z.inc": "int second;\n",
        "2/dev/w.inc": "int behind;\n",
    }
    text = read('#include "x.inc"\n#include "dev/w.inc"\n', **files).text
    found = {line for line in text.splitlines() if line.startswith("int ")}
    assert found == {"int beside;", "int first;", "int y;", "int behind;"}


def test_files_that_include_each_other(read: Read, tmp_path: Path) -> None:
    """Files that include each other are each read once, under any name."""
    (tmp_path / "1" / "dev").mkdir(parents=True)
    (tmp_path / "1" / "dev" / "link.inc").symlink_to("x.inc")
    again = '#include "x.inc"\n#include "../dev/x.inc"\n#include "link.inc"\nint x;\n'
    assert read(again, **{"1/dev/x.inc": again}).text.count("int x;") == 2


def test_what_cannot_be_read(read: Read, tmp_path: Path) -> None:
    """A file that cannot be read counts as empty, without waiting, and may exist the next time."""
    (tmp_path / "1" / "dev" / "folder.inc").mkdir(parents=True)
    os.mkfifo(tmp_path / "1" / "dev" / "fifo.inc")
    names = ("gone.inc", "folder.inc", "fifo.inc", "a" * 300, "a\0b", "a.h/b.inc")
    text = "".join(f'#include "{name}"\n' for name in names)
    assert read(text) == HeaderText(text.encode(), is_own=False)
    assert read_header(tmp_path / "none.h", ()) == HeaderText(b"", is_own=False)


def test_limits(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number and the size of included files are limited."""
    text = '#include "0.inc"\n'
    files = {f"1/dev/{n}.inc": f'#include "{n + 1}.inc"\nint x;\n' for n in range(300)}
    assert read(text, **files).text.count("int x;") == 255
    monkeypatch.setattr(header_text, "_MAX_BYTES", 100)
    assert read(text, **files).text.count("int x;") == 3
    assert read("int a;\n" * 100).content == b""


def test_lines(read: Read) -> None:
    """Lines end as in text mode, so that line numbers are the compiler's."""
    assert read("a\r\nb\rc\n").text == "a\nb\nc\n"


@pytest.mark.parametrize("text", ["#include ", '#include "', "# include <", '#include "a.inc"\n'])
def test_no_text_takes_long(text: str, read: Read) -> None:
    """A hostile text is read in limited time."""
    started = time.process_time()
    read(text * 50_000)
    assert time.process_time() - started < 5
