"""freshness.py: an unchanged file is not read again; every other file is."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from layoutcheck.cache.freshness import FileDigests, Table, stamps
from layoutcheck.cache.store import Cache

LONG_AGO = time.time_ns() - 3_600_000_000_000


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is ten seconds ahead, so that a file written just now is old."""
    clock = time.time_ns
    monkeypatch.setattr("layoutcheck.cache.freshness.time.time_ns", lambda: clock() + 10**10)


def digest(path: Path, table: Table | None = None) -> tuple[str, Table | None]:
    """Return the digest of a file in a new process with a table, and the table afterwards."""
    digests = FileDigests(lambda: dict(table or {}))
    return digests.get(str(path)), digests.table()


@pytest.mark.usefixtures("settled")
def test_what_is_known_is_not_read(tmp_path: Path) -> None:
    """A known digest is used without reading, even if it is wrong, and the table stays."""
    path = tmp_path / "a.h"
    path.write_text("one", encoding="utf-8")
    _, table = digest(path)
    assert table is not None
    ((like, _),) = table.values()
    assert digest(path, {str(path): (like, "a lie")}) == ("a lie", None)


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("how", ["in place", "renamed", "time set back", "of another size"])
def test_what_has_changed_is_read(tmp_path: Path, how: str) -> None:
    """A changed file is read, even if its size and time look as before."""
    path, other = tmp_path / "a.h", tmp_path / "b.h"
    path.write_text("one", encoding="utf-8")
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    before, table = digest(path)
    time.sleep(0.02)  # the clock of a file system goes in steps
    written = other if how == "renamed" else path
    written.write_text("three" if how == "of another size" else "two", encoding="utf-8")
    if how in {"renamed", "time set back"}:
        os.utime(written, ns=(LONG_AGO, LONG_AGO))
    if how == "renamed":
        other.rename(path)
    after, newer = digest(path, table)
    assert after != before
    assert newer is not None
    path.write_text("one", encoding="utf-8")
    assert digest(path, newer)[0] == before


def test_what_has_just_changed_is_not_kept(tmp_path: Path) -> None:
    """A digest of a file that has just changed is not kept, because it may change unnoticed."""
    path = tmp_path / "a.h"
    path.write_text("one", encoding="utf-8")
    assert digest(path)[1] is None


@pytest.mark.usefixtures("settled")
def test_what_cannot_be_read(tmp_path: Path) -> None:
    """A file that cannot be read has one constant digest, which is not kept."""
    assert digest(tmp_path / "a.h") == digest(tmp_path / "b.h") == ("unreadable", None)


@pytest.mark.usefixtures("settled")
def test_what_was_not_asked_for_stays_within_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Digests of other projects' files are kept, up to a limit."""
    path = tmp_path / "a.h"
    path.touch()
    others: Table = {str(number): ((number,), "digest") for number in range(10)}
    assert len(digest(path, others)[1] or {}) == 11
    monkeypatch.setattr("layoutcheck.cache.freshness._MOST", 5)
    table = digest(path, others)[1]
    assert table is not None
    assert len(table) == 5
    assert str(path) in table


@pytest.mark.usefixtures("settled")
def test_the_cache_keeps_it(tmp_path: Path) -> None:
    """The cache keeps digests for the next process, and `clear` removes them."""
    folder, path, warnings = tmp_path / "cache", tmp_path / "a.h", list[str]()
    path.write_text("one", encoding="utf-8")
    first = Cache(folder, warn=warnings.append)
    known = first.digest_file(str(path))
    first.close()
    (entry,) = (file for file in folder.rglob("*") if file.is_file())
    written = entry.stat().st_mtime_ns
    second = Cache(folder, warn=warnings.append)
    assert second.digest_file(str(path)) == known
    second.close()
    assert second.count().files == 1
    entry.write_bytes(entry.read_bytes()[:-1])  # damaged: everything is read again
    third = Cache(folder, warn=warnings.append)
    assert third.digest_file(str(path)) == known
    third.close()
    assert entry.stat().st_mtime_ns > written
    assert third.clear().files == 1
    assert warnings == []


@pytest.mark.usefixtures("settled")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder that cannot be written gives no warning: only speed is lost."""
    (tmp_path / "file").touch()
    warnings = list[str]()
    cache = Cache(tmp_path / "file" / "cache", warn=warnings.append)
    cache.digest_file(str(tmp_path / "file"))
    cache.close()
    assert warnings == []


def test_stamps_tell_files_apart(tmp_path: Path) -> None:
    """A link has the stamp of its target. A missing file has a stamp as well."""
    first, second, link = tmp_path / "first", tmp_path / "second", tmp_path / "link"
    for path in (first, second):
        path.write_text("x")
    link.symlink_to(first)
    one, other, through, none = (
        stamp.partition(": ")[2] for stamp in stamps([first, second, link, tmp_path / "none"])
    )
    assert one == through != other
    assert none == "none"
    assert [stamp.partition(": ")[0] for stamp in stamps([link, first])] == [str(link), str(first)]


def test_a_file_whose_time_is_set_back_has_another_stamp(tmp_path: Path) -> None:
    """The time of the inode's last change cannot be set."""
    path = tmp_path / "a"
    path.write_text("x")
    before, status = list(stamps([path])), path.stat()
    path.write_text("y")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    assert list(stamps([path])) != before
