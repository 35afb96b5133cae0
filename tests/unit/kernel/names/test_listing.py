"""listing.py: the headers, files and names below a folder."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from layoutcheck.kernel.names.listing import list_files, list_headers, list_names


def old(path: Path, text: str) -> Path:
    """A file that was not changed just now."""
    path.write_text(text, encoding="utf-8")
    time.sleep(0.1)
    return path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with headers, another file, and a link to a folder at its top and below."""
    folder = tmp_path / "tree"
    (folder / "sys" / "deep").mkdir(parents=True)
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "pcb.h").write_text("12345")
    for name in ("b.h", "a.h", "sys/c.h", "sys/deep/d.h", "sys/e.inc", "sys/.f.h"):
        (folder / name).write_text("x")
    (folder / "machine").symlink_to(tmp_path / "real")
    (folder / "sys" / "link").symlink_to(tmp_path / "real")
    return folder


def names_of(listing: tuple[tuple[str, int, int], ...]) -> list[str]:
    """The names of a listing."""
    return [name for name, _, _ in listing]


def test_headers_are_listed_in_order(tree: Path) -> None:
    """Headers are listed in order, below the folder. Links are followed at the top only."""
    headers = ["a.h", "b.h", "machine/pcb.h", "sys/.f.h", "sys/c.h", "sys/deep/d.h"]
    assert names_of(list_headers(tree)) == headers
    assert names_of(list_files(tree)) == sorted([*headers, "sys/e.inc"])


def test_each_header_has_its_size_and_time(tree: Path) -> None:
    """Each header has its size and the later of its two times, one of which cannot be set back."""
    os.utime(tree / "a.h", ns=(0, 1))
    found = {name: (size, changed) for name, size, changed in list_headers(tree)}
    status = (tree / "a.h").stat()
    assert found["a.h"] == (1, status.st_ctime_ns)
    os.utime(tree / "b.h", ns=(0, 1 << 61))
    found = {name: (size, changed) for name, size, changed in list_headers(tree)}
    assert found["b.h"] == (1, 1 << 61)
    assert found["machine/pcb.h"][0] == 5


def test_names_that_no_line_can_include_are_none(tree: Path) -> None:
    """Names that no line can include, folders, pipes and dangling links are not listed."""
    before = list_headers(tree)
    for name in (b"line\nbreak.h", b"return\r.h", b"quo>te.h", b"\xff.h"):
        (tree / os.fsdecode(name)).write_text("x")
    (tree / "folder.h").mkdir()
    (tree / "gone.h").symlink_to("nowhere.h")
    (tree / "loop.h").symlink_to("loop.h")
    os.mkfifo(tree / "fifo.h")
    assert list_headers(tree) == before
    (tree / "blank in.h").write_text("x")
    assert len(list_headers(tree)) == len(before) + 1


def test_a_folder_that_is_none_has_nothing(tree: Path) -> None:
    """A missing folder or a file is an empty folder, without an error."""
    for folder in (tree / "nowhere", tree / "a.h"):
        assert list_headers(folder) == list_files(folder) == ()
        assert [name.partition("\0")[0] for name in list_names(folder)] == [f"{folder}/"]


def test_all_names_follow_links(tree: Path, tmp_path: Path) -> None:
    """All names follow links to folders, and each folder is visited once."""
    names = list_names(tree)
    real = os.path.realpath(tmp_path / "real")
    assert f"{tree}/machine/\0{real}" in names
    assert f"{tree}/sys/link/\0{real}" in names
    assert sum(name.endswith("/pcb.h") for name in names) == 1
    assert f"{tree}/sys/e.inc" in names
    assert list(names) == sorted(names)


def test_a_link_to_a_file_is_a_name(tree: Path) -> None:
    """A link to a file is a name; a dangling link is not, as for clang."""
    (tree / "to_a.h").symlink_to("a.h")
    (tree / "gone.h").symlink_to("nowhere.h")
    names = list_names(tree)
    assert f"{tree}/to_a.h" in names
    assert f"{tree}/gone.h" not in names


def test_names_that_may_hide_a_header(tmp_path: Path) -> None:
    """Files of any name may hide a header, also behind a link to a folder."""
    tree, other = tmp_path / "inc", tmp_path / "other"
    (tree / "sys").mkdir(parents=True)
    other.mkdir()
    (tree / "sys" / "circle").symlink_to(tree)
    (tree / "sys" / "link").symlink_to(other)
    seen = [list_names(tree)]
    for new in (tree / "sys" / "fields.def", other / "a.h"):
        new.touch()
        seen.append(list_names(tree))
    assert len(set(seen)) == len(seen)


def test_a_file_that_a_header_includes(tmp_path: Path) -> None:
    """A file that a header includes is part of the headers' state, with any name."""
    (tmp_path / "dev").mkdir()
    file = old(tmp_path / "dev" / "a.inc", "one")
    before = list_files(tmp_path)
    file.write_text("two", encoding="utf-8")
    assert list_files(tmp_path) != before
    assert list_headers(tmp_path) == ()


def test_a_header_whose_time_was_set_back(tmp_path: Path) -> None:
    """A changed header is noticed, even if its time was set back."""
    header = old(tmp_path / "a.h", "one")
    before, time_then = list_headers(tmp_path), header.stat().st_mtime_ns
    header.write_text("two", encoding="utf-8")
    os.utime(header, ns=(time_then, time_then))
    assert list_headers(tmp_path) != before
