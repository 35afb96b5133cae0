"""Finding clang, the linker and Rust: the order, the environment, and real tools that compile."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from layoutcheck.compilers.find.programs import (
    find_cargo,
    find_clang,
    find_linker,
    find_rust,
    find_ziglang,
)
from layoutcheck.compilers.find.rustc import has_core
from layoutcheck.compilers.find.sysroot import find_sysroot
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.errors import ToolchainError
from layoutcheck.model.target import TARGETS, Target

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layoutcheck.compilers.find.rustc import Rustc

PROBE = """
#include <sys/param.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
unsigned long probe[] = {sizeof(struct mtx), sizeof(struct thread), sizeof(struct proc)};
"""


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own choice of tools does not take part."""
    for name in ("CLANG", "LD", "RUSTC"):
        monkeypatch.delenv(f"LAYOUTCHECK_{name}", raising=False)


@pytest.fixture
def ziglang() -> Path:
    """The ziglang package, which the tests that take it are marked to need."""
    folder = find_ziglang()
    assert folder is not None
    return folder


def layouts(
    argv: tuple[str, ...], target: Target, ziglang: Path, probe: Path
) -> dict[str, list[str]]:
    """Return the offsets and sizes of each named record of the probe, as clang lays it out."""
    include = ziglang / "lib" / "libc" / "include"
    finished = run(
        [
            *argv,
            *target.kernel_flags,
            *("-D_KERNEL", "-DKLD_MODULE", "-DSMP", "-ffreestanding", "-nostdinc"),
            *("-isystem", str(include / target.zig_include)),
            *("-isystem", str(include / "generic-freebsd")),
            *("-fsyntax-only", "-Xclang", "-fdump-record-layouts", str(probe)),
        ]
    )
    assert finished.succeeded, finished.stderr
    records: dict[str, list[str]] = {}
    for block in finished.stdout.split("*** Dumping AST Record Layout\n")[1:]:
        rows = [line.partition("|") for line in block.splitlines() if "|" in line]
        name = rows[0][2].strip()
        # clang's versions differ in how they name anonymous records.
        if "::(" not in name:
            sizes = [what.strip() for _, _, what in rows if "sizeof=" in what]
            records[name] = [offset.strip() for offset, _, _ in rows] + sizes
    return records


@pytest.mark.needs_clang
@pytest.mark.needs_headers
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.machine)
def test_zigs_clang_is_as_good(
    target: Target, ziglang: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clang in ziglang takes the kernel's flags, and lays kernel records out as clang does."""
    probe = tmp_path / "probe.c"
    probe.write_text(PROBE, encoding="utf-8")
    clang = find_clang()
    monkeypatch.setenv("PATH", str(tmp_path))
    zig = find_clang()
    assert zig.is_zig
    assert zig.argv == (str(ziglang / "zig"), "clang")
    flags = zig.target_flags(target, "14.3")
    ours = layouts((*zig.argv, *flags), target, ziglang, probe)
    theirs = layouts((*clang.argv, *flags), target, ziglang, probe)
    # The set of unused records that are laid out differs with the version, too.
    common = ours.keys() & theirs.keys()
    assert {"struct mtx", "struct thread", "struct proc"} <= common
    assert len(common) >= 30
    assert {name: ours[name] for name in common} == {name: theirs[name] for name in common}


@pytest.mark.needs_headers
def test_zigs_clang_adds_no_headers_of_its_own(
    ziglang: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With -nostdinc clang finds no headers, and __FreeBSD_version is not defined."""
    monkeypatch.setenv("PATH", str(tmp_path))
    clang = find_clang()
    argv = [*clang.argv, *clang.target_flags(TARGETS[0], "14.3"), "-nostdinc", "-fsyntax-only"]
    missing = tmp_path / "missing.c"
    missing.write_text("#include <sys/param.h>\n", encoding="utf-8")
    assert "'sys/param.h' file not found" in run([*argv, str(missing)]).stderr
    clean = tmp_path / "clean.c"
    clean.write_text(
        "#if defined(__FreeBSD_version) || __FreeBSD__ != 14\n#error wrong\n#endif\n",
        encoding="utf-8",
    )
    assert run([*argv, str(clean)]).succeeded
    assert ziglang.is_dir()


@pytest.mark.needs_headers
@pytest.mark.parametrize("command", ["{zig} cc", "{zig}", "{python} -m ziglang cc"])
def test_zig_cc_becomes_clang(command: str, ziglang: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`zig cc` is replaced with zig's plain clang, because `zig cc` adds flags of its own."""
    zig = ziglang / "zig"
    monkeypatch.setenv("LAYOUTCHECK_CLANG", command.format(zig=zig, python=sys.executable))
    assert find_clang().argv == (str(zig), "clang")


def test_clang_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_program: Callable[[Path, str], Path]
) -> None:
    """A program that is broken, too old or no clang is passed over for the next newest."""
    make_program(tmp_path / "clang", "echo 'clang version 13.0.1'")
    make_program(tmp_path / "clang-99", "exit 1")
    make_program(tmp_path / "clang-98", "echo 'gcc (GNU) 98.1.0'")
    make_program(tmp_path / "clang-17", "echo 'Debian clang version 17.0.6 (1)'")
    make_program(tmp_path / "clang-16", "echo 'clang version 16.0.0'")
    monkeypatch.setenv("PATH", str(tmp_path))
    clang = find_clang()
    assert clang.argv == (str(tmp_path / "clang-17"),)
    assert clang.version == "Debian clang version 17.0.6 (1)"
    assert not clang.is_zig


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("echo 'clang version 13.0.1'", "'clang version 13.0.1' is older than 14"),
        ("echo boom >&2; exit 1", "does not run: boom"),
        ("echo 'gcc 12.2.0'", "is no clang"),
    ],
)
def test_a_chosen_clang_is_the_only_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_program: Callable[[Path, str], Path],
    lines: str,
    words: str,
) -> None:
    """`$LAYOUTCHECK_CLANG` is an error when it does not do, never silently another clang."""
    program = make_program(tmp_path / "with a space" / "clang", lines)
    monkeypatch.setenv("LAYOUTCHECK_CLANG", str(program))
    with pytest.raises(ToolchainError, match=words) as caught:
        find_clang()
    assert caught.value.where == f"LAYOUTCHECK_CLANG={program}"


def test_no_clang_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without clang and ziglang, the error says what to run."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(ToolchainError, match="no clang was found") as caught:
        find_clang()
    pip = f"{sys.executable} -m pip install 'ziglang>=0.15.2'"
    assert caught.value.hint == f"run `layoutcheck doctor --install`, or by hand: {pip}"
    assert caught.value.exit_code == 3


@pytest.mark.needs_clang
@pytest.mark.needs_headers
def test_linkers_link(
    tmp_path: Path, ziglang: Path, monkeypatch: pytest.MonkeyPatch, rustc: Rustc
) -> None:
    """ld.lld, rust-lld where there is one, and zig's: each resolves an object's relocations."""
    source = tmp_path / "probe.c"
    source.write_text("extern int there; int *here = &there;\n", encoding="utf-8")
    clang = find_clang()
    flags = clang.target_flags(TARGETS[0], "14.3")
    compiled = tmp_path / "probe.o"
    assert run([*clang.argv, *flags, "-c", str(source), "-o", str(compiled)]).succeeded
    linkers = [find_linker()]
    monkeypatch.setenv("LAYOUTCHECK_LD", f"{ziglang / 'zig'} ld.lld")
    linkers.append(find_linker())
    assert linkers[1].argv == (str(ziglang / "zig"), "ld.lld")
    monkeypatch.delenv("LAYOUTCHECK_LD")
    monkeypatch.setenv("PATH", str(tmp_path))
    linkers.append(find_linker())
    for index, linker in enumerate(linkers):
        linked = tmp_path / f"{index}.so"
        command = [*linker.argv, "-shared", "-z", "undefs", str(compiled), "-o", str(linked)]
        finished = run(command)
        assert finished.succeeded, finished.stderr
        assert linked.read_bytes().startswith(b"\x7fELF")
        assert "LLD" in linker.version
    assert rustc.sysroot.is_dir()


@pytest.mark.parametrize("command", ["'", "clang '", " "])
def test_a_variable_that_is_no_command(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """A quote that is not closed, or nothing but blanks: the variable is named."""
    for find, variable in ((find_clang, "LAYOUTCHECK_CLANG"), (find_linker, "LAYOUTCHECK_LD")):
        monkeypatch.setenv(variable, command)
        with pytest.raises(ToolchainError, match="is no command") as caught:
            find()
        assert caught.value.where == f"{variable}={command}"
        assert "unset it" in str(caught.value.hint)


@pytest.mark.needs_rustc
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.machine)
def test_find_rust(target: Target, rustc: Rustc) -> None:
    """A toolchain whose rustc compiles for the target, with the sysroot that it names."""
    told: list[str] = []
    rust = find_rust(target, progress=told.append)
    described = run([rust.rustdoc, "--version"])
    assert described.stdout.split()[1] == rust.version.split()[1]
    assert run([rust.cargo, "--version"]).stdout.startswith("cargo ")
    assert (rust.sysroot is None) == (
        has_core(rustc, target) or find_sysroot("core", rustc, target) != rust.sysroot
    )


@pytest.mark.needs_rustc
def test_no_core_and_no_sources(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_program: Callable[[Path, str], Path],
    rustc: Rustc,
) -> None:
    """A real rustc, moved to where it has neither: the error names it and the command to run."""
    moved = make_program(
        tmp_path / "bin" / "rustc",
        f"""case "$*" in
        "--print sysroot") echo {tmp_path} ;;
        *) {rustc.rustc} "$@" | sed 's/^release: .*/release: 1.90.0/' ;;
        esac""",
    )
    shutil.copy(moved, tmp_path / "bin" / "rustdoc")
    monkeypatch.setenv("LAYOUTCHECK_RUSTC", str(moved))
    with pytest.raises(ToolchainError, match="no Rust toolchain for x86_64-unknown-fre") as caught:
        find_rust(TARGETS[0], progress=print)
    assert f"{moved} has no core for x86_64-unknown-freebsd, and no sources" in str(caught.value)
    assert caught.value.hint is not None
    assert "layoutcheck doctor --install" in caught.value.hint


@pytest.mark.needs_rustc
def test_cargo_of_the_same_toolchain_first(rustc: Rustc) -> None:
    """The cargo in the compiler's own sysroot is taken where there is one."""
    own = rustc.sysroot / "bin" / "cargo"
    assert find_cargo(rustc) == str(own) or not own.exists()


@pytest.mark.needs_headers
def test_ziglang_is_found_while_other_threads_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """`importlib.invalidate_caches` fails if another thread imports at the same time."""

    def fail() -> None:
        raise RuntimeError("dictionary changed size during iteration")

    monkeypatch.setattr("importlib.invalidate_caches", fail)
    assert find_ziglang() is not None
