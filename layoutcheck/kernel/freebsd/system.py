"""FreeBSD, as the `System` that the rest of layoutcheck knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from layoutcheck.kernel.freebsd.config.resolve import ResolvedConf, resolve_conf
from layoutcheck.kernel.freebsd.header_lists import read_apart, read_aside, read_seed
from layoutcheck.kernel.freebsd.headers.clang_flags import compile_flags
from layoutcheck.kernel.freebsd.headers.source_tree import INCLUDE_RULES
from layoutcheck.kernel.freebsd.headers.tree import open_tree
from layoutcheck.kernel.freebsd.sources import TreeSources
from layoutcheck.kernel.system import HeaderLists, HeaderTree, IncludeRules, System
from layoutcheck.manifest.kernel import View
from layoutcheck.model.target import Target

__all__ = ["FREEBSD"]


class _FreeBSD:
    """FreeBSD 13 and later."""

    rules: IncludeRules = INCLUDE_RULES

    def open_tree(
        self, headers: str, *, target: Target, release: str | None, work: Path, is_taken: bool
    ) -> HeaderTree:
        """Return the headers that a user names. Raises `HeaderTreeError`."""
        return open_tree(headers, target=target, release=release, work=work, is_taken=is_taken)

    def resolve_conf(self, name: str, target: Target, tree: HeaderTree) -> ResolvedConf:
        """Return the conf of that name or path. Raises `KernConfError`."""
        return resolve_conf(
            name,
            machine=target.machine,
            machine_arch=target.machine_arch,
            release=tree.release,
            source_tree=tree.source_tree,
        )

    def compile_flags(self, target: Target, view: View) -> tuple[str, ...]:
        """Return the flags of kern.mk, kern.pre.mk and kmod.mk that a layout can depend on."""
        return compile_flags(target, view)

    def lists(self, view: View) -> HeaderLists:
        """Return the lists in `seeds/`."""
        return HeaderLists(core=read_seed(view), apart=read_apart(), aside=read_aside())

    def sources(self, tree: HeaderTree, read: Callable[[str], str]) -> TreeSources:
        """Return the sources below `sys`."""
        sys = None if tree.source_tree is None else tree.source_tree / "sys"
        return TreeSources(sys, read)


FREEBSD: Final[System] = _FreeBSD()
