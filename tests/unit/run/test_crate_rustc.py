"""crate_rustc.py: damaged files of an earlier run, and the questions to rustc."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.manifest.reader import Bindings
from layoutcheck.model.target import find_target
from layoutcheck.run.crate_rustc import CrateRustc, compile_bindings, find_surface
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Tools
from tests.shell_project import make_cache

pytestmark = pytest.mark.needs_rustc

TEXT = "#![no_std] #[repr(C)] pub struct A(pub u8);"


@pytest.mark.parametrize("kept", [0, 100, -1])
@pytest.mark.parametrize("kind", ["source", "path"])
def test_json_that_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, kept: int
) -> None:
    """A truncated rustdoc file is made again, and read."""
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


ACCESSORS = "pub fn low(&self) -> u8 { self.a & 3 } pub fn set_low(&mut self, v: u8) { self.a = v }"


@pytest.mark.parametrize("others", ["", "#[repr(C)] pub struct Huge { pub a: [u64; 1 << 60] }"])
def test_accessors_beside_a_refused_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: str
) -> None:
    """A type that rustc refuses has no accessors, and other types keep theirs."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    source = tmp_path / "lib.rs"
    huge = "impl Huge { pub fn low(&self) -> u8 { self.a[0] as u8 } }" if others else ""
    source.write_text(
        "#[repr(C)] pub struct A { pub a: u8 } #[repr(C)] pub struct G<T> { pub a: u8, pub t: T }\n"
        f"impl A {{ {ACCESSORS} }} impl<T> G<T> {{ {ACCESSORS} }}\n{others} {huge}\n",
        encoding="utf-8",
    )
    bindings, tools, target = (
        Bindings(source=source),
        Tools(print, Stopwatch()),
        find_target("amd64"),
    )
    surface = find_surface(bindings, target, tools, conf_path=source)
    crate = compile_bindings(bindings, target, tools, conf_path=source, surface=lambda: surface)
    side = CrateRustc(surface, crate, target, tools).ask()
    assert [type_.name for type_ in surface.types if type_.methods] == [
        *("A", "G"),
        *(["Huge"] if others else []),
    ]
    assert set(side.accessors) == {"lib::A"}
    read, written = side.accessors["lib::A"]
    assert (read.bits, written.bits) == ((0, 1), tuple(range(8)))
    assert bool(side.refused) == bool(others)
