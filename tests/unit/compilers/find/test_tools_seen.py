"""tools_seen.py: tools that were found before, and when they are looked for again.

A tool is any program here: it is the search that is tested, not what the tool does.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from layoutcheck.cache.store import Cache
from layoutcheck.compilers.find.programs import Clang, Linker, Rust
from layoutcheck.compilers.find.tools_seen import find_again, identity
from layoutcheck.errors import ToolchainError


class Search:
    """A search that finds the program at a path, and counts how often it was made."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0

    def find(self) -> Clang:
        """Find the program and count the search, in the place of `find_clang`."""
        self.count += 1
        return Clang(argv=(str(self.path),), version=f"clang {self.count}", is_zig=False)


@pytest.fixture
def search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Search:
    """The search for a program in the one folder of PATH; nothing of the user's takes part."""
    for name in ("LAYOUTCHECK_CLANG", "RUSTUP_TOOLCHAIN", "RUSTUP_HOME", "CARGO_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    path = tmp_path / "bin" / "clang"
    path.parent.mkdir()
    _write(path, "exit 0")
    return Search(path)


def _write(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[], Cache]:
    """Opens the cache of one more process."""
    return lambda: Cache(tmp_path / "cache", warn=print)


def test_a_tool_is_found_again(search: Search, opened: Callable[[], Cache]) -> None:
    """Another process does not search, as long as nothing has changed."""
    first = find_again("clang", search.find, opened())
    assert find_again("clang", search.find, opened()) == first
    assert (search.count, first.version) == (1, "clang 1")


def test_searches_have_names(search: Search, opened: Callable[[], Cache]) -> None:
    """Each search finds its own tool."""
    find_again("clang", search.find, opened())
    linker = Linker(argv=(str(search.path),), version="LLD 19")
    for _ in range(2):
        assert find_again("linker", lambda: linker, opened()) == linker
        assert find_again("clang", search.find, opened()).version == "clang 1"


def test_without_a_cache_every_search_is_made(search: Search) -> None:
    """`--no-cache` keeps no tools either."""
    cache = Cache(None, warn=print)
    assert [find_again("clang", search.find, cache).version for _ in range(2)] == [
        "clang 1",
        "clang 2",
    ]


def _replace(search: Search) -> None:
    _write(search.path, "exit 1")


def _touch_inside(search: Search) -> None:
    (search.path.parent / "clang-99").touch()


def _remove(search: Search) -> None:
    search.path.unlink()


def _pin_rust(_: Search) -> None:
    Path("rust-toolchain.toml").touch()


def _pin_rust_above(_: Search) -> None:
    Path("..", "rust-toolchain").touch()


CHANGES = [_replace, _touch_inside, _remove, _pin_rust, _pin_rust_above]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__[1:])
def test_a_change_of_a_file_makes_the_search_anew(
    search: Search, opened: Callable[[], Cache], change: Callable[[Search], None]
) -> None:
    """The program itself, the folder in which it is looked for, rustup's choice."""
    find_again("clang", search.find, opened())
    change(search)
    find_again("clang", search.find, opened())
    assert search.count == 2


@pytest.mark.parametrize(
    "name",
    ["LAYOUTCHECK_CLANG", "LAYOUTCHECK_LD", "RUSTUP_TOOLCHAIN", "CMAKE_C_COMPILER_LAUNCHER"],
)
def test_a_variable_makes_the_search_anew(
    search: Search, opened: Callable[[], Cache], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Another value of a variable causes a new search; with the old value, none is made."""
    find_again("clang", search.find, opened())
    monkeypatch.setenv(name, "x")
    find_again("clang", search.find, opened())
    assert search.count == 2
    monkeypatch.delenv(name)
    find_again("clang", search.find, opened())
    assert search.count == 2


def test_another_working_folder_makes_the_search_anew(
    search: Search, opened: Callable[[], Cache], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Relative paths in variables, and rustup's files, count from there."""
    find_again("clang", search.find, opened())
    monkeypatch.chdir(tmp_path)
    find_again("clang", search.find, opened())
    assert search.count == 2


def test_an_error_is_not_kept(search: Search, opened: Callable[[], Cache]) -> None:
    """An error is not kept: a tool that is installed later is found."""

    def fail() -> Clang:
        raise ToolchainError("no clang")

    with pytest.raises(ToolchainError, match="no clang"):
        find_again("clang", fail, opened())
    assert find_again("clang", search.find, opened()).version == "clang 1"


def test_the_identity_of_a_tool(search: Search, tmp_path: Path) -> None:
    """A tool's command, its version and its file are its identity."""
    tool = search.find()
    same = Clang(argv=tool.argv, version=tool.version, is_zig=False)
    assert identity(tool) == identity(same)
    found = {identity(tool), identity(search.find())}
    found.add(identity(Clang(argv=(str(tmp_path / "other"),), version=tool.version, is_zig=False)))
    _write(search.path, "exit 2")
    found.add(identity(tool))
    assert len(found) == 4


def test_each_word_of_a_command_is_looked_at(search: Search, tmp_path: Path) -> None:
    """The compiler behind `ccache` is found by its name; a flag is no file."""
    _write(tmp_path / "bin" / "ccache", 'exec "$@"')
    tool = Clang(argv=("ccache", "clang", "-x"), version="clang 1", is_zig=False)
    before = identity(tool)
    assert str(search.path) in before
    assert str(tmp_path / "bin" / "ccache") in before
    _write(search.path, "exit 3")
    assert identity(tool) != before


def test_a_toolchain_of_rust_is_its_programs_and_its_libraries(tmp_path: Path) -> None:
    """A target that is added later lies beside them, in `lib/rustlib`."""
    names = ("rustc", "rustdoc", "cargo")
    for name in names:
        (tmp_path / "bin").mkdir(exist_ok=True)
        _write(tmp_path / "bin" / name, "exit 0")
    (tmp_path / "lib" / "rustlib").mkdir(parents=True)
    paths = [str(tmp_path / "bin" / name) for name in names]
    rustc, rustdoc, cargo = paths
    tool = Rust(
        rustc=rustc,
        rustdoc=rustdoc,
        cargo=cargo,
        version="1",
        host="x86_64-unknown-linux-gnu",
        sysroot=tmp_path / "sysroot",
    )
    seen = [identity(tool)]
    (tmp_path / "lib" / "rustlib" / "x86_64-unknown-freebsd").mkdir()
    seen.append(identity(tool))
    (tmp_path / "sysroot").mkdir()
    seen.append(identity(tool))
    _write(Path(paths[2]), "exit 1")
    seen.append(identity(tool))
    assert len({*seen}) == 4
