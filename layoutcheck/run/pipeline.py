"""A manifest and the user's options -> a `Run`. Only this module knows the order of the stages."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from layoutcheck.bindings.rustdoc.surface import Surface
from layoutcheck.cache.store import Cache
from layoutcheck.errors import DeclarationError, ManifestError
from layoutcheck.judge.judge_types import stale_names
from layoutcheck.judge.merging import merge_cells
from layoutcheck.judge.waiving import waive
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.manifest.reader import Bindings, Manifest, Waiver
from layoutcheck.model.explanation import ExplainedRecord
from layoutcheck.model.sharding import Shard
from layoutcheck.model.verdict import Kind, Run, SetAside, Verdict
from layoutcheck.run.checking import CheckedCell, Checker
from layoutcheck.run.open_kernels import Kernels
from layoutcheck.run.planning import Options, Plan, plan_cells
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.threads import Workers
from layoutcheck.run.toolchain.toolset import Progress, Tools

if TYPE_CHECKING:
    from layoutcheck.abi import Calculator

__all__ = ["Pipeline"]


class Pipeline:
    """Check of one manifest under the options. Tools and crates are looked at once, when needed.

    Every exception is a `LayoutcheckError` of the stage in which it happened.
    """

    def __init__(
        self,
        manifest: Manifest,
        options: Options,
        *,
        progress: Progress = lambda _: None,
    ) -> None:
        wanted = replace(manifest.kernel, view=options.view or manifest.kernel.view)
        self._manifest, self._options = replace(manifest, kernel=wanted), options
        self._warnings: list[str] = []
        self._cache = Cache(options.cache, warn=self._warnings.append)
        self._tools = Tools(progress, Stopwatch(), self._cache)
        self._kernels = Kernels(self._tools)
        self._units: dict[str, tuple[tuple[str, ...], ...]] = {}
        self._calculators: dict[tuple[str, tuple[str, ...]], Calculator] = {}

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """Cells to check; none if no kernel conf is named, or if the shard has no cell."""
        shard, (plans, _) = self._options.shard, self._existing
        return plans if shard is None else shard.of(plans)

    @cached_property
    def shard(self) -> Shard | None:
        """Shard that is checked, with the whole plan; None if no shard is chosen."""
        ids = tuple(plan.id for plan in self._existing[0])
        return self._options.shard and replace(self._options.shard, plan=ids)

    @cached_property
    def _existing(self) -> tuple[tuple[Plan, ...], tuple[str, ...]]:
        """Cells of all shards, and notes on the cells that do not exist."""
        where = str(self._manifest.path)
        return self._kernels.existing(plan_cells(self._manifest.kernel, self._options, where=where))

    @cached_property
    def _checker(self) -> Checker:
        several = len(self.plans) > 1
        return Checker(self._manifest, self._kernels, self._tools, several=several)

    @property
    def bindings(self) -> Bindings:
        """Return the manifest's bindings."""
        return self._manifest.bindings

    @property
    def kernel(self) -> Kernel:
        """Return the manifest's kernel."""
        return self._manifest.kernel

    def surface(self, plan: Plan) -> Surface:
        """Return the crate's ABI surface in a cell."""
        return self._checker.surface(plan)

    def subjects(self, plan: Plan) -> tuple[tuple[Kind, str], ...]:
        """Return the kind and the path of each item that is checked or skipped, except generics."""
        surface = self.surface(plan)
        types = (t.rust_path for t in surface.types if not t.generic and not t.is_alias)
        items = ((item.subject, item.rust_path) for item in surface.items)
        return (*(("record", path) for path in types), *items)

    def verify(self) -> Run:
        """Check every cell. Raises `ManifestError` if there is nothing to check."""
        if not self._existing[0]:
            raise ManifestError(
                "no kernel conf is named",
                where=str(self._manifest.path),
                hint='give --kernel-conf GENERIC, or say conf = "GENERIC" in [kernel]',
            )
        verdicts: list[Verdict] = []
        set_aside: dict[tuple[Kind, str], SetAside] = {}
        used: set[Waiver] = set()
        checked = self._check_cells()
        for cell in checked:
            waived, stale = waive(cell.verdicts, self._manifest.waivers)
            self._units[cell.cell.id] = cell.units
            verdicts += waived
            set_aside |= {item.key: item for item in cell.set_aside}
            used |= set(self._manifest.waivers) - set(stale)
        if not verdicts and self.plans:
            raise ManifestError(
                f"{self._manifest.bindings} has no repr(C) struct or union to check",
                where=str(self._manifest.path),
                hint="are the features, the cfg and the target those that the bindings want?",
            )
        return Run(
            bindings=self._bindings(),
            cells=tuple(cell.cell for cell in checked),
            verdicts=merge_cells(verdicts),
            set_aside=tuple(set_aside.values()),
            problems=tuple(dict.fromkeys(what for cell in checked for what in cell.problems)),
            notes=tuple(self._notes(used)),
            shard=self.shard,
            seconds=self._tools.watch.seconds(),
        )

    def _check_cells(self) -> tuple[CheckedCell, ...]:
        """Check the cells, several at a time, and return the result of each."""
        with Workers(self._options.jobs) as workers:
            checked = tuple(
                workers.map(lambda plan: self._checker.check(plan, workers), self.plans)
            )
        self._cache.close()
        return checked

    def explain(self, verdict: Verdict) -> ExplainedRecord:
        """Explain the C layout of a checked record in its first cell, as a second opinion.

        Raises `DeclarationError` if the record's declaration is not understood.
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
        """Return the calculator of the layouts in a cell's unit."""
        from layoutcheck.abi import Calculator, Unit, find_psabi  # noqa: PLC0415 - on demand

        if (cell, unit) not in self._calculators:
            plan = next(plan for plan in self.plans if plan.id == cell)
            with tempfile.TemporaryDirectory(prefix="layoutcheck-") as folder:
                text = self._checker.clang(plan, Path(folder)).expand(unit)
            with self._tools.watch.measure("explain"):
                psabi = find_psabi(plan.target.name)
                self._calculators[cell, unit] = Calculator(Unit(text), psabi)
        return self._calculators[cell, unit]

    def _bindings(self) -> str:
        """Return a published crate's name and version, else its name; its path if not compiled."""
        bindings = self._manifest.bindings
        unasked = bindings.crate or not self.plans
        return str(bindings) if unasked else self.surface(self.plans[0]).crate

    def _notes(self, used: Collection[Waiver]) -> Iterator[str]:
        """Yield notes on unused entries of the manifest, missing cells, and the cache."""
        for waiver in self._manifest.waivers:
            if waiver not in used:
                yield f"{waiver.location}: the waiver for {waiver.subject} waives nothing"
        yield from stale_names(self._manifest, [self.surface(plan) for plan in self.plans])
        yield from self._existing[1]
        yield from self._warnings
