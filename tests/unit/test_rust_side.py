"""rust_side.py: what an earlier run left behind that is no longer good."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.manifest import Bindings
from layoutcheck.rust_side import find_surface
from layoutcheck.stopwatch import Stopwatch
from layoutcheck.target import find_target
from layoutcheck.tools import Tools
from tests.shell_project import make_cache

pytestmark = pytest.mark.needs_rustc

TEXT = "#![no_std] #[repr(C)] pub struct A(pub u8);"


@pytest.mark.parametrize("kept", [0, 100, -1])
@pytest.mark.parametrize("kind", ["source", "path"])
def test_json_that_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, kept: int
) -> None:
    """The file that rustdoc wrote is made once more, and read."""
    cache = make_cache(tmp_path / "cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "lib.rs").write_text(TEXT, encoding="utf-8")
    (tmp_path / "Cargo.toml").write_text(
        '[package]\nname = "lib"\nversion = "0.1.0"\n', encoding="utf-8"
    )
    source, path = tmp_path / "src" / "lib.rs", tmp_path
    bindings = Bindings(source=source) if kind == "source" else Bindings(path=path)
    tools, target = Tools(print, Stopwatch()), find_target("amd64")

    def names() -> list[str]:
        surface = find_surface(bindings, target, tools, conf_path=tmp_path / "GENERIC")
        return [type_.rust_path for type_ in surface.types]

    assert names() == ["lib::A"]
    (json_file,) = (cache / "layoutcheck" / "crates").rglob("doc/lib.json")
    json_file.write_bytes(json_file.read_bytes()[:kept])
    assert names() == ["lib::A"]
