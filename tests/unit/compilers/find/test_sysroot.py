"""Building core for a target: once, by one of many, and never half."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from layoutcheck.compilers.find.sysroot import core_sysroot, find_sysroot, std_sysroot
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.errors import ToolchainError
from layoutcheck.model.target import TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layoutcheck.compilers.find.rustc import Rustc

pytestmark = pytest.mark.needs_rustc

BUILD = """
import sys
from layoutcheck.model.target import TARGETS
from layoutcheck.compilers.find.sysroot import core_sysroot
print(core_sysroot(sys.argv[1], TARGETS[0], progress=lambda line: print(line, file=sys.stderr)))
"""

CRATE = """#![no_std]
extern crate alloc;
#[repr(C)]
pub struct Record { pub byte: u8, pub word: u64 }
#[used]
pub static SIZE: [u8; core::mem::size_of::<Record>()] = [0; 16];
pub fn boxed(byte: u8) -> alloc::boxed::Box<Record> {
    alloc::boxed::Box::new(Record { byte, word: 0 })
}
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the test's own, instead of the user's: where sysroots come to be."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "layoutcheck" / "sysroot"


@pytest.fixture
def make_rustc(
    rustc: Rustc, tmp_path: Path, make_program: Callable[[Path, str], Path]
) -> Callable[[str], str]:
    """A rustc that describes itself like the real one, and compiles by the given shell lines."""

    def make(compiling: str) -> str:
        lines = f"""case "$*" in
            -vV) exec {rustc.rustc} -vV ;;
            "--print sysroot") echo {tmp_path}; exit ;;
        esac
        {compiling}"""
        # The proxy's compiler is searched here: it is the proxy itself.
        return str(make_program(tmp_path / "bin" / "rustc", lines))

    sources = tmp_path / "lib" / "rustlib" / "src" / "rust" / "library"
    for crate in ("core", "alloc"):
        (sources / crate / "src").mkdir(parents=True)
        (sources / crate / "src" / "lib.rs").touch()
        (sources / crate / "Cargo.toml").write_text('edition = "2024"\n', encoding="utf-8")
    return make


# Makes the file after `-o`, as a compiler would.
SUCCEED = """while [ $# -gt 0 ]; do [ "$1" = -o ] && : > "$2"; shift; done"""


def entries(folder: Path) -> list[str]:
    """Return the names in the cache, without locks."""
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def test_two_processes_build_it_once(rustc: Rustc, cache: Path, tmp_path: Path) -> None:
    """Both get the same sysroot, one has built it, and a crate with alloc compiles against it."""
    command = [sys.executable, "-c", BUILD, rustc.rustc]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    (out_one, said_one), (out_two, said_two) = (process.communicate() for process in both)
    assert [process.returncode for process in both] == [0, 0], said_one + said_two
    assert out_one == out_two
    said = said_one + said_two
    assert said.count("built core for x86_64-unknown-freebsd") == 1
    assert said.count("waiting for another process") == 1
    sysroot = find_sysroot("core", rustc, TARGETS[0])
    assert sysroot is not None
    assert entries(cache) == [sysroot.name]
    assert out_one.strip() == str(sysroot)
    source = tmp_path / "crate.rs"
    source.write_text(CRATE, encoding="utf-8")
    argv = [rustc.rustc, "--edition=2021", "--crate-type=lib", "--emit=obj", "-Cdebuginfo=2"]
    argv += [f"--target={TARGETS[0].rust_triple}", f"--sysroot={sysroot}", str(source)]
    finished = run([*argv, "-o", str(tmp_path / "crate.o")])
    assert finished.succeeded, finished.stderr
    # The second time nothing is built and nothing is printed.
    silent: list[str] = []
    started = time.monotonic()
    assert core_sysroot(rustc.rustc, TARGETS[0], progress=silent.append) == sysroot
    assert not silent
    assert time.monotonic() - started < 5


def test_a_killed_builder_harms_nobody(
    cache: Path, tmp_path: Path, make_rustc: Callable[[str], str]
) -> None:
    """A killed build is never used as a whole sysroot. The next build deletes it."""
    pid_file = tmp_path / "pid"
    program = make_rustc(f"echo $$ > {pid_file}.new; mv {pid_file}.new {pid_file}; exec sleep 60")
    with subprocess.Popen([sys.executable, "-c", BUILD, program]) as builder:
        deadline = time.monotonic() + 20
        while not pid_file.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        builder.kill()
    with suppress(ProcessLookupError):  # a killed program's children may have ended by then
        os.kill(int(pid_file.read_text()), signal.SIGKILL)
    (leftover,) = entries(cache)
    assert ".building-" in leftover
    program = make_rustc(SUCCEED)
    told: list[str] = []
    sysroot = core_sysroot(program, TARGETS[0], progress=told.append)
    assert sysroot.is_dir()
    assert entries(cache) == [sysroot.name]
    assert not any("waiting" in line for line in told)
    assert "building core for x86_64-unknown-freebsd" in told[0]


def test_the_compilers_own_words(cache: Path, make_rustc: Callable[[str], str]) -> None:
    """If the sources do not compile, rustc's message is shown and the cache stays empty."""
    program = make_rustc("echo 'error[E0658]: these are not the sources' >&2; exit 1")
    with pytest.raises(ToolchainError, match="core for x86_64-unknown-freebsd does not") as caught:
        core_sysroot(program, TARGETS[0], progress=print)
    assert "error[E0658]: these are not the sources" in str(caught.value)
    assert entries(cache) == []


def test_a_sysroot_that_serves_nobody_is_not_kept(
    cache: Path, make_rustc: Callable[[str], str]
) -> None:
    """A sysroot that no crate compiles against is not kept, even if its build had no error."""
    program = make_rustc(f"case $* in *trial.rs*) echo no such crate >&2; exit 1;; esac\n{SUCCEED}")
    with pytest.raises(ToolchainError, match=r"a crate against the sysroot .* does not compile"):
        core_sysroot(program, TARGETS[0], progress=print)
    assert entries(cache) == []


def test_no_sources(cache: Path, tmp_path: Path, make_rustc: Callable[[str], str]) -> None:
    """If the compiler's sources are missing, nothing is built."""
    program = make_rustc(SUCCEED)
    shutil.rmtree(tmp_path / "lib")
    text = (tmp_path / "bin" / "rustc").read_text(encoding="utf-8")
    # A version whose sources no machine has.
    text = text.replace("-vV ;;", "-vV | sed 's/^release: .*/release: 1.90.99/'; exit ;;")
    (tmp_path / "bin" / "rustc").write_text(text.replace("exec ", "", 1), encoding="utf-8")
    with pytest.raises(ToolchainError, match=r"the Rust sources of its version 1\.90\.99 are not"):
        core_sysroot(program, TARGETS[0], progress=print)
    assert not cache.exists()


def test_a_cache_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_rustc: Callable[[str], str]
) -> None:
    """The folder is named, and the variable that moves it."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(ToolchainError, match="cannot be stored: Not a directory") as caught:
        core_sysroot(make_rustc(SUCCEED), TARGETS[0], progress=print)
    assert caught.value.hint is not None
    assert "XDG_CACHE_HOME" in caught.value.hint


def test_std(rustc: Rustc, tmp_path: Path) -> None:
    """A crate that is not no_std compiles against a sysroot with std (kept in the user's cache)."""
    cargo = rustc.sysroot / "bin" / "cargo"
    if not cargo.is_file():
        pytest.skip("the toolchain with sources has no cargo")
    sysroot = std_sysroot(rustc.rustc, str(cargo), TARGETS[0], progress=print)
    source = tmp_path / "crate.rs"
    source.write_text(
        "pub fn f() -> Vec<String> { std::env::args().collect() }\n"
        "#[used]\npub static LOCK: std::sync::Mutex<u64> = std::sync::Mutex::new(7);\n",
        encoding="utf-8",
    )
    argv = [rustc.rustc, "--edition=2021", "--crate-type=lib", "--emit=obj", str(source)]
    argv += [f"--target={TARGETS[0].rust_triple}", f"--sysroot={sysroot}"]
    finished = run([*argv, "-o", str(tmp_path / "crate.o")])
    assert finished.succeeded, finished.stderr
