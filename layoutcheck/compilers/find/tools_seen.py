"""Cache of the tools that were found, which saves asking each for its version.

A search is repeated if one of its inputs has changed: a folder of programs, a variable, rustup's
choice, a program that was found.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from layoutcheck.cache.freshness import stamps
from layoutcheck.cache.store import Cache
from layoutcheck.compilers.find.programs import Clang, Linker, Rust, find_ziglang
from layoutcheck.compilers.find.rustc import rustup_folders

__all__ = ["find_again", "identity"]

T = TypeVar("T", Clang, Linker, Rust)

_VARIABLES: Final = (
    "CARGO_HOME",
    "CMAKE_C_COMPILER_LAUNCHER",
    "HOME",
    "LAYOUTCHECK_CLANG",
    "LAYOUTCHECK_LD",
    "LAYOUTCHECK_RUSTC",
    "PATH",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A tool, and the stamps of its files when it was found."""

    tool: Clang | Linker | Rust
    stamps: tuple[str, ...]


def find_again(what: str, find: Callable[[], T], cache: Cache) -> T:
    """Return the tool that `find` finds, or the cached one; `what` is the search's name."""
    if cache.folder is None:
        return find()

    def make() -> tuple[_Found, tuple[str, ...]]:
        tool = find()
        return _Found(tool=tool, stamps=tuple(stamps(_files(tool)))), ()

    facts = (what, str(Path.cwd()), *_environment())
    found, _ = cache.get(facts, make, valid=_is_there)
    return found.tool  # type: ignore[return-value]  # `what` decides the type


def identity(tool: Clang | Linker | Rust) -> str:
    """Return a text that identifies a tool: its command, version, and the stamps of its files."""
    return f"{tool!r} {' '.join(stamps(_files(tool)))}"


def _environment() -> Iterable[str]:
    """Yield the facts that a search depends on before it asks a program."""
    yield from (f"{name}={os.environ.get(name)}" for name in _VARIABLES)
    folders = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    folders += [Path("/usr/bin"), Path("/usr/local/bin"), *rustup_folders()]
    ziglang = find_ziglang()
    folders += [ziglang] if ziglang else []
    yield from stamps(dict.fromkeys(folders))
    # A rustup proxy chooses by these.
    homes = [Path(os.environ["RUSTUP_HOME"])] if os.environ.get("RUSTUP_HOME") else []
    homes += [folder.parent.parent / ".rustup" for folder in rustup_folders()]
    yield from stamps(home / part for home in homes for part in ("settings.toml", "toolchains"))
    here = Path.cwd()
    for folder in (here, *here.parents):
        yield from stamps([folder / "rust-toolchain", folder / "rust-toolchain.toml"])


def _files(tool: Clang | Linker | Rust) -> Iterable[Path]:
    """Return the tool's files and folders that a search looks at."""
    if not isinstance(tool, Rust):
        # A later word may be the compiler, as in `ccache clang`.
        words = [shutil.which(word) or word for word in tool.argv]
        return [path for path in map(Path, words) if path.is_absolute()]
    rustlib = Path(tool.rustc).parent.parent / "lib" / "rustlib"
    programs = (Path(tool.rustc), Path(tool.rustdoc), Path(tool.cargo), rustlib)
    return (*programs, *((tool.sysroot,) if tool.sysroot else ()))


def _is_there(found: _Found) -> bool:
    return tuple(stamps(_files(found.tool))) == found.stamps
