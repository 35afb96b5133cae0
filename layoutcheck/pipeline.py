"""A manifest and what was asked for -> a `Run`: the only place that knows the stages' order."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath

from layoutcheck.bindings.surface import Surface
from layoutcheck.c_side import OpenKernel, ask_clang, open_kernel
from layoutcheck.errors import ManifestError
from layoutcheck.judging import candidates_of, judge, stale_renames
from layoutcheck.manifest import Manifest
from layoutcheck.rust_side import ask_rustc, find_surface
from layoutcheck.stopwatch import Stopwatch
from layoutcheck.target import Target, find_target
from layoutcheck.tools import Progress, Tools
from layoutcheck.verdict import Cell, Run, SetAside, Verdict
from layoutcheck.waiving import waive

__all__ = ["Options", "Pipeline", "Plan", "split_lists"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user asked for on top of the manifest; what is empty is as the manifest says."""

    kernel_conf: tuple[str, ...] = ()
    kernel_src: str | None = None
    kernel_release: str | None = None
    kernel_arch: tuple[str, ...] = ()


def split_lists(values: Iterable[str]) -> tuple[str, ...]:
    """Repeated options and comma lists, flat: `["a,b", "c"]` is a, b, c."""
    return tuple(part for value in values for part in value.split(",") if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One cell to be checked: `id` is `<machine>-<conf>`."""

    id: str
    target: Target
    conf: str


class Pipeline:
    """One manifest, checked as the options say; tools and crates are looked at once, when needed.

    Everything raised is a `LayoutcheckError` of the stage that it happened in.
    """

    def __init__(
        self, manifest: Manifest, options: Options, *, progress: Progress = lambda _: None
    ) -> None:
        self._manifest, self._options = manifest, options
        self._tools = Tools(progress, Stopwatch())
        self._surfaces: dict[str, Surface] = {}
        self._kernels: dict[str, OpenKernel] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="layoutcheck-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The cells, architectures first; none when no kernel conf is named anywhere."""
        kernel, options = self._manifest.kernel, self._options
        targets = [find_target(name) for name in options.kernel_arch or kernel.arch]
        plans = {
            Plan(id=f"{target.name}-{PurePath(conf).name}", target=target, conf=conf): None
            for target in targets
            for conf in options.kernel_conf or kernel.conf
        }
        for name, count in Counter(plan.id for plan in plans).items():
            if count > 1:
                raise ManifestError(
                    f"{count} kernel confs of the same name make {name} ambiguous",
                    where=str(self._manifest.path),
                    hint="check them one after the other",
                )
        return tuple(plans)

    def surface(self, plan: Plan) -> Surface:
        """The crate's ABI surface in a cell."""
        if plan.id not in self._surfaces:
            conf_path = self._kernel(plan).conf_path
            self._surfaces[plan.id] = find_surface(
                self._manifest.bindings, plan.target, self._tools, conf_path=conf_path
            )
        return self._surfaces[plan.id]

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
        problems: list[str] = []
        set_aside: dict[str, SetAside] = {}
        for plan in self.plans:
            cell, found, aside, left_out = self._check(plan)
            cells.append(cell)
            verdicts += found
            set_aside |= {item.rust_path: item for item in aside}
            problems += left_out
        if not verdicts:
            raise ManifestError(
                f"{self._manifest.bindings} has no repr(C) struct or union to check",
                where=str(self._manifest.path),
                hint="are the features, the cfg and the target those that the bindings want?",
            )
        waived, stale = waive(verdicts, self._manifest.waivers)
        notes = [f"{w.location}: the waiver for {w.subject} waives nothing" for w in stale]
        types = [type_ for plan in self.plans for type_ in self.surface(plan).types]
        for rename in stale_renames(self._manifest, types):
            rust = rename.rust if rename.member is None else f"{rename.rust}.{rename.member}"
            notes.append(f"[rename]: the crate has no {rust}")
        return Run(
            bindings=self._bindings(),
            cells=tuple(replace(cell, notes=(*cell.notes, *notes)) for cell in cells),
            verdicts=waived,
            set_aside=tuple(set_aside.values()),
            problems=tuple(problems),
            seconds=self._tools.watch.seconds(),
        )

    def _bindings(self) -> str:
        """A published crate's name and version, else the crate's name alone."""
        bindings = self._manifest.bindings
        return str(bindings) if bindings.crate else self.surface(self.plans[0]).crate

    def _check(
        self, plan: Plan
    ) -> tuple[Cell, tuple[Verdict, ...], tuple[SetAside, ...], list[str]]:
        manifest, target, tools = self._manifest, plan.target, self._tools
        types, kernel = self.surface(plan).types, self._kernel(plan)
        candidates = [(key, name) for _, key, name in candidates_of(manifest, types)]
        with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
            work = Path(folder)
            rust = ask_rustc(
                manifest.bindings, types, target, tools, conf_path=kernel.conf_path, work=work
            )
            c = ask_clang(kernel, manifest.kernel, candidates, target, tools, work=work)
        with tools.watch.measure("compare"):
            verdicts, set_aside = judge(
                manifest, plan.id, types, c=c.side, rust=rust, left_out=c.left_out
            )
        stubs = (
            f"stubs stand in for {', '.join(c.stubs)}, which these headers lack; "
            "what only the real ones define is not known"
        )
        cell = Cell(
            release=kernel.tree.release,
            machine=target.machine,
            machine_arch=target.machine_arch,
            kernel_conf=PurePath(plan.conf).name,
            kernel_conf_origin=kernel.conf.conf.origin,
            headers=kernel.tree.description,
            clang=tools.clang.version,
            rustc=tools.rust(target).version,
            c_producer=c.side.layouts.producer,
            rust_producer=rust.layouts.producer,
            notes=(*kernel.conf.conf.messages, *((stubs,) if c.stubs else ())),
        )
        problems = [
            f"<{name}> does not compile: {errors[0]}" for name, errors in c.left_out.items()
        ]
        return cell, verdicts, set_aside, problems

    def _kernel(self, plan: Plan) -> OpenKernel:
        if plan.id not in self._kernels:
            folder = self._folder / plan.id
            folder.mkdir()
            self._kernels[plan.id] = open_kernel(
                self._options.kernel_src or self._manifest.kernel.headers,
                plan.conf,
                plan.target,
                self._tools,
                release=self._options.kernel_release or self._manifest.kernel.release,
                folder=folder,
            )
        return self._kernels[plan.id]
