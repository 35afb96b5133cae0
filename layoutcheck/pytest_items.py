"""Manifests as pytest files, records as pytest items; imported only once a manifest is met.

A manifest's run is made when it is collected: so a missing compiler or a crate that does not build
is one error, not one for each record, and deselecting records changes nothing that is compiled.
Under xdist one worker makes the run, and the others and the controller read it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from filelock import FileLock

from layoutcheck.errors import LayoutcheckError
from layoutcheck.manifest import read_manifest
from layoutcheck.pipeline import Options, Pipeline, split_lists
from layoutcheck.report.files import parse_requests, write_reports
from layoutcheck.report.summary import render_summary
from layoutcheck.report.terminal import render_difference
from layoutcheck.run_json import run_from_json, run_to_json
from layoutcheck.verdict import Run, Status, Verdict

__all__ = ["LayoutFile", "LayoutItem", "finish", "shared_folder", "summarize"]

RUNS: Final = pytest.StashKey[dict[Path, Run]]()
SHARED: Final = pytest.StashKey[tempfile.TemporaryDirectory[str]]()
REPORTS: Final = pytest.StashKey[list[str]]()

OPAQUE: Final = "opaque: it has no size, so there is no layout to compare"


class LayoutMismatchError(Exception):
    """What fails an item: its verdict, which `LayoutItem.repr_failure` shows."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"{verdict.rust_path}: {verdict.status.value}")
        self.verdict = verdict


class LayoutFile(pytest.File):
    """One manifest."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each cell and each record of the crate."""
        try:
            pipeline = Pipeline(
                read_manifest(self.path), _options(self.config), progress=self._tell
            )
            if not pipeline.plans:
                _note(self.config, f"{self.path}: not checked: no kernel conf (--kernel-conf)")
                return
            self.config._layoutcheck_in_use = True  # type: ignore[attr-defined]  # noqa: SLF001
            paths = [
                (plan.id, type_.rust_path)
                for plan in pipeline.plans
                for type_ in pipeline.surface(plan).types
                if not type_.generic
            ]
            verdicts: Mapping[tuple[str, str], Verdict] = {}
            if not self.config.option.collectonly:
                run = self._run(pipeline)
                self.config.stash.setdefault(RUNS, {})[self.path] = run
                verdicts = {(v.cell, v.rust_path): v for v in run.verdicts}
        except LayoutcheckError as error:
            raise self.CollectError(str(error)) from error
        for cell, path in paths:
            yield LayoutItem.from_parent(
                self, name=f"{cell}::{path}", verdict=verdicts.get((cell, path))
            )

    def _run(self, pipeline: Pipeline) -> Run:
        """The manifest's run: made here, or read from where another xdist worker put it."""
        folder = getattr(self.config, "workerinput", {}).get("layoutcheck_runs")
        if folder is None:
            return pipeline.verify()
        shared = Path(folder) / hashlib.sha256(str(self.path).encode()).hexdigest()[:16]
        with FileLock(f"{shared}.lock"):
            if not shared.exists():
                text = json.dumps(run_to_json(pipeline.verify()))
                shared.write_text(text, encoding="utf-8")
            return run_from_json(json.loads(shared.read_text(encoding="utf-8")))

    def _tell(self, message: str) -> None:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and reporter.isatty:
            reporter.rewrite(f"layoutcheck: {message}", erase=True)


class LayoutItem(pytest.Item):
    """One record in one cell."""

    def __init__(self, *, verdict: Verdict | None, **kwargs: Any) -> None:  # noqa: ANN401 - pytest's
        super().__init__(**kwargs)
        self._verdict = verdict

    def runtest(self) -> None:
        """Pass if the layouts agree; xfail what is waived, skip what has no layout."""
        verdict = self._verdict
        if verdict is None:
            pytest.skip(OPAQUE)
        if verdict.status is Status.WAIVED:
            pytest.xfail(f"waived: {verdict.reason}")
        if verdict.status is not Status.AGREES:
            raise LayoutMismatchError(verdict)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: object) -> str:
        """Both layouts side by side, instead of a traceback."""
        if isinstance(excinfo.value, LayoutMismatchError):
            return render_difference(excinfo.value.verdict)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the record is declared in Rust."""
        location = self._verdict.rust_location if self._verdict else None
        if location is None:
            return self.path, None, self.name
        return Path(location.path), max(location.line - 1, 0), self.name


def shared_folder(config: pytest.Config) -> Path:
    """The folder through which xdist's workers share runs; it goes with the session."""
    if SHARED not in config.stash:
        config.stash[SHARED] = tempfile.TemporaryDirectory(prefix="layoutcheck-runs-")
        config._layoutcheck_in_use = True  # type: ignore[attr-defined]  # noqa: SLF001
    return Path(config.stash[SHARED].name)


def finish(session: pytest.Session) -> None:
    """Write the reports; a run with problems does not pass even if all its items do."""
    config = session.config
    runs = _runs(config)
    requests = parse_requests(config.getoption("layout_report") or ())
    try:
        for path in write_reports(requests, runs):
            _note(config, f"report: {path}")
    except LayoutcheckError as error:
        _note(config, str(error))
        session.exitstatus = pytest.ExitCode.USAGE_ERROR
    if session.exitstatus == pytest.ExitCode.OK and any(run.problems for run in runs):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def summarize(reporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print one paragraph a run, and what there is to say besides."""
    runs, notes = _runs(config), config.stash.get(REPORTS, [])
    if runs or notes:
        reporter.section("layoutcheck", sep="=")
    for run in runs:
        reporter.write(render_summary(run))
    for note in notes:
        reporter.write_line(note)


def _runs(config: pytest.Config) -> list[Run]:
    """This session's runs in order of their manifests' paths, the workers' included."""
    if SHARED in config.stash:
        files = sorted(p for p in shared_folder(config).iterdir() if not p.suffix)
        return [run_from_json(json.loads(f.read_text(encoding="utf-8"))) for f in files]
    return [run for _, run in sorted(config.stash.get(RUNS, {}).items())]


def _note(config: pytest.Config, text: str) -> None:
    config.stash.setdefault(REPORTS, []).append(text)


def _options(config: pytest.Config) -> Options:
    return Options(
        kernel_conf=split_lists(config.getoption("kernel_conf") or ()),
        kernel_src=config.getoption("kernel_src"),
        kernel_release=config.getoption("kernel_release"),
        kernel_arch=split_lists(config.getoption("kernel_arch") or ()),
    )
