"""A manifest and what was asked for -> a `Run`: the only place that knows the stages' order."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final, TypeAlias

from layoutcheck.bindings.surface import Surface
from layoutcheck.c_side import AskedC, Clang
from layoutcheck.errors import DeclarationError, ManifestError, NoSuchConfError
from layoutcheck.explanation import ExplainedRecord
from layoutcheck.header_search import HeaderSearch, seek, unsettled
from layoutcheck.item_judging import SideOfC
from layoutcheck.item_search import find_items
from layoutcheck.judging import Side, candidates_of, is_declaration, judge, stale_renames
from layoutcheck.kernel.prelude import PRELUDES
from layoutcheck.kernels import Kernels
from layoutcheck.manifest import Manifest, Waiver
from layoutcheck.merging import merge_cells
from layoutcheck.planning import Options, Plan, plan_cells
from layoutcheck.rust_side import ask_rustc, find_surface
from layoutcheck.stopwatch import Stopwatch
from layoutcheck.tools import Progress, Tools
from layoutcheck.verdict import Cell, Kind, Run, SetAside, Verdict
from layoutcheck.waiving import waive

if TYPE_CHECKING:
    from layoutcheck.abi import Calculator

__all__ = ["Pipeline"]

CONF_VARIABLE: Final = "{kernel-conf}"
OTHER_VIEWS: Final = {
    "module": "the view of a module that is built outside a kernel build: the conf does not count",
    "userland": "the view of userland: no _KERNEL, and the conf does not count",
}
_RustKey: TypeAlias = tuple[str, str]
Judged: TypeAlias = tuple[tuple[Verdict, ...], tuple[SetAside, ...]]


class Pipeline:
    """One manifest, checked as the options say; tools and crates are looked at once, when needed.

    Everything raised is a `LayoutcheckError` of the stage that it happened in.
    """

    def __init__(
        self, manifest: Manifest, options: Options, *, progress: Progress = lambda _: None
    ) -> None:
        wanted = replace(manifest.kernel, view=options.view or manifest.kernel.view)
        self._manifest, self._options = replace(manifest, kernel=wanted), options
        self._tools = Tools(progress, Stopwatch())
        self._kernels = Kernels(self._tools)
        self._surfaces: dict[_RustKey, Surface] = {}
        self._rust: dict[_RustKey, Side] = {}
        self._c: dict[tuple[str, ...], AskedC] = {}
        self._items: dict[tuple[str, ...], SideOfC] = {}
        self._units: dict[str, tuple[tuple[str, ...], ...]] = {}
        self._calculators: dict[tuple[str, tuple[str, ...]], Calculator] = {}
        self._absent: list[str] = []

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The cells, none when no kernel conf is named anywhere.

        Of several architectures and releases some may have no conf of a name that others have:
        there is no such kernel, and the run says so.
        """
        planned = plan_cells(self._manifest.kernel, self._options, where=str(self._manifest.path))
        missing: dict[Plan, NoSuchConfError] = {}
        for plan in planned if len(planned) > 1 else ():
            try:
                self._kernels.kernel(plan)
            except NoSuchConfError as error:
                missing[plan] = error
        there = {plan.conf for plan in planned if plan not in missing}
        for plan, why in missing.items():
            if plan.conf not in there:
                raise why
            self._absent.append(f"not checked, for there is none: {plan.id} ({why.where})")
        return tuple(plan for plan in planned if plan not in missing)

    def surface(self, plan: Plan) -> Surface:
        """The crate's ABI surface in a cell."""
        key = self._rust_key(plan)
        if key not in self._surfaces:
            conf_path = self._kernels.kernel(plan).conf_path
            self._surfaces[key] = find_surface(
                self._manifest.bindings, plan.target, self._tools, conf_path=conf_path
            )
        return self._surfaces[key]

    def subjects(self, plan: Plan) -> tuple[tuple[Kind, str], ...]:
        """The kind and the path of what has a verdict or is set aside, but for generic types."""
        surface = self.surface(plan)
        types = (t.rust_path for t in surface.types if not t.generic)
        items = ((item.kind, item.rust_path) for item in surface.items)
        return (*(("record", path) for path in types), *items)

    def verify(self) -> Run:
        """Every cell checked. Raises `ManifestError` when there is nothing to check."""
        if not self.plans:
            raise ManifestError(
                "no kernel conf is named",
                where=str(self._manifest.path),
                hint='give --kernel-conf GENERIC, or say conf = "GENERIC" in [kernel]',
            )
        cells: list[Cell] = []
        verdicts: list[Verdict] = []
        problems: dict[str, None] = {}
        set_aside: dict[tuple[Kind, str], SetAside] = {}
        used: set[Waiver] = set()
        for plan in self.plans:
            cell, found, aside, left_out = self._check(plan)
            waived, stale = waive(found, self._manifest.waivers)
            cells.append(cell)
            verdicts = list(merge_cells((*verdicts, *waived)))
            set_aside |= {item.key: item for item in aside}
            problems |= dict.fromkeys(left_out)
            used |= set(self._manifest.waivers) - set(stale)
        if not verdicts:
            raise ManifestError(
                f"{self._manifest.bindings} has no repr(C) struct or union to check",
                where=str(self._manifest.path),
                hint="are the features, the cfg and the target those that the bindings want?",
            )
        return Run(
            bindings=self._bindings(),
            cells=tuple(cells),
            verdicts=tuple(verdicts),
            set_aside=tuple(set_aside.values()),
            problems=tuple(problems),
            notes=tuple(self._notes(used)),
            seconds=self._tools.watch.seconds(),
        )

    def explain(self, verdict: Verdict) -> ExplainedRecord:
        """Why C lays a verified record out as it does, in its first cell: the second opinion.

        Raises `DeclarationError` where its declaration is not understood.
        """
        found: ExplainedRecord | DeclarationError = DeclarationError("it has no C type")
        for unit in self._units[verdict.cells[0]]:
            try:
                found = self._calculator(verdict.cells[0], unit).explain(verdict.c_name or "")
            except DeclarationError as error:
                found = found if isinstance(found, ExplainedRecord) else error
                continue
            if verdict.c is not None and found.record.byte_size == verdict.c.byte_size:
                break
        if isinstance(found, DeclarationError):
            raise found
        return found

    def _calculator(self, cell: str, unit: tuple[str, ...]) -> Calculator:
        """What computes the layouts of a cell's unit."""
        from layoutcheck.abi import Calculator, Unit, find_psabi  # noqa: PLC0415 - on demand

        if (cell, unit) not in self._calculators:
            plan = next(plan for plan in self.plans if plan.id == cell)
            with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
                text = self._clang(plan, Path(folder)).expand(unit)
            with self._tools.watch.measure("explain"):
                psabi = find_psabi(plan.target.name)
                self._calculators[cell, unit] = Calculator(Unit(text), psabi)
        return self._calculators[cell, unit]

    def _bindings(self) -> str:
        """A published crate's name and version, else the crate's name alone."""
        bindings = self._manifest.bindings
        return str(bindings) if bindings.crate else self.surface(self.plans[0]).crate

    def _notes(self, used: Collection[Waiver]) -> Iterator[str]:
        """What the manifest says in vain, and which cells there are not."""
        for waiver in self._manifest.waivers:
            if waiver not in used:
                yield f"{waiver.location}: the waiver for {waiver.subject} waives nothing"
        surfaces = [self.surface(plan) for plan in self.plans]
        types = [type_ for surface in surfaces for type_ in surface.types]
        items = {item.rust_path for surface in surfaces for item in surface.items}
        for rename in stale_renames(self._manifest, types, items):
            rust = rename.rust if rename.member is None else f"{rename.rust}.{rename.member}"
            yield f"[rename]: the crate has no {rust}"
        yield from self._absent

    def _check(
        self, plan: Plan
    ) -> tuple[Cell, tuple[Verdict, ...], tuple[SetAside, ...], Sequence[str]]:
        manifest, target, tools = self._manifest, plan.target, self._tools
        kernel, rust = self._kernels.kernel(plan), self._ask_rustc(plan)
        with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
            clang = self._clang(plan, Path(folder))
            c, (verdicts, set_aside) = (
                self._judge_included(plan, clang, rust)
                if manifest.kernel.include
                else self._judge_searched(plan, clang, rust)
            )
            items, items_aside = find_items(
                manifest,
                plan.id,
                self.surface(plan).items,
                rust.telling(verdicts),
                clang,
                includes=c.includes if manifest.kernel.include else None,
                index=lambda kind: (
                    self._kernels.index(plan) if kind == "enum" else self._kernels.item_index(plan)
                ),
            )
            verdicts, set_aside = (*verdicts, *items), (*set_aside, *items_aside)
        stubs = (
            f"stubs stand in for {', '.join(c.stubs)}, which these headers lack; "
            "what only the real ones define is not known"
        )
        view = OTHER_VIEWS.get(manifest.kernel.view)
        cell = Cell(
            id=plan.id,
            release=kernel.tree.release,
            arch=target.name,
            machine=target.machine,
            machine_arch=target.machine_arch,
            kernel_conf=PurePath(plan.conf).name,
            kernel_conf_origin=kernel.conf.conf.origin,
            headers=kernel.tree.description,
            clang=tools.clang.version,
            rustc=tools.rust(target).version,
            c_producer=c.side.layouts.producer,
            rust_producer=rust.layouts.producer,
            notes=(
                *((view,) if view else ()),
                *kernel.conf.conf.messages,
                *((stubs,) if c.stubs else ()),
            ),
        )
        problems = [
            f"<{name}> does not compile: {errors[0]}" for name, errors in c.left_out.items()
        ]
        return cell, verdicts, set_aside, problems

    def _ask_rustc(self, plan: Plan) -> Side:
        key = self._rust_key(plan)
        if key not in self._rust:
            with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
                self._rust[key] = ask_rustc(
                    self._manifest.bindings,
                    self.surface(plan),
                    plan.target,
                    self._tools,
                    conf_path=self._kernels.kernel(plan).conf_path,
                    work=Path(folder),
                )
        return self._rust[key]

    def _clang(self, plan: Plan, work: Path) -> Clang:
        return Clang(
            self._kernels.kernel(plan),
            self._manifest.kernel,
            plan.target,
            self._tools,
            work=work,
            known=self._c if len(self.plans) > 1 else None,
            known_items=self._items if len(self.plans) > 1 else None,
        )

    def _judge_included(self, plan: Plan, clang: Clang, rust: Side) -> tuple[AskedC, Judged]:
        """The verdicts on what the manifest's headers define, in one unit."""
        manifest, types = self._manifest, self.surface(plan).types
        candidates = [(key, name) for _, key, name in candidates_of(manifest, types)]
        c = clang.ask(manifest.kernel.include, candidates)
        self._units[plan.id] = (c.includes,)
        with self._tools.watch.measure("compare"):
            judged = judge(manifest, plan.id, types, c=c.side, rust=rust, left_out=c.left_out)
        return c, judged

    def _judge_searched(self, plan: Plan, clang: Clang, rust: Side) -> tuple[AskedC, Judged]:
        """The verdicts on what the headers define that each subject's C type is found in.

        What bindgen's headers only declared is not sought: which headers these were is not known.
        """
        manifest, types = self._manifest, self.surface(plan).types
        index = self._kernels.index(plan)
        hints = {type_.rust_path: type_.defined_in for type_ in types}
        declared = {
            type_.rust_path
            for number, type_ in enumerate(types)
            if is_declaration(type_, rust.layouts.records.get(str(number)))
        }
        candidates = [c for c in candidates_of(manifest, types) if c.rust_path not in declared]
        programs = manifest.kernel.view == "userland"
        sought = seek(candidates, hints, index, programs=programs)
        search = HeaderSearch(clang, index, PRELUDES[manifest.kernel.view], sought)
        c = search.first()
        with self._tools.watch.measure("compare"):
            verdicts, aside = judge(manifest, plan.id, types, c=c.side, rust=rust, left_out=())
        wrong = unsettled(verdicts, aside)
        if wrong:
            others = search.others(wrong)
            missing = {one.path: search.why(one) for one in sought if one.path in wrong}
            with self._tools.watch.measure("compare"):
                verdicts, aside = judge(
                    manifest,
                    plan.id,
                    types,
                    c=c.side,
                    rust=rust,
                    left_out=(),
                    others=others,
                    missing=missing,
                )
        self._units[plan.id] = search.units
        return replace(c, stubs=search.stubs), (verdicts, aside)

    def _rust_key(self, plan: Plan) -> _RustKey:
        """What the crate's layouts depend on: the architecture, and a conf that it is handed."""
        handed = any(CONF_VARIABLE in value for _, value in self._manifest.bindings.env)
        conf = self._kernels.kernel(plan).conf_path.read_text(encoding="utf-8") if handed else ""
        return plan.target.name, conf
