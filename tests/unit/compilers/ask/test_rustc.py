"""Rust probes on the real rustc, against a crate that was compiled to metadata."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.compilers.ask.rustc import CompiledRust, compile_rust
from layoutcheck.compilers.dwarf import read_layouts
from layoutcheck.compilers.probes.rust import render_type
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.errors import CompileError, ToolchainError
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import find_target
from tests.dwarf_objects import rust
from tests.questions import type_keys

pytestmark = pytest.mark.needs_rustc

CRATE = """#![no_std]
#[repr(C)] pub struct open { pub i: i32 }
#[repr(C)] struct hidden { i: i32 }
#[repr(C)] pub struct generic<T> { pub t: T }
pub mod deep { #[repr(C)] pub struct inner { pub x: u8 } }
"""


@pytest.fixture
def flags(tmp_path: Path) -> tuple[str, ...]:
    """Flags that let rustc find the crate `bindings`."""
    (tmp_path / "bindings.rs").write_text(CRATE, encoding="utf-8")
    sysroot = () if rust().sysroot is None else ("--sysroot", str(rust().sysroot))
    options = ("--crate-name=bindings", "--crate-type=lib", "--emit=metadata", "--edition=2021")
    quiet = ("-Awarnings", "-Cpanic=abort")
    target = ("--target", find_target("amd64").rust_triple)
    finished = run(
        (
            rust().rustc,
            *options,
            *quiet,
            *target,
            *sysroot,
            "-o",
            "libbindings.rmeta",
            "bindings.rs",
        ),
        cwd=tmp_path,
        env={"RUSTC_BOOTSTRAP": "1"},
    )
    assert finished.succeeded, finished.words
    return ("--extern", f"bindings={tmp_path / 'libbindings.rmeta'}")


def _compile(flags: tuple[str, ...], subjects: list[str], work: Path) -> CompiledRust:
    return compile_rust(
        rust(),
        target=find_target("amd64"),
        crate_flags=flags,
        questions=[
            (key, render_type(key, path))
            for number, path in enumerate(subjects)
            for key in type_keys(number)
        ],
        work=work,
    )


def test_what_cannot_be_named_is_refused_with_rustcs_words(
    flags: tuple[str, ...], tmp_path: Path
) -> None:
    """An item without a name is refused with rustc's message; the other items are compiled."""
    names = ["open", "hidden", "generic", "deep::inner", "missing"]
    compiled = _compile(flags, [f"bindings::{name}" for name in names], tmp_path)
    assert set(compiled.refused) == type_keys(1, 2, 4)
    assert "private" in compiled.refused[ProbeKey("type", 1)]
    assert "missing generics" in compiled.refused[ProbeKey("type", 2)]
    assert "cannot find type `missing`" in compiled.refused[ProbeKey("type", 4)]
    records = read_layouts(compiled.output).records
    assert {key: record.name for key, record in records.items()} == {
        ProbeKey("type", 0): "bindings::open",
        ProbeKey("type", 3): "bindings::deep::inner",
    }


def test_nothing_left_to_ask(flags: tuple[str, ...], tmp_path: Path) -> None:
    """An object without items is no error."""
    compiled = _compile(flags, ["bindings::missing"], tmp_path)
    assert set(compiled.refused) == type_keys(0)
    assert read_layouts(compiled.output).records == {}


def test_what_no_subject_is_to_blame_for(flags: tuple[str, ...], tmp_path: Path) -> None:
    """A flag that rustc does not know is an error that shows the command."""
    with pytest.raises(CompileError, match="no-such-flag") as caught:
        _compile((*flags, "--no-such-flag"), ["bindings::open"], tmp_path)
    assert caught.value.hint is not None
    assert "--no-such-flag" in caught.value.hint


def test_broken_metadata(flags: tuple[str, ...], tmp_path: Path) -> None:
    """A truncated crate is an error of no item. The hint names the folder to delete."""
    metadata = tmp_path / "libbindings.rmeta"
    metadata.write_bytes(metadata.read_bytes()[:-100])
    with pytest.raises(ToolchainError, match="invalid metadata files for crate") as caught:
        _compile(flags, ["bindings::open"], tmp_path)
    assert caught.value.hint == f"delete {tmp_path}: the next run makes it again"


def test_out_of_rounds(
    flags: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the last round still refuses items, rustc's last message is shown."""
    monkeypatch.setattr("layoutcheck.compilers.ask.rustc.MAX_ROUNDS", 1)
    with pytest.raises(CompileError, match=r"refuses it after 1 rounds: .*cannot find type"):
        _compile(flags, ["bindings::missing"], tmp_path)
