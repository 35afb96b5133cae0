"""mirror.py: a folder with other texts in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.bindings.crates.mirror import mirror


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A folder with files at three levels."""
    for name in ("a.rs", "src/b.rs", "src/m/c.rs", "src/n/d.rs"):
        path = tmp_path / "top" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return tmp_path / "top"


def test_only_what_is_new_is_written(top: Path, tmp_path: Path) -> None:
    """Only new texts are written. The other files are links, which show later changes."""
    copy = mirror(top, {top / "src" / "m" / "c.rs": "new"}, tmp_path / "copies")
    assert (copy / "src" / "m" / "c.rs").read_text(encoding="utf-8") == "new"
    assert (top / "src" / "m" / "c.rs").read_text(encoding="utf-8") == "src/m/c.rs"
    for link in ("a.rs", "src/b.rs", "src/n"):
        assert (copy / link).is_symlink()
        assert (copy / link).resolve() == top / link
    assert sorted(path.name for path in (copy / "src").iterdir()) == ["b.rs", "m", "n"]


def test_same_content_same_copy(top: Path, tmp_path: Path) -> None:
    """Another text, or one more file, makes another copy and removes the former one."""
    texts, folder = {top / "src" / "b.rs": "new"}, tmp_path / "copies"
    first = mirror(top, texts, folder)
    assert mirror(top, texts, folder) == first
    second = mirror(top, {top / "src" / "b.rs": "newer"}, folder)
    (top / "src" / "e.rs").touch()
    third = mirror(top, {top / "src" / "b.rs": "newer"}, folder)
    assert len({first, second, third}) == 3
    assert list(folder.iterdir()) == [third]
    assert (third / "src" / "e.rs").is_symlink()


def test_what_was_interrupted(top: Path, tmp_path: Path) -> None:
    """An unfinished copy is made again."""
    (tmp_path / "copies" / "part" / "src").mkdir(parents=True)
    assert (mirror(top, {top / "a.rs": "new"}, tmp_path / "copies") / "src").is_symlink()


def test_without_links(top: Path, tmp_path: Path) -> None:
    """Without links a copy has the new texts only."""
    copy = mirror(top, {top / "a.rs": "new"}, tmp_path / "copies", links=False)
    assert [path.name for path in copy.iterdir()] == ["a.rs"]
