"""Find the compilers and linkers of this machine: PATH and `$LAYOUTCHECK_*` in, tools out."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from layoutcheck.compilers.find.install import (
    MINIMUM_LLVM,
    hint_install,
    plan_clang,
    plan_core,
    plan_rust,
)
from layoutcheck.compilers.find.rustc import (
    NO_AUTO_INSTALL,
    PROBE_SECONDS,
    SYSTEM_FOLDERS,
    each_rustc,
    find_library_sources,
    has_core,
    on_path,
    parse_version,
    rustup_folders,
)
from layoutcheck.compilers.find.sysroot import core_sysroot, find_sysroot
from layoutcheck.compilers.programs.launcher import c_launcher
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.errors import ToolchainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from layoutcheck.compilers.find.rustc import Rustc
    from layoutcheck.model.target import Target

__all__ = [
    "Clang",
    "Linker",
    "Rust",
    "find_cargo",
    "find_clang",
    "find_linker",
    "find_rust",
    "find_ziglang",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clang:
    """A clang that runs: its command, the first line of its `--version`, and whether it is zig's.

    zig's clang is called as `zig clang`, which is clang's own driver. `zig cc` is not used: it adds
    its own include folders in spite of `-nostdinc`, defines `__FreeBSD_version` and rejects
    `-ffixed-x18`. With the driver, every flag has clang's meaning, and records of 14.x and 15.0
    headers are equal to those of clang 19 (amd64 and arm64, zig 0.15.2 to 0.17.1).
    """

    argv: tuple[str, ...]
    version: str
    is_zig: bool

    @staticmethod
    def target_flags(target: Target, release: str) -> tuple[str, ...]:
        """Return the flags that make clang compile for a FreeBSD release such as "14.3"."""
        return (f"--target={target.clang_triple(release)}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linker:
    """An LLD for ELF that runs: its command and the first line of its `--version`."""

    argv: tuple[str, ...]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rust:
    """A Rust toolchain that can compile for a target.

    `rustc` and `rustdoc` belong to one toolchain, and are no rustup proxies; `cargo` may belong to
    another. `sysroot` is the argument for `--sysroot`: the folder where `core` was built, or None
    if the toolchain has its own. `host` is the triple of this machine.
    """

    rustc: str
    rustdoc: str
    cargo: str
    version: str
    host: str
    sysroot: Path | None


def find_ziglang() -> Path | None:
    """Return the folder of the installed `ziglang` package (zig and its `lib`), or None.

    Several threads may ask: Python's caches of what can be imported are left alone, since another
    thread may import something now.
    """
    spec = importlib.util.find_spec("ziglang")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        if os.access(Path(location) / "zig", os.X_OK):
            return Path(location)
    return None


def find_clang() -> Clang:
    """Return the clang to compile C probes with; each candidate is tried by running it.

    The candidates are `$LAYOUTCHECK_CLANG`, `clang`, `clang-NN` newest first, then the clang in the
    ziglang package. Raises `ToolchainError` if there is none. It is started through `c_launcher`,
    except zig's, which compiler caches do not know.
    """
    launcher, chosen = c_launcher(), os.environ.get("LAYOUTCHECK_CLANG")
    if chosen:
        argv = _drivers_argv(chosen)
        version = _chosen_version(argv, "clang", f"LAYOUTCHECK_CLANG={chosen}")
        return _clang(argv, version, launcher)
    problems: list[str] = []
    for argv in _clang_candidates():
        try:
            return _clang(argv, _llvm_version(argv, "clang", argv[0]), launcher)
        except ToolchainError as error:
            problems.append(_one_line(error))
    raise ToolchainError(_nothing("no clang was found", problems), hint=hint_install(plan_clang()))


def _clang(argv: tuple[str, ...], version: str, launcher: tuple[str, ...]) -> Clang:
    is_zig = Path(argv[0]).name.startswith("zig")
    return Clang(argv=argv if is_zig else (*launcher, *argv), version=version, is_zig=is_zig)


def _clang_candidates() -> Iterator[tuple[str, ...]]:
    for program in on_path(r"clang(?:-?(\d+))?"):
        yield (str(program),)
    ziglang = find_ziglang()
    if ziglang:
        yield (str(ziglang / "zig"), "clang")


def _drivers_argv(command: str) -> tuple[str, ...]:
    """Return a command from the environment as arguments; zig's `cc` becomes its plain `clang`."""
    argv = _split(command, "LAYOUTCHECK_CLANG")
    if argv[1:3] == ("-m", "ziglang"):
        ziglang = find_ziglang()
        argv = (str(ziglang / "zig"), *argv[3:]) if ziglang else argv
    if argv and Path(argv[0]).name.startswith("zig") and argv[1:] in {(), ("cc",)}:
        return (argv[0], "clang")
    return argv


def _split(command: str, variable: str) -> tuple[str, ...]:
    """Return a variable's program, or its words as a shell would split them."""
    if Path(command).is_file():
        return (command,)
    try:
        argv = tuple(shlex.split(command))
    except ValueError as error:
        argv, what = (), f"is no command: {error}"
    else:
        what = "is no command: it is blank"
    if argv:
        return argv
    hint = "set the variable to the path of a program, or unset it"
    raise ToolchainError(what, where=f"{variable}={command}", hint=hint)


def find_linker() -> Linker:
    """Return the linker that resolves the relocations of probe objects.

    The candidates are `$LAYOUTCHECK_LD`, `ld.lld`, `ld.lld-NN` newest first, the rust-lld of a Rust
    toolchain, then the LLD in the ziglang package. Raises `ToolchainError` if there is none.
    """
    chosen = os.environ.get("LAYOUTCHECK_LD")
    if chosen:
        argv = _split(chosen, "LAYOUTCHECK_LD")
        return Linker(argv=argv, version=_chosen_version(argv, "LLD", f"LAYOUTCHECK_LD={chosen}"))
    problems: list[str] = []
    for argv in _linker_candidates():
        try:
            return Linker(argv=argv, version=_llvm_version(argv, "LLD", argv[0]))
        except ToolchainError as error:
            problems.append(_one_line(error))
    what = _nothing("no ELF linker (LLD) was found", problems)
    raise ToolchainError(what, hint=hint_install(plan_clang()))


def _linker_candidates() -> Iterator[tuple[str, ...]]:
    for program in on_path(r"ld\.lld(?:-?(\d+))?"):
        yield (str(program),)
    for rustc in _each_other_rustc():
        rust_lld = rustc.sysroot / "lib" / "rustlib" / rustc.host / "bin" / "rust-lld"
        if rust_lld.is_file():
            yield (str(rust_lld), "-flavor", "gnu")
    ziglang = find_ziglang()
    if ziglang:
        yield (str(ziglang / "zig"), "ld.lld")


def _chosen_version(argv: tuple[str, ...], name: str, setting: str) -> str:
    """Return `_llvm_version` of the program in an environment variable's setting."""
    try:
        return _llvm_version(argv, name, setting)
    except ToolchainError as error:
        hint = f"correct {setting.partition('=')[0]}, or unset it to search for one"
        raise ToolchainError(error.what, where=setting, hint=hint) from None


def _llvm_version(argv: tuple[str, ...], name: str, where: str) -> str:
    """Return the first line of `--version` of a program that is `name` and is new enough."""
    try:
        finished = run((*argv, "--version"), timeout=PROBE_SECONDS)
    except ToolchainError as error:
        raise ToolchainError(error.what, where=where) from None
    if not finished.succeeded:
        raise ToolchainError(f"does not run: {finished.words.splitlines()[0]}", where=where)
    version = (finished.stdout.splitlines() or [""])[0]
    if name not in version:
        raise ToolchainError(f"is no {name}: its --version says {version!r}", where=where)
    number = parse_version(version.partition(name)[2])
    if number < (MINIMUM_LLVM,):
        raise ToolchainError(f"{version!r} is older than {MINIMUM_LLVM}", where=where)
    return version


def find_rust(target: Target, *, progress: Callable[[str], None]) -> Rust:
    """Return the Rust toolchain to compile bindings and probes for `target` with.

    The candidates are `$LAYOUTCHECK_RUSTC`, or every rustc on PATH and in /usr/bin. The first one
    with `core` for the target is taken, otherwise the first one for which `core` can be built; this
    builds it. `progress` reports slow steps. Raises `ToolchainError` with the reason for each rustc
    that cannot be used.
    """
    told: list[str] = []
    broken: list[str] = []
    usable: list[Rustc] = []
    for rustc in each_rustc(broken):
        if rustc.problem:
            told.append(f"{rustc.rustc} {rustc.problem}")
        elif has_core(rustc, target):
            return _rust(rustc, None, find_cargo(rustc))
        else:
            usable.append(rustc)
    told = [*broken, *told]
    for rustc in usable:
        if not (find_sysroot("core", rustc, target) or find_library_sources(rustc)):
            told.append(f"{rustc.rustc} has no core for {target.rust_triple}, and no sources of it")
            continue
        cargo = find_cargo(rustc)  # a missing cargo is reported before half a minute's work
        try:
            sysroot = core_sysroot(rustc.rustc, target, progress=progress)
        except ToolchainError as error:
            told.append(str(error))
        else:
            return _rust(rustc, sysroot, cargo)
    what = f"no Rust toolchain for {target.rust_triple} was found"
    raise ToolchainError(_nothing(what, told), hint=hint_install(plan_core(target)))


def _rust(rustc: Rustc, sysroot: Path | None, cargo: str) -> Rust:
    return Rust(
        rustc=rustc.rustc,
        rustdoc=rustc.rustdoc,
        cargo=cargo,
        version=rustc.version,
        host=rustc.host,
        sysroot=sysroot,
    )


def find_cargo(rustc: Rustc | None) -> str:
    """Return the cargo of the same toolchain, else any other that runs. Raises `ToolchainError`."""
    for cargo in _cargo_candidates(rustc):
        if shutil.which(cargo):
            try:
                finished = run(
                    [str(cargo), "--version"], env=NO_AUTO_INSTALL, timeout=PROBE_SECONDS
                )
            except ToolchainError:
                continue
            if finished.succeeded:
                return str(cargo)
    raise ToolchainError("no cargo was found", hint=hint_install(plan_rust()))


def _cargo_candidates(rustc: Rustc | None) -> Iterator[Path]:
    if rustc is not None:
        yield rustc.sysroot / "bin" / "cargo"
    # A rustup proxy depends on the directory; the cargo in a sysroot does not.
    for other in _each_other_rustc():
        yield other.sysroot / "bin" / "cargo"
    extra = (*SYSTEM_FOLDERS, *rustup_folders())
    yield from on_path(r"cargo(?:-(\d+\.\d+))?", extra=extra)


def _each_other_rustc() -> Iterator[Rustc]:
    """Yield the compilers whose toolchains may hold other tools.

    A broken $LAYOUTCHECK_RUSTC yields none.
    """
    with contextlib.suppress(ToolchainError):
        yield from each_rustc([])


def _one_line(error: ToolchainError) -> str:
    return f"{error.where}: {error.what}" if error.where else error.what


def _nothing(what: str, problems: list[str]) -> str:
    return "\n  ".join([f"{what}:" if problems else what, *problems])
