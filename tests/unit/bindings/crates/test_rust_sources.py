"""rust_sources.py: the files of Rust that rustdoc JSON was made of."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from layoutcheck.bindings.crates.rust_sources import Described, remove_json


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A package's folder."""
    for name in (
        "src/lib.rs",
        "src/deep/m.rs",
        "build.rs",
        "README.md",
        "target/x.rs",
        ".git/y.rs",
    ):
        path = tmp_path / "package" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("// 1\n", encoding="utf-8")
    return tmp_path / "package"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """The JSON, as cargo has it made."""
    path = tmp_path / "target" / "doc" / "a.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}", encoding="utf-8")
    return path


def remembered(tmp_path: Path, root: Path | None, made: Path) -> Path:
    """Return the stamp of JSON that was made of a package in its present state."""
    stamp = tmp_path / "stamp"
    Described(stamp, root).remember(str(made))
    return stamp


def _change(root: Path) -> None:
    (root / "src" / "deep" / "m.rs").write_text("// 2\n", encoding="utf-8")


def _set_back(root: Path) -> None:
    path = root / "src" / "lib.rs"
    status = path.stat()
    path.write_text("// 2\n", encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _add(root: Path) -> None:
    (root / "src" / "new.rs").touch()


def _remove(root: Path) -> None:
    (root / "build.rs").unlink()


def _rename(root: Path) -> None:
    (root / "src" / "deep" / "m.rs").rename(root / "src" / "deep" / "n.rs")


@pytest.mark.parametrize("change", [_change, _set_back, _add, _remove, _rename])
def test_json_of_other_files_is_removed(
    tmp_path: Path, root: Path, made: Path, change: Callable[[Path], None]
) -> None:
    """JSON of changed files is removed, even if their times are older, which cargo compares."""
    stamp = remembered(tmp_path, root, made)
    change(root)
    Described(stamp, root).forget_other()
    assert not made.exists()


@pytest.mark.parametrize("name", ["README.md", "target/x.rs", "target/new.rs", ".git/y.rs"])
def test_json_stays_where_no_source_has_changed(
    tmp_path: Path, root: Path, made: Path, name: str
) -> None:
    """Files that cargo makes or git keeps are no sources of the package."""
    stamp = remembered(tmp_path, root, made)
    (root / name).write_text("// 2\n", encoding="utf-8")
    Described(stamp, root).forget_other()
    assert made.exists()


def test_json_of_a_published_package_stays(tmp_path: Path, made: Path) -> None:
    """JSON of a published package stays: its files do not change."""
    Described(remembered(tmp_path, None, made), None).forget_other()
    assert made.exists()


@pytest.mark.parametrize("content", [None, b"", b"0123", b"0123\n/target", b"\xff\xfe"])
def test_a_stamp_that_says_nothing(
    tmp_path: Path, root: Path, made: Path, content: bytes | None
) -> None:
    """An invalid stamp names no JSON, and cargo decides."""
    stamp = tmp_path / "stamp"
    if content is not None:
        stamp.write_bytes(content)
    Described(stamp, root).forget_other()
    assert made.exists()


def test_json_is_removed_wherever_it_is(tmp_path: Path, made: Path) -> None:
    """JSON is removed from the units' folders too: since Rust 1.99 cargo links it from there."""
    out = tmp_path / "target" / "debug" / "build" / "a-1" / "out"
    out.mkdir(parents=True)
    for name in ("a.json", "b.json"):
        (out / name).write_text("{}", encoding="utf-8")
    remove_json(made)
    assert not made.exists()
    assert [path.name for path in out.iterdir()] == ["b.json"]
    remove_json(made)
