"""The compilers and the linker of one invocation: each looked for once, when first needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from layoutcheck.dwarf import read_layouts
from layoutcheck.layout_set import LayoutSet
from layoutcheck.stopwatch import Stopwatch
from layoutcheck.target import Target
from layoutcheck.toolchain.find import Clang, Linker, Rust, find_clang, find_linker, find_rust
from layoutcheck.toolchain.link import link_shared
from layoutcheck.toolchain.sysroot import std_sysroot

__all__ = ["Progress", "Tools"]

Progress: TypeAlias = Callable[[str], None]


class Tools:
    """What this machine has, or has been given. Every lookup may raise `ToolchainError`."""

    def __init__(self, progress: Progress, watch: Stopwatch) -> None:
        self.progress, self.watch = progress, watch
        self._rusts: dict[str, Rust] = {}

    @cached_property
    def clang(self) -> Clang:
        """The clang for the C side."""
        with self.watch.measure("find tools"):
            return find_clang()

    @cached_property
    def linker(self) -> Linker:
        """The linker for both sides' objects."""
        with self.watch.measure("find tools"):
            return find_linker()

    def rust(self, target: Target) -> Rust:
        """The Rust toolchain that has, or was given, `core` for the target."""
        if target.name not in self._rusts:
            with self.watch.measure("find tools"):
                self._rusts[target.name] = find_rust(target, progress=self.progress)
        return self._rusts[target.name]

    def add_std(self, target: Target) -> bool:
        """Give the toolchain `std` too, where its `core` was built; False if that is not so."""
        rust = self.rust(target)
        if rust.sysroot is None:
            return False
        with self.watch.measure("build std"):
            sysroot = std_sysroot(rust.rustc, rust.cargo, target, progress=self.progress)
        self._rusts[target.name] = replace(rust, sysroot=sysroot)
        return sysroot != rust.sysroot

    def read(self, relocatable: Path, *, strip_prefixes: tuple[str, ...] = ()) -> LayoutSet:
        """Link a probe object and read its layouts; source paths lose the first fitting prefix."""
        with self.watch.measure("link"):
            linked = link_shared(self.linker, relocatable)
        with self.watch.measure("dwarf"):
            return read_layouts(linked, strip_prefixes=strip_prefixes)
