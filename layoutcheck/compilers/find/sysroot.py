"""Build Rust's `core`, `alloc` or `std` for a target as metadata: a compiler in, a sysroot out."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import Timeout

from layoutcheck.cache.folders import cache_folder
from layoutcheck.compilers.find.rustc import NO_AUTO_INSTALL, describe_rustc, find_library_sources
from layoutcheck.compilers.programs.lock import lock_file
from layoutcheck.compilers.programs.run_program import render_command, run
from layoutcheck.errors import ToolchainError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from layoutcheck.compilers.find.rustc import Rustc
    from layoutcheck.model.target import Target

__all__ = ["core_sysroot", "find_sysroot", "std_sysroot"]

# Part of the folder's name: another recipe has another folder.
RECIPE: Final = 1
BUILD_SECONDS: Final = 1800.0
BOOTSTRAP: Final = {"RUSTC_BOOTSTRAP": "1", **NO_AUTO_INSTALL}

# rustc links this crate into every crate. It may be empty, since nothing is linked here.
COMPILER_BUILTINS: Final = "#![feature(compiler_builtins)]\n#![compiler_builtins]\n#![no_std]\n"

# Needs core, alloc, drop glue and code generation: a sysroot that compiles it serves probes.
CORE_TRIAL: Final = """#![no_std]
extern crate alloc;
pub struct Trial(*const u8);
unsafe impl Sync for Trial {}
#[used]
pub static TRIAL: Option<alloc::vec::Vec<Trial>> = None;
"""
STD_TRIAL: Final = "#[used]\npub static TRIAL: Option<std::sync::Mutex<Vec<String>>> = None;\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """A sysroot to build: `crate` is "core" (with alloc) or "std", which needs `cargo`."""

    crate: str
    rustc: Rustc
    target: Target
    cargo: str = ""

    def __str__(self) -> str:
        return f"{self.crate} for {self.target.rust_triple} with rustc {self.rustc.release}"

    @property
    def cached(self) -> Path:
        """Return the path of the result, which may not exist yet."""
        rustc = self.rustc
        compiler = f"{rustc.release}-{rustc.commit_hash[:9]}-{rustc.fingerprint}-{rustc.host}"
        name = f"{self.crate}-{compiler}-{self.target.rust_triple}-r{RECIPE}"
        safe = re.sub(r"[^A-Za-z0-9._-]", "_", name)
        return cache_folder() / "sysroot" / safe

    def sources(self) -> Path:
        """Return the sources of the compiler's own version. Raises `ToolchainError` without any."""
        sources = find_library_sources(self.rustc)
        if sources is None:
            raise ToolchainError(
                f"has no {self.crate} for {self.target.rust_triple}, and the Rust sources of its"
                f" version {self.rustc.release} are not installed",
                where=self.rustc.rustc,
                hint="run `layoutcheck doctor --install`",
            )
        return sources


def core_sysroot(rustc: str, target: Target, *, progress: Callable[[str], None]) -> Path:
    """Return a sysroot with `core` and `alloc` for the target; build it if it is missing.

    It holds metadata only: enough to check crates and to compile an object, not to link a program.
    It is built once for a compiler and a target (about 15 seconds) in the user's cache, from the
    compiler's sources. Raises `ToolchainError` if there are no sources, or with the compiler's
    messages if they do not compile.
    """
    return _build_once(_Job(crate="core", rustc=describe_rustc(rustc), target=target), progress)


def std_sysroot(rustc: str, cargo: str, target: Target, *, progress: Callable[[str], None]) -> Path:
    """Return a sysroot like `core_sysroot`'s that also has `std`, for crates with std.

    cargo builds it (`-Z build-std`, about 30 seconds) from the same sources. Debian's sources
    include the crates that std needs; for rustup's, cargo downloads them as for any crate.
    """
    described = describe_rustc(rustc)
    return _build_once(_Job(crate="std", rustc=described, target=target, cargo=cargo), progress)


def find_sysroot(crate: str, rustc: Rustc, target: Target) -> Path | None:
    """Return the sysroot with `crate` ("core" or "std") that an earlier run built, or None."""
    sysroot = _Job(crate=crate, rustc=rustc, target=target).cached
    return sysroot if sysroot.is_dir() else None


def _build_once(job: _Job, progress: Callable[[str], None]) -> Path:
    """Return the cached sysroot; build it in another folder, and rename that after its trial.

    An existing folder is therefore complete. A file lock, which the system drops when its holder
    dies, makes a second process wait. The next build removes leftovers of a killed one.
    """
    whole = job.cached
    if whole.is_dir():
        return whole
    job.sources()  # raises before anything is reported or written
    try:
        whole.parent.mkdir(parents=True, exist_ok=True)
        lock = whole.with_name(f"{whole.name}.lock")
        with lock_file(lock, str(job), progress, timeout=BUILD_SECONDS):
            if not whole.is_dir():
                _build(job, whole, progress)
    except Timeout:
        raise ToolchainError(
            f"another process has been building {job} for too long",
            where=f"{whole}.lock",
            hint="end that process and try again",
        ) from None
    except OSError as error:
        raise ToolchainError(
            f"{job} cannot be stored: {error.strerror}",
            where=error.filename or str(whole.parent),
            hint="make the folder writable, or set XDG_CACHE_HOME to one that is",
        ) from None
    return whole


def _build(job: _Job, whole: Path, progress: Callable[[str], None]) -> None:
    for leftover in whole.parent.glob(f"{whole.name}.building-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    progress(f"building {job}: needed once, takes about half a minute")
    folder = Path(tempfile.mkdtemp(prefix=f"{whole.name}.building-", dir=whole.parent))
    library = folder / "lib" / "rustlib" / job.target.rust_triple / "lib"
    try:
        library.mkdir(parents=True)
        fill, trial = (_build_std, STD_TRIAL) if job.crate == "std" else (_build_core, CORE_TRIAL)
        fill(job, folder, library, lambda seconds: progress(f"building {job}: {seconds:.0f} s"))
        _try_out(job, folder, trial)
        folder.chmod(0o755)  # mkdtemp makes it private
        folder.rename(whole)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    progress(f"built {job}")


def _build_core(job: _Job, folder: Path, library: Path, heartbeat: Callable[[float], None]) -> None:
    sources = job.sources()
    builtins = folder / "compiler_builtins.rs"
    builtins.write_text(COMPILER_BUILTINS, encoding="utf-8")
    for crate, source in (
        ("core", sources / "core" / "src" / "lib.rs"),
        ("compiler_builtins", builtins),
        ("alloc", sources / "alloc" / "src" / "lib.rs"),
    ):
        argv = [job.rustc.rustc, "--crate-name", crate, f"--edition={_edition(sources)}"]
        argv += [str(source), "--crate-type", "rlib", "--emit", "metadata"]
        argv += ["--target", job.target.rust_triple, "--sysroot", str(folder)]
        argv += ["--out-dir", str(library), "--cap-lints", "allow"]
        argv += ["-Cpanic=abort", "-Zforce-unstable-if-unmarked"]
        # Without it, a crate that needs code of core's, such as drop glue, cannot be compiled.
        argv += ["-Zalways-encode-mir"]
        _compile(f"{crate} for {job.target.rust_triple}", argv, heartbeat=heartbeat)


def _edition(sources: Path) -> str:
    text = (sources / "core" / "Cargo.toml").read_text(encoding="utf-8")
    match = re.search(r'^edition = "(\d+)"', text, re.MULTILINE)
    return match.group(1) if match else "2024"


def _build_std(job: _Job, folder: Path, library: Path, heartbeat: Callable[[float], None]) -> None:
    package = folder / "build"
    (package / "src").mkdir(parents=True)
    (package / "src" / "lib.rs").touch()
    name = "layoutcheck_wants_std"
    (package / "Cargo.toml").write_text(
        f'[package]\nname = "{name}"\nversion = "0.0.0"\nedition = "2021"\n\n[workspace]\n',
        encoding="utf-8",
    )
    argv = [job.cargo, "check", "-Zbuild-std=std", "--target", job.target.rust_triple]
    # The user's build settings do not apply: they are for other crates, and in no cache key.
    argv += ["--config", 'build.rustc-wrapper=""']
    env = {
        "RUSTC": job.rustc.rustc,
        "RUSTFLAGS": "--cap-lints=allow",
        "CARGO_ENCODED_RUSTFLAGS": "",
        "RUSTC_WRAPPER": "",
        "CARGO_TARGET_DIR": str(package / "target"),
    }
    vendor = job.sources() / "vendor"
    if vendor.is_dir():
        # Debian's sources include the crates that std needs, if cargo is told so.
        place = f"source.layoutcheck-vendored.directory={json.dumps(str(vendor))}"
        argv += ["--offline", "--config", place]
        argv += ["--config", 'source.crates-io.replace-with="layoutcheck-vendored"']
        env["CARGO_HOME"] = str(package / "home")
    what = f"std for {job.target.rust_triple}"
    _compile(what, argv, cwd=package, env=env, heartbeat=heartbeat)
    built = package / "target" / job.target.rust_triple / "debug" / "deps"
    for metadata in built.glob("lib*.rmeta"):
        if not metadata.name.startswith(f"lib{name}"):
            metadata.rename(library / metadata.name)
    shutil.rmtree(package)


def _try_out(job: _Job, sysroot: Path, trial: str) -> None:
    source = sysroot / "trial.rs"
    source.write_text(trial, encoding="utf-8")
    argv = [job.rustc.rustc, "--edition=2021", "--crate-type", "lib", "--emit", "obj", str(source)]
    argv += ["--target", job.target.rust_triple, "--sysroot", str(sysroot)]
    argv += ["-Cdebuginfo=2", "-Cdwarf-version=5", "-o", str(sysroot / "trial.o")]
    _compile(f"a crate against the sysroot for {job.target.rust_triple}", argv)
    source.unlink()
    (sysroot / "trial.o").unlink()


def _compile(
    what: str,
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    heartbeat: Callable[[float], None] | None = None,
) -> None:
    finished = run(
        argv, cwd=cwd, env={**BOOTSTRAP, **(env or {})}, timeout=BUILD_SECONDS, heartbeat=heartbeat
    )
    if not finished.succeeded:
        raise ToolchainError(
            f"{what} does not compile:\n{finished.words}", where=render_command(argv)
        )
