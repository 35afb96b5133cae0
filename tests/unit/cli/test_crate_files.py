"""cli/crate_files.py: the file that a report names, in the crate's folder and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.cli.crate_files import CrateFiles
from layoutcheck.errors import LayoutcheckError
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.reader import Bindings


def test_a_file_is_found_from_both_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working folder, and the one around the crate."""
    source = tmp_path / "crate" / "src" / "lib.rs"
    source.parent.mkdir(parents=True)
    source.write_bytes(b"a\r\n")
    files = CrateFiles(Bindings(path=tmp_path / "crate"))
    place = SourceLocation(path="crate/src/lib.rs", line=1)
    assert files.read(place) == "a\r\n"
    monkeypatch.chdir(tmp_path / "crate")
    assert files.find(SourceLocation(path="src/lib.rs")) == source
    files.write(place, "b\r\n")
    assert source.read_bytes() == b"b\r\n"


def test_other_folders_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that leads out of the crate, a crate of the registry, and what is no text."""
    (tmp_path / "crate").mkdir()
    (tmp_path / "other.rs").write_text("", encoding="utf-8")
    (tmp_path / "crate" / "binary.rs").write_bytes(b"\xff")
    monkeypatch.chdir(tmp_path)
    files = CrateFiles(Bindings(path=tmp_path / "crate"))
    assert files.read(SourceLocation(path="other.rs")) is None
    assert files.read(SourceLocation(path="crate/../other.rs")) is None
    assert files.read(SourceLocation(path="crate/binary.rs")) is None
    published = CrateFiles(Bindings(crate="libc", version="1"))
    assert published.find(SourceLocation(path="crate/binary.rs")) is None
    with pytest.raises(LayoutcheckError, match="not in the crate's folder"):
        files.write(SourceLocation(path="other.rs"), "")
