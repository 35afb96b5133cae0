"""Planned cells -> their kernels: each header tree, conf and index is opened once, when needed."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path

from layoutcheck.c_side import OpenKernel, open_kernel
from layoutcheck.errors import NoSuchConfError
from layoutcheck.kernel.index import HeaderIndex, index_headers, index_items
from layoutcheck.kernel.tree import HeaderTree, open_tree
from layoutcheck.planning import Plan
from layoutcheck.tools import Tools

__all__ = ["Kernels"]


class Kernels:
    """The kernels of one invocation; what is generated for them goes when this object goes."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._trees: dict[tuple[str, str | None, str], HeaderTree] = {}
        self._indexes: dict[tuple[Path, ...], HeaderIndex] = {}
        self._item_indexes: dict[tuple[Path, ...], HeaderIndex] = {}
        self._kernels: dict[Plan, OpenKernel] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="layoutcheck-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def kernel(self, plan: Plan) -> OpenKernel:
        """The cell's kernel. Raises `HeaderTreeError` and `KernConfError`."""
        if plan not in self._kernels:
            folder = self._folder / plan.id
            folder.mkdir(exist_ok=True)
            self._kernels[plan] = open_kernel(
                self._tree(plan), plan.conf, plan.target, self._tools, folder=folder
            )
        return self._kernels[plan]

    def existing(self, planned: Sequence[Plan]) -> tuple[tuple[Plan, ...], tuple[str, ...]]:
        """The cells whose conf there is, and a note on each of the others.

        Of several architectures and releases some may have no conf of a name that others have:
        there is no such kernel. Raises `NoSuchConfError` for a name that none of them has.
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
        """Which of the cell's headers define which types."""
        folders = self._tree(plan).folders
        if folders not in self._indexes:
            with self._tools.watch.measure("headers"):
                self._indexes[folders] = index_headers(folders, plan.target)
        return self._indexes[folders]

    def item_index(self, plan: Plan) -> HeaderIndex:
        """Which of the cell's headers define which macros, enumerators, functions, variables."""
        folders = self._tree(plan).folders
        if folders not in self._item_indexes:
            with self._tools.watch.measure("headers"):
                self._item_indexes[folders] = index_items(folders, plan.target)
        return self._item_indexes[folders]

    def _tree(self, plan: Plan) -> HeaderTree:
        key = (plan.headers, plan.release, plan.target.name)
        if key not in self._trees:
            work = Path(tempfile.mkdtemp(dir=self._folder))
            with self._tools.watch.measure("headers"):
                self._trees[key] = open_tree(
                    plan.headers, target=plan.target, release=plan.release, work=work
                )
        return self._trees[key]
