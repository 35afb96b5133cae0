"""Every rustc of this machine and its facts: real compilers, and fakes of broken ones."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from layoutcheck.bindings.rustdoc.surface import FORMAT_VERSIONS
from layoutcheck.compilers.find.rustc import (
    describe_rustc,
    find_library_sources,
    has_core,
    list_rustcs,
    on_path,
    parse_version,
)
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.errors import ToolchainError
from layoutcheck.model.rust_versions import KNOWN_RUST, MINIMUM_RUST
from layoutcheck.model.target import TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layoutcheck.compilers.find.rustc import Rustc

pytestmark = pytest.mark.needs_rustc


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Debian LLD 19.1.7 (compatible with GNU linkers)", (19, 1, 7)),
        ("clang version 20.1.2 (https://example.org/x 7ef74e65)", (20, 1, 2)),
        ("1.97.0-nightly", (1, 97, 0)),
        ("1.96.0+dfsg1-1~deb12u2", (1, 96, 0)),
        ("no number", ()),
    ],
)
def test_parse_version(text: str, version: tuple[int, ...]) -> None:
    """The first dotted number, as tools and packages write it."""
    assert parse_version(text) == version


def test_on_path_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_program: Callable[[Path, str], Path]
) -> None:
    """The plain name is first, then PATH's newest; a file that cannot run is no program."""
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    wanted = [
        make_program(second / "clang", ""),
        make_program(second / "clang-19", ""),
        make_program(first / "clang-9", ""),
    ]
    make_program(first / "clang-cl", "")
    make_program(first / "clang-format-19", "")
    (first / "clang").write_text("not executable", encoding="utf-8")
    (second / "clang-20").mkdir()
    extra = make_program(third / "clang-9", "")
    monkeypatch.setenv("PATH", f"{first}:{tmp_path}/missing::relative:{second}")
    assert on_path(r"clang(?:-(\d+))?", extra=(third,)) == (*wanted, extra)


def test_describes_the_real_compiler(rustc: Rustc) -> None:
    """The program is no proxy, its rustdoc lies beside it, and both are of one sysroot."""
    described = describe_rustc(rustc.rustc)
    assert described == rustc
    assert described.problem is None
    assert described.version.startswith(f"rustc {described.release}")
    assert described.host.count("-") >= 2
    assert len(described.fingerprint) == 12
    assert described.rustdoc.endswith("rustdoc")


def test_too_old_and_without_rustdoc(rustc: Rustc, tmp_path: Path) -> None:
    """An old rustc, or one without rustdoc, has a problem that says so."""
    assert replace(rustc, release="1.88.0").problem == "is version 1.88.0, older than 1.89"
    assert replace(rustc, release="1.89.0").problem is None
    # One constant for both: the formats of the oldest and of the newest that are known.
    assert (MINIMUM_RUST, FORMAT_VERSIONS[0]) == ((1, 89), 46)
    assert (KNOWN_RUST, FORMAT_VERSIONS[-1]) == ((1, 99), 61)
    missing = replace(rustc, rustdoc=str(tmp_path / "rustdoc"))
    assert missing.problem == f"has no rustdoc of its own: {tmp_path / 'rustdoc'} is missing"


def test_a_broken_rustc_is_told_and_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_program: Callable[[Path, str], Path]
) -> None:
    """A broken rustc, such as a rustup proxy without a toolchain, is reported and passed over."""
    proxy = make_program(tmp_path / "rustc", "echo 'error: no default is configured' >&2; exit 1")
    monkeypatch.delenv("LAYOUTCHECK_RUSTC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found, broken = list_rustcs()
    assert f"{proxy}: does not run: error: no default is configured" in broken
    assert str(proxy) not in [rustc.rustc for rustc in found]


def test_without_a_home() -> None:
    """A container's user may have neither $HOME nor an account: the search goes on without."""
    program = (
        "import os, pwd\n"
        "def none(uid): raise KeyError(uid)\n"
        "os.environ.pop('HOME', None); pwd.getpwuid = none\n"
        "from layoutcheck.compilers.find.programs import find_cargo\n"
        "from layoutcheck.compilers.find.rustc import list_rustcs, rustup_folders\n"
        "print(rustup_folders(), len(list_rustcs()), find_cargo(None) != '')\n"
    )
    finished = run([sys.executable, "-c", program])
    assert finished.stdout == "() 2 True\n", finished.stderr


def test_the_variable_is_taken_at_its_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rustc: Rustc
) -> None:
    """`$LAYOUTCHECK_RUSTC` alone is used, and an error when it does not run."""
    monkeypatch.setenv("LAYOUTCHECK_RUSTC", rustc.rustc)
    assert list_rustcs() == ((rustc,), ())
    monkeypatch.setenv("LAYOUTCHECK_RUSTC", str(tmp_path / "missing"))
    with pytest.raises(ToolchainError, match="missing was not found") as caught:
        list_rustcs()
    assert str(caught.value).startswith(f"LAYOUTCHECK_RUSTC={tmp_path / 'missing'}: ")


def test_a_program_that_is_no_rustc(
    tmp_path: Path, make_program: Callable[[Path, str], Path]
) -> None:
    """Success without a version is no rustc."""
    program = make_program(tmp_path / "rustc", "echo hello")
    with pytest.raises(ToolchainError, match="does not print its 'release'"):
        describe_rustc(str(program))


def test_has_core(rustc: Rustc, tmp_path: Path) -> None:
    """`core` is there when its library is, for the target and no other."""
    moved = replace(rustc, sysroot=tmp_path)
    assert not any(has_core(moved, target) for target in TARGETS)
    folder = tmp_path / "lib" / "rustlib" / TARGETS[0].rust_triple / "lib"
    folder.mkdir(parents=True)
    (folder / "libcore-0123456789abcdef.rlib").touch()
    assert [target for target in TARGETS if has_core(moved, target)] == [TARGETS[0]]


def test_sources_must_be_of_the_same_version(rustc: Rustc, tmp_path: Path) -> None:
    """Sources that state another version than the compiler's are not its sources."""
    source = tmp_path / "lib" / "rustlib" / "src" / "rust"
    for crate in ("core", "alloc"):
        (source / "library" / crate / "src").mkdir(parents=True)
        (source / "library" / crate / "src" / "lib.rs").touch()
    nightly = replace(rustc, sysroot=tmp_path, release="1.2.3-nightly")
    assert find_library_sources(nightly) == source / "library"
    (source / "src").mkdir()
    (source / "src" / "version").write_text("1.2.3\n", encoding="utf-8")
    assert find_library_sources(nightly) == source / "library"
    (source / "src" / "version").write_text("1.2.4\n", encoding="utf-8")
    assert find_library_sources(nightly) is None
