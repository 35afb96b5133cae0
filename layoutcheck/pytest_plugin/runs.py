"""A manifest and a session's options -> its items and its run; made once for all of xdist.

One worker makes the run and writes it into a folder; the others wait, read it there, and start no
tool.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from layoutcheck.cache.folders import layouts_folder
from layoutcheck.errors import LayoutcheckError
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.json.runs import run_from_json, run_to_json
from layoutcheck.model.sharding import parse_shard
from layoutcheck.model.verdict import Kind, Run
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options, split_lists

__all__ = ["Made", "make_run", "read_runs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Result of a manifest: the keys of its items, by cell, and its run.

    The run is None under `--collect-only`, and if no kernel conf is named (`without_conf`). `note`
    is why there is no item.
    """

    subjects: tuple[tuple[str, Kind, str], ...] = ()
    run: Run | None = None
    note: str | None = None
    without_conf: bool = False


def make_run(path: Path, config: pytest.Config, tell: Callable[[str], None]) -> Made:
    """Return the result of the manifest at `path` under the session's options.

    `tell` reports progress. The run is made here, or read from another worker's file. Raises
    `LayoutcheckError`, also that of the other worker.
    """
    folder = getattr(config, "workerinput", {}).get("layoutcheck_runs")
    if folder is None:
        return _make(path, config, tell)
    shared = Path(folder) / hashlib.sha256(str(path).encode()).hexdigest()[:16]
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            # Write the file atomically: a killed worker leaves nothing that others would read.
            part = shared.with_suffix(".part")
            part.write_text(json.dumps(_to_json(path, config, tell)), encoding="utf-8")
            part.replace(shared)
    value = json.loads(shared.read_text(encoding="utf-8"))
    if "error" in value:
        raise LayoutcheckError(value["error"])
    return Made(
        subjects=tuple((cell, kind, rust_path) for cell, kind, rust_path in value["subjects"]),
        run=None if value["run"] is None else run_from_json(value["run"]),
        note=value["note"],
        without_conf=value["without_conf"],
    )


def read_runs(folder: Path) -> list[Run]:
    """Return the runs that the workers put into the folder, in order of the manifests' paths."""
    files = [path for path in folder.iterdir() if not path.suffix]
    values = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    values.sort(key=lambda value: Path(value["manifest"]))
    return [run_from_json(value["run"]) for value in values if value.get("run") is not None]


def _make(path: Path, config: pytest.Config, tell: Callable[[str], None]) -> Made:
    shown = _from_here(path)
    pipeline = Pipeline(read_manifest(shown), _options(config), progress=tell)
    if not pipeline.plans and not (pipeline.shard and pipeline.shard.plan):
        note = f"{shown}: not checked: no kernel conf (--kernel-conf GENERIC)"
        return Made(note=note, without_conf=True)
    # The run comes before the items: the crate is then described and compiled at the same time.
    run = None if config.option.collectonly else pipeline.verify()
    subjects = tuple((plan.id, *key) for plan in pipeline.plans for key in pipeline.subjects(plan))
    no_cell = run is None and not pipeline.plans
    no_cell_note = f"{shown}: {pipeline.shard} has no cell" if no_cell else None
    return Made(subjects=subjects, run=run, note=no_cell_note)


def _to_json(path: Path, config: pytest.Config, tell: Callable[[str], None]) -> dict[str, Any]:
    """Return the result or the error of `_make` as JSON, with the manifest's path."""
    try:
        made = _make(path, config, tell)
    except LayoutcheckError as error:
        return {"manifest": str(path), "error": str(error)}
    run = None if made.run is None else run_to_json(made.run)
    return {
        "manifest": str(path),
        "subjects": made.subjects,
        "run": run,
        "note": made.note,
        "without_conf": made.without_conf,
    }


def _from_here(path: Path) -> Path:
    """Return the path as a user in the working folder would type it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _options(config: pytest.Config) -> Options:
    shard = config.getoption("layout_shard")
    return Options(
        kernel_conf=split_lists(config.getoption("kernel_conf") or ()),
        kernel_src=tuple(config.getoption("kernel_src") or ()),
        kernel_release=split_lists(config.getoption("kernel_release") or ()),
        kernel_arch=split_lists(config.getoption("kernel_arch") or ()),
        view=config.getoption("kernel_view"),
        shard=None if shard is None else parse_shard(shard),
        jobs=config.getoption("layout_jobs"),
        cache=_cache(config),
        strict=config.getoption("layout_strict"),
    )


def _cache(config: pytest.Config) -> Path | None:
    if config.getoption("no_layout_cache"):
        return None
    named = config.getoption("layout_cache")
    return Path(named) if named else layouts_folder()
