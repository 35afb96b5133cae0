"""Every rustc of this machine, and its facts for a target: paths in, facts out, no build."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from layoutcheck.cache.freshness import stamps
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.errors import ToolchainError
from layoutcheck.model.rust_versions import MINIMUM_RUST, dotted

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from layoutcheck.model.target import Target

__all__ = [
    "NO_AUTO_INSTALL",
    "SYSTEM_FOLDERS",
    "Rustc",
    "describe_rustc",
    "each_rustc",
    "find_library_sources",
    "has_core",
    "list_rustcs",
    "on_path",
    "parse_version",
    "rustup_folders",
]

# rustup's proxies download a missing toolchain by default: a search must not.
NO_AUTO_INSTALL: Final = {"RUSTUP_AUTO_INSTALL": "0"}
PROBE_SECONDS: Final = 60.0
# Searched in addition to PATH.
SYSTEM_FOLDERS: Final = (Path("/usr/bin"), Path("/usr/local/bin"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rustc:
    """One compiler: its program (never a rustup proxy), its version and its sysroot.

    `version` is the first line of `rustc -vV`, `release` is like "1.96.0". `fingerprint` is a short
    hash of all output of `-vV`: a compiler refuses the metadata of every other one.
    """

    rustc: str
    rustdoc: str
    version: str
    release: str
    host: str
    commit_hash: str
    fingerprint: str
    sysroot: Path

    @property
    def problem(self) -> str | None:
        """Return why this compiler cannot be used for any target, or None."""
        if parse_version(self.release) < MINIMUM_RUST:
            return f"is version {self.release}, older than {dotted(MINIMUM_RUST)}"
        if not os.access(self.rustdoc, os.X_OK):
            return f"has no rustdoc of its own: {self.rustdoc} is missing"
        return None


def parse_version(text: str) -> tuple[int, ...]:
    """Return the first dotted number in a text: "LLD 19.1.7 (..." gives (19, 1, 7); else ()."""
    match = re.search(r"\d+(?:\.\d+)+", text)
    return tuple(map(int, match.group().split("."))) if match else ()


def on_path(pattern: str, *, extra: Iterable[Path] = ()) -> tuple[Path, ...]:
    """Return the executables whose whole name matches the regex, from PATH, then `extra` folders.

    The first group of the pattern, if it matches, is a version. Names without a version come first,
    then the newest; equal ones are in the order of PATH.
    """
    compiled = re.compile(pattern)
    folders = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    found: dict[Path, tuple[int, ...]] = {}
    for folder in dict.fromkeys([*(f for f in folders if f.is_absolute()), *extra]):
        try:
            names = sorted(entry.name for entry in folder.iterdir())
        except OSError:
            continue
        for name in names:
            program = folder / name
            match = compiled.fullmatch(name)
            if match and os.access(program, os.X_OK) and program.is_file():
                number = match.group(1)
                order = tuple(-int(part) for part in number.split(".")) if number else ()
                found[program] = (1, *order) if number else (0,)
    return tuple(sorted(found, key=lambda program: found[program]))


def rustup_folders() -> tuple[Path, ...]:
    """Return the folder of rustup's proxies; () without a home (no $HOME, no account)."""
    try:
        return (Path.home() / ".cargo" / "bin",)
    except RuntimeError:
        return ()


def describe_rustc(rustc: str) -> Rustc:
    """Return the facts of a rustc (or of the rustc that a rustup proxy stands for).

    The compiler is asked once, as long as it, the environment and the working folder do not change.
    Raises `ToolchainError` if it does not run: a proxy without a toolchain, a broken install.
    """
    return _describe(rustc, *stamps([Path(rustc)]), Path.cwd(), frozenset(os.environ.items()))


@cache
def _describe(rustc: str, *_same: Hashable) -> Rustc:
    spoken = run([rustc, "-vV"], env=NO_AUTO_INSTALL, timeout=PROBE_SECONDS)
    root = run([rustc, "--print", "sysroot"], env=NO_AUTO_INSTALL, timeout=PROBE_SECONDS)
    for finished in (spoken, root):
        if not finished.succeeded:
            raise ToolchainError(f"does not run: {finished.words.splitlines()[0]}", where=rustc)
    facts = dict(
        line.split(": ", 1)
        for line in spoken.stdout.splitlines()
        if re.match(r"[a-zA-Z -]+: ", line)
    )
    try:
        release, host = facts["release"], facts["host"]
    except KeyError as missing:
        raise ToolchainError(f"`-vV` does not print its {missing}", where=rustc) from None
    sysroot = Path(root.stdout.strip())
    # A rustup proxy chooses by the current directory and RUSTUP_TOOLCHAIN: keep its choice.
    own = sysroot / "bin" / "rustc"
    program = own if own.is_file() else Path(rustc)
    rustdoc = program.with_name(program.name.replace("rustc", "rustdoc"))
    return Rustc(
        rustc=str(program),
        rustdoc=str(rustdoc),
        version=spoken.stdout.splitlines()[0],
        release=release,
        host=host,
        commit_hash=facts.get("commit-hash", "unknown"),
        fingerprint=hashlib.sha256(spoken.stdout.encode()).hexdigest()[:12],
        sysroot=sysroot,
    )


def list_rustcs() -> tuple[tuple[Rustc, ...], tuple[str, ...]]:
    """Return every rustc that runs, in order of preference, and a line for each other one."""
    broken: list[str] = []
    return tuple(each_rustc(broken)), tuple(broken)


def each_rustc(broken: list[str]) -> Iterator[Rustc]:
    """Yield every rustc that runs, in order of preference, lazily.

    If `$LAYOUTCHECK_RUSTC` is set, it is the only one (`ToolchainError` if it does not run).
    Otherwise they are those on PATH, in /usr/bin and in the folder of rustup's proxies. `broken`
    gets a line for each one that does not run.
    """
    chosen = os.environ.get("LAYOUTCHECK_RUSTC")
    if chosen:
        try:
            yield describe_rustc(chosen)
        except ToolchainError as error:
            raise ToolchainError(
                error.what,
                where=f"LAYOUTCHECK_RUSTC={chosen}",
                hint="set the variable to the path of a rustc, or unset it",
            ) from None
        return
    extra = (*SYSTEM_FOLDERS, *rustup_folders())
    seen: set[str | tuple[str, str]] = set()
    for program in on_path(r"rustc(?:-(\d+\.\d+))?", extra=extra):
        file = (os.path.realpath(program), program.name)  # a proxy acts according to its name
        if file in seen:
            continue
        seen.add(file)
        try:
            rustc = describe_rustc(str(program))
        except ToolchainError as error:
            broken.append(f"{program}: {error.what}")
            continue
        real = os.path.realpath(rustc.rustc)
        if real not in seen:
            seen.add(real)
            yield rustc


def has_core(rustc: Rustc, target: Target) -> bool:
    """Return whether the toolchain has `core` for the target, as from `rustup target add`."""
    folder = rustc.sysroot / "lib" / "rustlib" / target.rust_triple / "lib"
    return any(folder.glob("libcore-*.rlib")) or any(folder.glob("libcore-*.rmeta"))


def find_library_sources(rustc: Rustc) -> Path | None:
    """Return the `library` folder of the sources of exactly this compiler, or None.

    The sources are rustup's component rust-src, or Debian's rust-src and rust-web-src.
    """
    base = rustc.release.partition("-")[0]
    for root in (
        rustc.sysroot / "lib" / "rustlib" / "src" / "rust",
        Path("/usr/src") / f"rustc-{rustc.release}",
        Path("/usr/src") / f"rustc-{base}",
    ):
        # Debian's folder is a link, which may lead to the sources of another package's version.
        # rustup's has no such file and comes with its compiler.
        stated = root / "src" / "version"
        if stated.is_file() and stated.read_text(encoding="utf-8").strip() != base:
            continue
        if all(
            (root / "library" / crate / "src" / "lib.rs").is_file() for crate in ("core", "alloc")
        ):
            return root / "library"
    return None
