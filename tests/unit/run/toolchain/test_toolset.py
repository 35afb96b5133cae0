"""toolset.py: tools are searched once, when they are needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck.cache.store import Cache
from layoutcheck.compilers.find.programs import Rust
from layoutcheck.errors import ToolchainError
from layoutcheck.model.target import find_target
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Tools

RUST = Rust(
    rustc="/bin/rustc",
    rustdoc="/bin/rustdoc",
    cargo="/bin/cargo",
    version="rustc 1.90.0",
    host="x86_64-unknown-linux-gnu",
    sysroot=None,
)


def tools(cache: Path | None = None) -> Tools:
    """The tools of one invocation."""
    return Tools(lambda _: None, Stopwatch(), Cache(cache, warn=pytest.fail))


def test_nothing_is_looked_for_at_first() -> None:
    """No tool is searched before it is needed."""
    assert tools().watch.seconds() == ()


@pytest.mark.needs_clang
def test_tools_of_c(tmp_path: Path) -> None:
    """Each tool is found once, and both together are the identity in the next invocation."""
    found = tools(tmp_path / "kept")
    assert found.clang is found.clang
    assert found.linker is found.linker
    again = tools(tmp_path / "kept")
    assert (again.clang, again.linker) == (found.clang, found.linker)
    assert again.c_identity == found.c_identity
    assert [stage for stage, _ in found.watch.seconds()] == ["find tools"]


def test_a_tool_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing tool is an error at each look-up, with the name that was asked for."""
    monkeypatch.setenv("LAYOUTCHECK_CLANG", str(tmp_path / "nowhere"))
    lost = tools()
    for _ in range(2):
        with pytest.raises(ToolchainError, match="LAYOUTCHECK_CLANG"):
            _ = lost.clang


def test_std_of_a_toolchain_that_has_its_own() -> None:
    """A toolchain with its own `std` builds nothing."""
    found = tools()
    assert found.rust_with_std(find_target("amd64"), RUST) is None
    assert found.watch.seconds() == ()


def test_std_that_is_built_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`std` is built once and becomes the target's toolchain; if it still lacks, there is none."""
    built: list[str] = []

    def build(rustc: str, *_: object, **__: object) -> Path:
        built.append(rustc)
        return tmp_path / "with std"

    monkeypatch.setattr("layoutcheck.run.toolchain.toolset.std_sysroot", build)
    found, target = tools(), find_target("amd64")
    lacking = replace(RUST, sysroot=tmp_path / "core alone")
    given = found.rust_with_std(target, lacking)
    assert given == replace(RUST, sysroot=tmp_path / "with std")
    assert found.rust(target) == given
    assert found.rust_with_std(target, given) is None
    assert built == ["/bin/rustc"]
