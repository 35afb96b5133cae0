"""Compilers and linker of one invocation. Each is looked for once, when first needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

from layoutcheck.cache.memo import Memo
from layoutcheck.cache.store import Cache
from layoutcheck.compilers.ask.link import link_shared
from layoutcheck.compilers.find.programs import (
    Clang,
    Linker,
    Rust,
    find_clang,
    find_linker,
    find_rust,
)
from layoutcheck.compilers.find.sysroot import std_sysroot
from layoutcheck.compilers.find.tools_seen import find_again, identity
from layoutcheck.model.layout_set import LayoutSet
from layoutcheck.model.target import Target
from layoutcheck.run.stopwatch import Stopwatch

__all__ = ["Progress", "Tools"]

T = TypeVar("T", Clang, Linker, Rust)
Progress: TypeAlias = Callable[[str], None]

NOTHING_KEPT: Final = Cache(None, warn=lambda _: None)


class Tools:
    """Tools that this machine has, or was given. Every look-up may raise `ToolchainError`."""

    def __init__(self, progress: Progress, watch: Stopwatch, cache: Cache = NOTHING_KEPT) -> None:
        self.progress, self.watch, self.cache = progress, watch, cache
        self._clang: Memo[None, Clang] = Memo()
        self._linker: Memo[None, Linker] = Memo()
        self._rusts: Memo[str, Rust] = Memo()
        self._with_std: Memo[str, Rust] = Memo()

    @property
    def clang(self) -> Clang:
        """Clang for the C side."""
        return self._clang.get(None, lambda: self._find("clang", find_clang))

    @property
    def linker(self) -> Linker:
        """Linker for both sides' objects."""
        return self._linker.get(None, lambda: self._find("linker", find_linker))

    def rust(self, target: Target) -> Rust:
        """Return the Rust toolchain that has, or was given, `core` for the target."""
        return self._rusts.get(
            target.name,
            lambda: self._find(
                f"rust {target.name}", lambda: find_rust(target, progress=self.progress)
            ),
        )

    def rust_with_std(self, target: Target, lacking: Rust) -> Rust | None:
        """Return the toolchain with `std` added, if its `core` was built and lacks it; else None.

        `lacking` is the toolchain that was found not to have `std`. The result is the target's
        toolchain from then on.
        """
        if lacking.sysroot is None:
            return None
        found = self._with_std.get(target.name, lambda: self._build_std(target, lacking))
        self._rusts.put(target.name, found)
        return found if found.sysroot != lacking.sysroot else None

    def _build_std(self, target: Target, rust: Rust) -> Rust:
        with self.watch.measure("build std"):
            sysroot = std_sysroot(rust.rustc, rust.cargo, target, progress=self.progress)
        return replace(rust, sysroot=sysroot)

    def _find(self, what: str, find: Callable[[], T]) -> T:
        with self.watch.measure("find tools"):
            return find_again(what, find, self.cache)

    @property
    def c_identity(self) -> str:
        """Identity of the C compiler and the linker, for the cache."""
        return f"{identity(self.clang)} {identity(self.linker)}"

    def rust_identity(self, target: Target) -> str:
        """Return the identity of the target's Rust toolchain and the linker, for the cache."""
        return f"{identity(self.rust(target))} {identity(self.linker)}"

    def read(self, relocatable: Path, *, strip_prefixes: tuple[str, ...] = ()) -> LayoutSet:
        """Link a probe object and read its layouts. Source paths lose the first fitting prefix."""
        from layoutcheck.compilers.dwarf import read_layouts  # noqa: PLC0415 - if something is compiled

        with self.watch.measure("link"):
            linked = link_shared(self.linker, relocatable)
        with self.watch.measure("dwarf"):
            return read_layouts(linked, strip_prefixes=strip_prefixes)
