"""source.py: read untrusted files that a conf names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from layoutcheck.errors import KernConfError
from layoutcheck.kernel.freebsd.config.source import (
    MAX_FILE_BYTES,
    MAX_FILES,
    SourceText,
    chain_readers,
    folder_reader,
    is_file,
    limited_reader,
    outside_warning,
    read_nothing,
    read_text,
    require_text,
)
from layoutcheck.location import SourceLocation


def test_a_file_is_read_as_utf8_with_what_is_not_replaced(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are replaced, since comments have them."""
    path = tmp_path / "T"
    path.write_bytes(b"# caf\xe9\nident T\n")
    assert read_text(path) == SourceText(path=str(path), text="# caf\ufffd\nident T\n")
    assert read_text(path, shown="T") == SourceText(path="T", text="# caf\ufffd\nident T\n")


def test_a_missing_file_is_none_or_an_error(tmp_path: Path) -> None:
    """`read_text` lets a caller look elsewhere, `require_text` does not."""
    (tmp_path / "file").touch()
    assert read_text(tmp_path / "none") is None
    assert read_text(tmp_path / "file" / "below") is None
    with pytest.raises(KernConfError, match="No such file or directory"):
        require_text(tmp_path / "none")


def test_a_zero_byte_is_refused_with_its_line(tmp_path: Path) -> None:
    """Binary garbage is distinguished from text."""
    path = tmp_path / "T"
    path.write_bytes(b"ident T\n\x00")
    with pytest.raises(KernConfError, match="a zero byte") as caught:
        read_text(path)
    assert caught.value.where == f"{path}:2"


def test_only_regular_files_of_a_sane_size_are_read(tmp_path: Path) -> None:
    """A folder, a pipe and a huge file are refused at once."""
    pipe, huge = tmp_path / "pipe", tmp_path / "huge"
    os.mkfifo(pipe)
    with huge.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    for path, why in ((tmp_path, "not a regular file"), (pipe, "not a regular"), (huge, "bytes")):
        with pytest.raises(KernConfError, match=why):
            read_text(path)


@pytest.mark.skipif(not Path("/proc/self/pagemap").exists(), reason="Linux's files without a size")
def test_a_file_without_a_size_is_not_read_to_its_end() -> None:
    """A file without a size is not read to its end: pagemap has a word for each page of memory."""
    with pytest.raises(KernConfError, match=r"too many bytes|cannot be read"):
        read_text(Path("/proc/self/pagemap"))


def test_whether_a_file_is_there(tmp_path: Path) -> None:
    """A file exists or not. A path that the system cannot look up is an error."""
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert is_file(tmp_path / "file")
    assert not is_file(tmp_path)
    assert not is_file(tmp_path / "file" / "below")
    for path in (tmp_path / "loop" / "below", tmp_path / ("x" * 5000), tmp_path / "a\0b"):
        with pytest.raises(KernConfError, match="cannot be read: ") as caught:
            is_file(path)
        assert caught.value.where == str(path)


def test_a_reader_has_limits() -> None:
    """A reader is limited in files, counting each repeated one, and in characters."""
    read = limited_reader(lambda name: SourceText(path=name, text="x") if name else None)
    for _ in range(MAX_FILES):
        assert read("A") is not None
        assert read("") is None
    with pytest.raises(KernConfError, match="too many files") as caught:
        read("B")
    assert caught.value.where == "B"
    half = "x" * (MAX_FILE_BYTES // 2)
    read = limited_reader(lambda name: SourceText(path=name, text=half))
    assert read("A") is not None
    assert read("B") is not None
    with pytest.raises(KernConfError, match="too many files"):
        read("C")


def test_what_is_outside_is_warned_of() -> None:
    """A file outside the tree has a warning with the statement that names it."""
    where = SourceLocation(path="T", line=3)
    assert outside_warning(SourceText(path="A", text=""), where) == ()
    assert outside_warning(SourceText(path="A", text="", outside=True), where) == (
        "WARNING: T:3: A is outside the source tree",
    )


def test_what_the_system_refuses_is_an_error_with_its_reason(tmp_path: Path) -> None:
    """A name that is too long, a link to itself, and a name with a zero byte."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path in (tmp_path / ("x" * 5000), loop, tmp_path / "a\0b"):
        with pytest.raises(KernConfError, match="cannot be read: "):
            read_text(path)


def test_a_folder_reader_looks_in_turn_and_marks_what_is_outside(tmp_path: Path) -> None:
    """A folder reader searches in order. Names with a leading dot or slash have one folder."""
    inner, other = tmp_path / "sys" / "conf", tmp_path / "other"
    inner.mkdir(parents=True)
    other.mkdir()
    (other / "O").write_text("o")
    (tmp_path / "P").write_text("p")
    read = folder_reader([inner, other], roots=[tmp_path / "sys", other])
    assert read("O") == SourceText(path=str(other / "O"), text="o")
    assert read("./O") is None
    outside = read("../../P")
    assert outside is not None
    assert outside.outside
    (inner / "L").symlink_to(tmp_path / "P")
    linked = read("L")
    assert linked is not None
    assert linked.outside


def test_readers_in_a_chain_answer_in_turn(tmp_path: Path) -> None:
    """The first reader that finds a name answers."""
    (tmp_path / "A").write_text("a")
    read = chain_readers([read_nothing, folder_reader([tmp_path], roots=[tmp_path])])
    assert read("A") == SourceText(path=str(tmp_path / "A"), text="a")
    assert read("B") is None
