"""Planned cells -> their kernels: each header tree, conf and index is opened once, when needed."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from layoutcheck.cache.memo import Memo
from layoutcheck.cache.store import digest_of
from layoutcheck.errors import NoSuchConfError
from layoutcheck.kernel.freebsd.system import FREEBSD
from layoutcheck.kernel.names.folder_names import FolderNames, Role
from layoutcheck.kernel.names.index import HeaderIndex, TreeNames
from layoutcheck.kernel.names.listing import Listing, list_files, list_names
from layoutcheck.kernel.system import HeaderTree, Sources
from layoutcheck.kernel.units.header_dependence import LeftMacroFinder
from layoutcheck.kernel.units.header_units import HeaderUnits
from layoutcheck.kernel.units.inclusions import Inclusions
from layoutcheck.manifest.kernel import View
from layoutcheck.run.kernel_clang import KernelClang
from layoutcheck.run.kernel_files import OpenKernel, open_kernel
from layoutcheck.run.planning import Plan
from layoutcheck.run.toolchain.toolset import Tools

__all__ = ["Kernels"]


class Kernels:
    """Kernels of one invocation. Their generated files are deleted together with this object."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._trees: Memo[tuple[str, str | None, str], HeaderTree] = Memo()
        self._listed: Memo[Path, Listing] = Memo()
        self._named: Memo[Path, tuple[str, ...]] = Memo()
        self._names_of: Memo[tuple[Path, ...], TreeNames] = Memo()
        self._sources_of: Memo[tuple[Path, ...], Sources] = Memo()
        self._names_in: Memo[Path, FolderNames] = Memo()
        self._kernels: Memo[Plan, OpenKernel] = Memo()
        self._folder = Path(tempfile.mkdtemp(prefix="layoutcheck-")).resolve()
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def kernel(self, plan: Plan) -> OpenKernel:
        """Return the cell's kernel. Raises `HeaderTreeError` and `KernConfError`."""
        return self._kernels.get(plan, lambda: self._open(plan))

    def _open(self, plan: Plan) -> OpenKernel:
        tree = self._tree(plan)
        folder = self._folder / plan.id
        folder.mkdir(exist_ok=True)
        opened = open_kernel(tree, plan.conf, plan.target, self._tools, folder=folder)
        if self._tools.cache.folder is None:
            return opened
        with self._tools.watch.measure("headers"):
            folders = [folder for folder in tree.folders if not tree.has_generated(folder)]
            listed = [self._listed.get(f, partial(list_files, f)) for f in folders]
            named = [self._named.get(f, partial(list_names, f)) for f in folders]
        names = digest_of(*(digest_of(*names) for names in named))
        return replace(opened, names=names, state=digest_of(repr(listed)))

    def existing(self, planned: Sequence[Plan]) -> tuple[tuple[Plan, ...], tuple[str, ...]]:
        """Return the cells whose conf exists, and a note on each of the others.

        A conf may exist for only some of the architectures and releases. For the others, there is
        no such kernel. Raises `NoSuchConfError` for a conf that exists in no cell.
        """
        missing: dict[Plan, NoSuchConfError] = {}
        for plan in planned:
            try:
                self.kernel(plan)
            except NoSuchConfError as error:
                missing[plan] = error
        there = tuple(plan for plan in planned if plan not in missing)
        confs = {plan.conf for plan in there}
        for plan, why in missing.items():
            if plan.conf not in confs:
                raise why
        notes = (f"not checked, for there is none: {p.id} ({e.where})" for p, e in missing.items())
        return there, tuple(notes)

    def index(self, plan: Plan) -> HeaderIndex:
        """Return the index of the types that the cell's headers define."""
        return HeaderIndex(self.names(plan), Role.TYPE)

    def item_index(self, plan: Plan) -> HeaderIndex:
        """Return the index of the macros, enumerators, functions and variables of the headers."""
        return HeaderIndex(self.names(plan), Role.ITEM)

    def units(self, plan: Plan, clang: KernelClang, view: View) -> HeaderUnits:
        """Return the header units of the cell's headers."""
        names = self.names(plan)
        lists = FREEBSD.lists(view)
        return HeaderUnits(
            names.headers,
            [header for header in lists.core if header not in lists.aside],
            clang.check,
            clang.preprocess,
            drawn_in=Inclusions(names.read).of,
            read=names.read,
            defining=names.defining,
            is_behind_machine=FREEBSD.rules.is_behind_machine,
            sources=self._sources(plan).of,
        )

    def left_macros(self, plan: Plan, view: View, units: HeaderUnits) -> LeftMacroFinder:
        """Return the finder of the records that are left to others."""
        names = self.names(plan)
        lists, is_behind = FREEBSD.lists(view), FREEBSD.rules.is_behind_machine
        headers = [header for header in names.headers if not is_behind(header)]
        core = [header for header in (*lists.core, *lists.apart) if not is_behind(header)]
        return LeftMacroFinder(
            core,
            headers,
            lists.aside,
            names.read,
            names.macros,
            includers=FREEBSD.rules.likely(headers, programs=view == "userland"),
            before=self._sources(plan).before,
            stands_without=units.stands_without,
        )

    def _sources(self, plan: Plan) -> Sources:
        tree, read = self._tree(plan), self.names(plan).read
        return self._sources_of.get(tree.folders, lambda: FREEBSD.sources(tree, read))

    def names(self, plan: Plan) -> TreeNames:
        """Return the names in the cell's headers. Each folder is read once, and cached."""
        tree, cache = self._tree(plan), self._tools.cache

        def keep(
            folder: Path, files: Sequence[str], make: Callable[[], FolderNames]
        ) -> FolderNames:
            if tree.has_generated(folder):
                return make()
            facts = ("names in headers", str(folder))
            kept = partial(cache.get, facts, lambda: (make(), ()), inputs=files)
            return self._names_in.get(folder, lambda: kept()[0])

        measured = partial(self._tools.watch.measure, "headers")
        return self._names_of.get(
            tree.folders,
            lambda: TreeNames(
                tree.folders, plan.target, FREEBSD.rules, keep=keep, measured=measured
            ),
        )

    def _tree(self, plan: Plan) -> HeaderTree:
        def make() -> HeaderTree:
            work = Path(tempfile.mkdtemp(dir=self._folder))
            with self._tools.watch.measure("headers"):
                return FREEBSD.open_tree(
                    plan.headers,
                    target=plan.target,
                    release=plan.release,
                    work=work,
                    is_taken=plan.is_taken,
                )

        return self._trees.get((plan.headers, plan.release, plan.target.name), make)
