"""One planned cell -> its verdicts: both sides are compiled, compared and judged.

The two sides are compiled at the same time. Their inputs are known before that. If no input has
changed, the result of the last run is taken from the cache.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath
from typing import Any, Final, TypeAlias

from layoutcheck.bindings.crates.build_crate import CheckedCrate
from layoutcheck.bindings.rustdoc.surface import Surface
from layoutcheck.cache.memo import Memo
from layoutcheck.judge.bit_masks import with_masks
from layoutcheck.judge.items.names import item_candidates
from layoutcheck.judge.judge_types import Side, TypeJudge, candidates_of
from layoutcheck.judge.skipping import is_declaration
from layoutcheck.kernel.units.header_units import HeaderUnits
from layoutcheck.manifest.reader import Manifest
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.verdict import Cell, SetAside, Verdict
from layoutcheck.run.crate_rustc import CrateRustc, compile_bindings, find_surface
from layoutcheck.run.kernel_clang import AskedC, KernelClang
from layoutcheck.run.kernel_files import OpenKernel
from layoutcheck.run.open_kernels import Kernels
from layoutcheck.run.planning import Plan
from layoutcheck.run.search.item_headers import ItemHeaders, outside
from layoutcheck.run.search.items import find_items
from layoutcheck.run.search.types import HeaderSearch, seek, unsettled
from layoutcheck.run.threads import Workers
from layoutcheck.run.toolchain.toolset import Tools

__all__ = ["CheckedCell", "Checker"]

CONF_VARIABLE: Final = "{kernel-conf}"
OTHER_VIEWS: Final = {
    "module": "the view of a module that is built outside a kernel build: the conf does not count",
    "userland": "the view of userland: no _KERNEL, and the conf does not count",
}
_SOON: Final = 0.05
"""Seconds within which an unchanged source file is recognised."""
_SOON_AFTER: Final = 0.5
"""Further seconds within which an unchanged package is recognised: cargo is asked."""
_RustKey: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCell:
    """Result of one cell. `units` are the includes that were compiled together."""

    cell: Cell
    verdicts: tuple[Verdict, ...]
    set_aside: tuple[SetAside, ...]
    problems: tuple[str, ...]
    units: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _SideOfC:
    """First answer of clang. It is complete with a list of headers; else the `search` goes on."""

    asked: AskedC
    search: HeaderSearch | None = None


class Checker:
    """Check the cells of one manifest. Several threads may use it.

    With `several` cells, an answer of clang is kept for the cells that have identical text.
    """

    def __init__(
        self, manifest: Manifest, kernels: Kernels, tools: Tools, *, several: bool
    ) -> None:
        self._manifest, self._kernels, self._tools = manifest, kernels, tools
        self._surfaces: Memo[_RustKey, Surface] = Memo()
        self._crates: Memo[_RustKey, Future[CheckedCrate]] = Memo()
        self._sides: Memo[_RustKey, Side] = Memo()
        self._known: Memo[tuple[str, ...], AskedC] | None = Memo() if several else None

    def surface(self, plan: Plan) -> Surface:
        """Return the crate's ABI surface in a cell."""
        return self._surfaces.get(
            self._rust_key(plan),
            lambda: find_surface(
                self._manifest.bindings,
                plan.target,
                self._tools,
                conf_path=self._kernels.kernel(plan).conf_path,
            ),
        )

    def clang(self, plan: Plan, work: Path) -> KernelClang:
        """Return the `KernelClang` of a cell's kernel. `work` is a folder for it alone."""
        return KernelClang(
            self._kernels.kernel(plan),
            self._manifest.kernel,
            plan.target,
            self._tools,
            work=work,
            known=self._known,
        )

    def check(self, plan: Plan, workers: Workers) -> CheckedCell:
        """Check a cell, or return the cached result if no input has changed."""
        with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
            crate = self._start_crate(plan, workers)
            surface = workers.start(lambda: self.surface(plan))
            workers.start(lambda: self._tools.linker)  # looked for while rustc works
            clang = self.clang(plan, Path(folder))
            # A crate that is compiled anew has changed, so no cached result fits the cell.
            is_known = not wait([crate], timeout=_SOON).not_done
            find_units = partial(self._kernels.units, plan, clang, self._manifest.kernel.view)
            is_asked = not is_known and not self._manifest.kernel.include
            units = workers.start(find_units) if is_asked else None
            found = find_units if units is None else units.result
            ask = partial(self._ask, plan, clang, workers, found)
            asking: Future[_SideOfC] | None = None
            try:
                surface.result()  # an error in the crate is raised here first
                if wait([crate], timeout=_SOON_AFTER).not_done:
                    asking = workers.start(ask)
                find_c = ask if asking is None else asking.result
                return self._recall(plan, clang, crate.result(), workers, find_c)
            finally:
                started: list[Future[Any]] = [one for one in (units, asking) if one is not None]
                wait(started)  # they write into the folder

    def _recall(
        self,
        plan: Plan,
        clang: KernelClang,
        crate: CheckedCrate,
        workers: Workers,
        find_c: Callable[[], _SideOfC],
    ) -> CheckedCell:
        """Return the cell from the cache, or check it now. `find_c` asks clang."""
        kernel, tools = self._kernels.kernel(plan), self._tools
        rustc = CrateRustc(self.surface(plan), crate, plan.target, tools)
        facts = (
            "cell",
            repr(replace(self._manifest, waivers=())),
            repr(plan),
            repr((kernel.conf.origin, kernel.messages, kernel.tree.description)),
            kernel.state,
            clang.facts.digest,
            tools.c_identity,
            *rustc.facts,
        )

        def make() -> tuple[CheckedCell, set[str]]:
            side = workers.start(lambda: self._side(plan, rustc))
            c = find_c()
            return self._check(plan, kernel, clang, c, side.result()), clang.read

        return tools.cache.get(facts, make, inputs=rustc.metadata)[0]

    def _start_crate(self, plan: Plan, workers: Workers) -> Future[CheckedCrate]:
        """Start compiling the crate to metadata. A single file is compiled while rustdoc runs."""
        bindings, conf_path = self._manifest.bindings, self._kernels.kernel(plan).conf_path
        return self._crates.get(
            self._rust_key(plan),
            lambda: workers.start(
                lambda: compile_bindings(
                    bindings,
                    plan.target,
                    self._tools,
                    conf_path=conf_path,
                    surface=lambda: self.surface(plan),
                )
            ),
        )

    def _side(self, plan: Plan, rustc: CrateRustc) -> Side:
        """Return rustc's answers, with the manifest's masks, which the crate does not show."""
        return self._sides.get(
            self._rust_key(plan),
            lambda: with_masks(rustc.ask(), self._manifest.masks, self.surface(plan), plan.target),
        )

    def _rust_key(self, plan: Plan) -> _RustKey:
        """Return the key of the layouts: the architecture, and a conf that the crate is given."""
        handed = any(CONF_VARIABLE in value for _, value in self._manifest.bindings.env)
        conf = self._kernels.kernel(plan).conf_path.read_text(encoding="utf-8") if handed else ""
        return plan.target.name, conf

    def _check(
        self, plan: Plan, kernel: OpenKernel, clang: KernelClang, c: _SideOfC, rust: Side
    ) -> CheckedCell:
        manifest, surface = self._manifest, self.surface(plan)
        if c.search is None:
            types = self._judge(plan, c.asked.side, rust, left_out=c.asked.left_out)
        else:
            types = self._judge_searched(plan, c.asked, c.search, rust)
        items, items_aside = find_items(
            manifest,
            plan.id,
            surface.items,
            rust,
            clang,
            types=types.comparer,
            includes=c.asked.includes if c.search is None else c.search.units,
            headers=self._item_headers(plan),
            left_macros=None if c.search is None else c.search.left_macros,
            settled=types.aliases,
        )
        with self._tools.watch.measure("compare"):
            verdicts, aside = types.judge()
        # An alias of a C type that is not a record is an item: `find_items` has its result.
        set_aside = [one for one in aside if one.kind != "alias" or one.rust_path in types.aliases]
        return CheckedCell(
            cell=self._describe(plan, kernel, c, rust),
            verdicts=(*verdicts, *items),
            set_aside=(*set_aside, *items_aside),
            problems=tuple(
                f"<{name}> does not compile: {errors[0]}"
                for name, errors in c.asked.left_out.items()
            ),
            units=(c.asked.includes,) if c.search is None else c.search.asked,
        )

    def _describe(self, plan: Plan, kernel: OpenKernel, c: _SideOfC, rust: Side) -> Cell:
        read = c.asked.stubs if c.search is None else c.search.stubs
        stubs = (
            f"stubs stand in for {', '.join(read)}, which these headers lack; "
            "what only the real ones define is not known"
        )
        view = OTHER_VIEWS.get(self._manifest.kernel.view)
        return Cell(
            id=plan.id,
            release=kernel.tree.release,
            arch=plan.target.name,
            machine=plan.target.machine,
            machine_arch=plan.target.machine_arch,
            kernel_conf=PurePath(plan.conf).name,
            kernel_conf_origin=kernel.conf.origin,
            headers=kernel.tree.description,
            clang=self._tools.clang.version,
            rustc=self._tools.rust(plan.target).version,
            c_producer=c.asked.side.layouts.producer,
            rust_producer=rust.layouts.producer,
            notes=(
                *((view,) if view else ()),
                *kernel.messages,
                *((stubs,) if read else ()),
            ),
        )

    def _ask(
        self,
        plan: Plan,
        clang: KernelClang,
        workers: Workers,
        find_units: Callable[[], HeaderUnits],
    ) -> _SideOfC:
        """Ask clang for the types and items, after the manifest's headers or in the core."""
        manifest, surface = self._manifest, self.surface(plan)
        candidates = candidates_of(manifest, surface.types)
        items = item_candidates(manifest, surface.items)
        if manifest.kernel.include:
            pairs = [(key, name) for _, key, name in candidates]
            return _SideOfC(clang.ask(manifest.kernel.include, pairs, items))
        # Headers are read here, while clang may still be finding their units.
        view, index = manifest.kernel.view, self._kernels.index(plan)
        hints = {type_.rust_path: type_.defined_in for type_ in surface.types}
        sought = seek(candidates, hints, index, programs=view == "userland")
        item_headers = self._item_headers(plan).of(items)
        units = find_units()
        search = HeaderSearch(clang, units, self._kernels.left_macros(plan, view, units), sought)
        further = (
            *search.outside(surface.types),
            *outside(item_headers, surface.items, units.has_in_core),
        )
        finding = workers.start(lambda: units.find(further))  # while the core is compiled
        try:
            first = search.first(items)
        finally:
            wait([finding])
        return _SideOfC(first, search)

    def _item_headers(self, plan: Plan) -> ItemHeaders:
        types, others = self._kernels.index(plan), self._kernels.item_index(plan)
        return ItemHeaders(types, others, self._manifest.kernel.view)

    def _judge(self, plan: Plan, c: Side, rust: Side, **found: Mapping[str, Any]) -> TypeJudge:
        """Return the judge of the crate's types. `found` is passed on to it."""
        with self._tools.watch.measure("compare"):
            return TypeJudge(
                self._manifest,
                plan.id,
                self.surface(plan).types,
                c=c,
                rust=rust,
                target=plan.target,
                **found,
            )

    def _judge_searched(self, plan: Plan, c: AskedC, search: HeaderSearch, rust: Side) -> TypeJudge:
        """Return the judge of the crate's types, each with the header that defines its C type.

        A type that bindgen's headers only declared is not searched, because it is not known which
        headers these were.
        """
        manifest, types = self._manifest, self.surface(plan).types
        declared = {
            type_.rust_path
            for number, type_ in enumerate(types)
            if is_declaration(type_, rust.layouts.records.get(ProbeKey("type", number)))
        }
        keys = [one.key for one in candidates_of(manifest, types) if one.rust_path in declared]
        side = c.side.without(frozenset(keys))

        def judge(**found: Mapping[str, Any]) -> TypeJudge:
            known = replace(side.layouts, definitions=search.definitions)
            return self._judge(plan, replace(side, layouts=known), rust, **found)

        wrong = unsettled(*judge().judge()) - declared
        others = search.others(wrong)
        missing = {one.path: search.why(one) for one in search.sought if one.path in wrong}
        return judge(others=others, missing=missing)
