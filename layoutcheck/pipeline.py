"""A manifest and what was asked for -> a `Run`: the only place that knows the stages' order."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final, TypeAlias

from layoutcheck.bindings.surface import Surface
from layoutcheck.c_side import AskedC, OpenKernel, ask_clang, expand_headers, open_kernel
from layoutcheck.errors import ManifestError, NoSuchConfError
from layoutcheck.judging import Side, candidates_of, judge, stale_renames
from layoutcheck.kernel.tree import HeaderTree, open_tree
from layoutcheck.manifest import Manifest, Waiver
from layoutcheck.merging import merge_cells
from layoutcheck.planning import Options, Plan, plan_cells
from layoutcheck.rust_side import ask_rustc, find_surface
from layoutcheck.stopwatch import Stopwatch
from layoutcheck.tools import Progress, Tools
from layoutcheck.verdict import Cell, Run, SetAside, Verdict
from layoutcheck.waiving import waive

if TYPE_CHECKING:
    from layoutcheck.abi import Calculator
    from layoutcheck.explanation import ExplainedRecord

__all__ = ["Pipeline"]

CONF_VARIABLE: Final = "{kernel-conf}"
OTHER_VIEWS: Final = {
    "module": "the view of a module that is built outside a kernel build: the conf does not count",
    "userland": "the view of userland: no _KERNEL, and the conf does not count",
}
_RustKey: TypeAlias = tuple[str, str]


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
        self._trees: dict[tuple[str, str | None, str], HeaderTree] = {}
        self._kernels: dict[Plan, OpenKernel] = {}
        self._surfaces: dict[_RustKey, Surface] = {}
        self._rust: dict[_RustKey, Side] = {}
        self._c: dict[tuple[str, str], AskedC] = {}
        self._left_out: dict[str, tuple[str, ...]] = {}
        self._calculators: dict[str, Calculator] = {}
        self._absent: list[str] = []
        self._folder = Path(tempfile.mkdtemp(prefix="layoutcheck-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

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
                self._kernel(plan)
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
            conf_path = self._kernel(plan).conf_path
            self._surfaces[key] = find_surface(
                self._manifest.bindings, plan.target, self._tools, conf_path=conf_path
            )
        return self._surfaces[key]

    def verify(self) -> Run:
        """Every cell checked. Raises `ManifestError` when there is nothing to check."""
        if not self.plans:
            raise ManifestError(
                "no kernel conf is named",
                where=str(self._manifest.path),
                hint='give --kernel-conf GENERIC, or say conf = "GENERIC" in [kernel]',
            )
        if not self._manifest.kernel.include:
            raise ManifestError(
                "[kernel]: include names no header",
                where=str(self._manifest.path),
                hint="list the headers that define the records, in an order that compiles",
            )
        cells: list[Cell] = []
        verdicts: list[Verdict] = []
        problems: dict[str, None] = {}
        set_aside: dict[str, SetAside] = {}
        used: set[Waiver] = set()
        for plan in self.plans:
            cell, found, aside, left_out = self._check(plan)
            waived, stale = waive(found, self._manifest.waivers)
            cells.append(cell)
            verdicts = list(merge_cells((*verdicts, *waived)))
            set_aside |= {item.rust_path: item for item in aside}
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

    def explain(self, cell: str, c_type: str) -> ExplainedRecord:
        """Why C lays a record out as it does in a cell that was verified: the second opinion.

        Raises `DeclarationError` where its declaration is not understood.
        """
        from layoutcheck.abi import Calculator, Unit, find_psabi  # noqa: PLC0415 - on demand

        if cell not in self._calculators:
            plan = next(plan for plan in self.plans if plan.id == cell)
            psabi = find_psabi(plan.target.name)
            with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
                text = expand_headers(
                    self._kernel(plan),
                    self._manifest.kernel,
                    plan.target,
                    self._tools,
                    left_out=self._left_out[cell],
                    work=Path(folder),
                )
            with self._tools.watch.measure("explain"):
                self._calculators[cell] = Calculator(Unit(text), psabi)
        return self._calculators[cell].explain(c_type)

    def _bindings(self) -> str:
        """A published crate's name and version, else the crate's name alone."""
        bindings = self._manifest.bindings
        return str(bindings) if bindings.crate else self.surface(self.plans[0]).crate

    def _notes(self, used: Collection[Waiver]) -> Iterator[str]:
        """What the manifest says in vain, and which cells there are not."""
        for waiver in self._manifest.waivers:
            if waiver not in used:
                yield f"{waiver.location}: the waiver for {waiver.subject} waives nothing"
        types = [type_ for plan in self.plans for type_ in self.surface(plan).types]
        for rename in stale_renames(self._manifest, types):
            rust = rename.rust if rename.member is None else f"{rename.rust}.{rename.member}"
            yield f"[rename]: the crate has no {rust}"
        yield from self._absent

    def _check(
        self, plan: Plan
    ) -> tuple[Cell, tuple[Verdict, ...], tuple[SetAside, ...], Sequence[str]]:
        manifest, target, tools = self._manifest, plan.target, self._tools
        types, kernel = self.surface(plan).types, self._kernel(plan)
        rust, c = self._ask_rustc(plan), self._ask_clang(plan)
        self._left_out[plan.id] = tuple(c.left_out)
        with tools.watch.measure("compare"):
            verdicts, set_aside = judge(
                manifest, plan.id, types, c=c.side, rust=rust, left_out=c.left_out
            )
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
                    self.surface(plan).types,
                    plan.target,
                    self._tools,
                    conf_path=self._kernel(plan).conf_path,
                    work=Path(folder),
                )
        return self._rust[key]

    def _ask_clang(self, plan: Plan) -> AskedC:
        manifest = self._manifest
        types = self.surface(plan).types
        candidates = [(key, name) for _, key, name in candidates_of(manifest, types)]
        with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
            return ask_clang(
                self._kernel(plan),
                manifest.kernel,
                candidates,
                plan.target,
                self._tools,
                work=Path(folder),
                known=self._c if len(self.plans) > 1 else None,
            )

    def _rust_key(self, plan: Plan) -> _RustKey:
        """What the crate's layouts depend on: the architecture, and a conf that it is handed."""
        handed = any(CONF_VARIABLE in value for _, value in self._manifest.bindings.env)
        conf = self._kernel(plan).conf_path.read_text(encoding="utf-8") if handed else ""
        return plan.target.name, conf

    def _kernel(self, plan: Plan) -> OpenKernel:
        if plan not in self._kernels:
            folder = self._folder / plan.id
            folder.mkdir(exist_ok=True)
            self._kernels[plan] = open_kernel(
                self._tree(plan), plan.conf, plan.target, self._tools, folder=folder
            )
        return self._kernels[plan]

    def _tree(self, plan: Plan) -> HeaderTree:
        key = (plan.headers, plan.release, plan.target.name)
        if key not in self._trees:
            work = Path(tempfile.mkdtemp(dir=self._folder))
            with self._tools.watch.measure("headers"):
                self._trees[key] = open_tree(
                    plan.headers, target=plan.target, release=plan.release, work=work
                )
        return self._trees[key]
