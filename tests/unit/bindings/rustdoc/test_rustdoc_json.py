"""rustdoc_json.py: the real rustdoc's files in parts, and truncated files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from layoutcheck.bindings.rustdoc import rustdoc_json, surface
from layoutcheck.bindings.rustdoc.rustdoc_json import read_document
from layoutcheck.bindings.rustdoc.surface import BrokenJsonError, read_surface

Describe = Callable[[str], Path]

TEXT = r"""
/// },"1":{"id":1,"crate_id":0,"inner":{"impl":{"trait":{ defined in sys/a.h
#[repr(C)] #[derive(Debug, Clone, Copy)] pub struct A { pub a: u8, pub none: [u8; 0] }
impl A { pub const ONE: u8 = 1; pub fn low(&self) -> u8 { 1 } pub fn set_low(&mut self, v: u8) {} }
pub trait T { fn required(&self); fn provided(&self) -> u8 { 1 } const C: u8; }
impl T for A { fn required(&self) {} const C: u8 = 2; }
impl<X: T> T for [X] { fn required(&self) {} const C: u8 = 3; }
pub trait D {} impl dyn D { pub const OF_DYN: u8 = 4; }
#[repr(u8)] pub enum E { X, Y { a: u8 } }
#[repr(C)] pub union U { pub a: u8, pub t: (u8, u16) }
#[repr(transparent)] pub struct W<X>(X);
mod m { pub struct Free { pub a: u8 } fn private(a: u8) {} pub fn open() {} }
pub use m::Free as Other;
extern "C" { pub fn f(a: u8) -> u8; static V: u8; }
pub const TEXT: &str = "\"";
"""


@pytest.mark.needs_rustc
@pytest.mark.parametrize("size", [300, 5_000, 1 << 22])
def test_parts(describe: Describe, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """The surface does not depend on the number of parts."""
    path = describe(TEXT)
    whole = json.loads(path.read_bytes())
    monkeypatch.setattr(rustdoc_json, "PART_SIZE", size)
    in_parts = read_document(path)
    got = read_surface(path)
    monkeypatch.setattr(surface, "read_document", lambda path: json.loads(path.read_bytes()))
    assert got == read_surface(path)
    assert [type_.name for type_ in got.types] == ["A", "U", "W", "Free", "Other"]
    index = in_parts.pop("index")
    assert index.keys() == whole["index"].keys()
    left_out = [key for key, item in index.items() if item is None]
    impls = [whole["index"][key]["inner"]["impl"] for key in left_out]
    assert len(impls) == len(left_out) > 50
    assert all(impl["trait"]["path"] not in ("T", "D") for impl in impls)
    inner = [item["inner"] for item in index.values() if item is not None]
    kept = {trait["path"] for one in inner if (trait := one.get("impl", {}).get("trait"))}
    assert "T" in kept
    assert len(kept) <= 2  # the last entry of the file is read unchanged
    del whole["index"]
    assert in_parts == whole


@pytest.mark.needs_rustc
def test_not_whole(describe: Describe) -> None:
    """A file that is truncated anywhere, or has a hole, is refused."""
    path = describe(TEXT)
    whole = path.read_bytes()
    impl = whole.index(b'"is_synthetic":true')
    for broken in (
        *(whole[: len(whole) * n // 20] for n in range(20)),
        whole[:-1],
        whole[:impl] + bytes(8) + whole[impl + 8 :],
        whole[:impl] + whole[impl + 600 :],
    ):
        path.write_bytes(broken)
        with pytest.raises(BrokenJsonError):
            read_surface(path)


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"index": {}},
        {"index": {"1": {"id": 1, "crate_id": 0}}},
        {"index": {"1": {"id": 2, "crate_id": 0}}},
        {"a": {"index": {"1": {"id": 1, "crate_id": 0, "inner": "x"}}}, "index": {}},
        {"index": {"1": {"id": 1, "crate_id": 0, "inner": {"impl": {}}}, "2": {"id": 2}}},
        '"index":{"1":{"id":1,"crate_id":',
    ],
)
def test_other_json(tmp_path: Path, value: object) -> None:
    """JSON that rustdoc did not write is read as any JSON."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(value, separators=(",", ":")), encoding="utf-8")
    assert read_document(path) == value
