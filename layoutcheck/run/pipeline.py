"""A manifest and the user's options -> a `Run`. Only this module knows the order of the stages."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from layoutcheck.bindings.rustdoc.surface import Surface
from layoutcheck.cache.store import Cache
from layoutcheck.errors import (
    DeclarationError,
    LayoutcheckError,
    ManifestError,
    ToolchainError,
)
from layoutcheck.judge.judge_types import stale_names
from layoutcheck.judge.merging import merge_cells
from layoutcheck.judge.waiving import waive
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.manifest.reader import Bindings, Manifest, Waiver
from layoutcheck.model.explanation import ExplainedRecord
from layoutcheck.model.sharding import Shard
from layoutcheck.model.verdict import Kind, Run, SetAside, Verdict
from layoutcheck.model.words import counted
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
        self._failed: dict[str, LayoutcheckError] = {}
        self._units: dict[str, tuple[tuple[str, ...], ...]] = {}
        self._calculators: dict[tuple[str, tuple[str, ...]], Calculator] = {}

    @property
    def manifest(self) -> Path:
        """The manifest's file."""
        return self._manifest.path

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
        """Return the kind and the path of each item that is checked or skipped, except generics.

        A cell that could not be checked has none.
        """
        if plan.id in self._failed:
            return ()
        surface = self.surface(plan)
        types = (t.rust_path for t in surface.types if not t.generic and not t.is_alias)
        items = ((item.subject, item.rust_path) for item in surface.items)
        return (*(("record", path) for path in types), *items)

    def verify(self) -> Run:
        """Check every cell. Raises `ManifestError` if there is nothing to check.

        If some cells cannot be checked (the crate does not compile for an architecture), they are
        problems of the run. If none can, the first error is raised.
        """
        if not self._existing[0]:
            raise ManifestError(
                "no kernel conf is named",
                where=str(self._manifest.path),
                hint='give --kernel-conf GENERIC, or say conf = "GENERIC" in [kernel]',
            )
        verdicts: list[Verdict] = []
        set_aside: dict[tuple[Kind, str], SetAside] = {}
        used: defaultdict[Waiver, set[tuple[Kind, str]]] = defaultdict(set)
        checked, today = self._check_cells(), datetime.now(tz=UTC).date()
        for cell in checked:
            waived, uses = waive(cell.verdicts, self._manifest.waivers, today=today)
            self._units[cell.cell.id] = cell.units
            verdicts += waived
            set_aside |= {item.key: item for item in cell.set_aside}
            for waiver, keys in uses.items():
                used[waiver] |= keys
        if not verdicts and self.plans:
            raise ManifestError(
                f"{self._manifest.bindings} has no repr(C) struct or union to check",
                where=str(self._manifest.path),
                hint="are the features, the cfg and the target those that the bindings want?",
            )
        stale = (*self._unused(used, today), *stale_names(self._manifest, self._surfaces()))
        return Run(
            bindings=self._bindings(),
            cells=tuple(cell.cell for cell in checked),
            verdicts=merge_cells(verdicts),
            set_aside=tuple(set_aside.values()),
            problems=(
                *(f"{cell} is not checked: {_brief(e)}" for cell, e in self._failed.items()),
                *dict.fromkeys(what for cell in checked for what in cell.problems),
                *self._miscounted(used),
                *(stale if self._options.strict else ()),
            ),
            notes=(*(() if self._options.strict else stale), *self._notes()),
            shard=self.shard,
            seconds=self._tools.watch.seconds(),
        )

    def _check_cells(self) -> tuple[CheckedCell, ...]:
        """Check the cells, several at a time, and return the result of each that can be checked."""
        with Workers(self._options.jobs) as workers:
            results = tuple(workers.map(lambda plan: self._try_cell(plan, workers), self.plans))
        self._cache.close()
        checked = tuple(one for one in results if isinstance(one, CheckedCell))
        errors = [one for one in results if isinstance(one, LayoutcheckError)]
        if errors and (not checked or self._options.shard is not None):
            raise errors[0]  # a shard has all of its cells, so that it can be merged
        return checked

    def _try_cell(self, plan: Plan, workers: Workers) -> CheckedCell | LayoutcheckError:
        """Return the result of a cell, or its error. Errors of the toolchain are raised."""
        try:
            return self._checker.check(plan, workers)
        except ToolchainError:
            raise
        except LayoutcheckError as error:
            self._failed[plan.id] = error
            return error

    @property
    def _checked_plans(self) -> tuple[Plan, ...]:
        return tuple(plan for plan in self.plans if plan.id not in self._failed)

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
        plans = self._checked_plans
        return str(bindings) if bindings.crate or not plans else self.surface(plans[0]).crate

    def _surfaces(self) -> list[Surface]:
        """Return the crate's surface in each cell that was checked."""
        return [self.surface(plan) for plan in self._checked_plans]

    def _unused(self, used: Collection[Waiver], today: date) -> Iterator[str]:
        """Yield a message for each waiver that waives nothing, or has expired."""
        for waiver in self._manifest.waivers:
            what = f"{waiver.location}: the waiver for {waiver.subject}"
            if waiver.expires is not None and waiver.expires < today:
                yield f"{what} expired on {waiver.expires}: it waives nothing"
            elif waiver not in used:
                yield f"{what} waives nothing"

    def _miscounted(self, used: Mapping[Waiver, Collection[object]]) -> Iterator[str]:
        """Yield a message for each waiver that waives more or fewer items than its `count`.

        A shard does not have all cells, and so perhaps not all items.
        """
        for waiver in self._manifest.waivers if self.shard is None else ():
            number = len(used.get(waiver, ()))
            if waiver.count not in {None, number}:
                what = f"{waiver.location}: the waiver for {waiver.subject}"
                yield f"{what} waives {counted(number, 'item')}, and its count is {waiver.count}"

    def _notes(self) -> Iterator[str]:
        """Yield notes on missing cells and on the cache."""
        yield from self._existing[1]
        yield from self._warnings


def _brief(error: LayoutcheckError) -> str:
    """Return an error's place and message, and the first line of the compiler's, on one line."""
    return ": ".join(str(error).splitlines()[:2])
