"""shard_files.py: merge shards' reports into a run, and refuse invalid or missing ones."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from layoutcheck.errors import LayoutcheckError
from layoutcheck.model.sharding import Shard
from layoutcheck.model.verdict import Run
from layoutcheck.report import render_report
from layoutcheck.run.shard_files import read_shards
from tests.kernel_runs import mtx_verdict, sample_run

PLAN = ("a", "b", "c")


def shard(number: int, count: int = 2, plan: tuple[str, ...] = PLAN) -> Run:
    """A shard of a plan, with one verdict for its cells."""
    it = Shard(number=number, count=count, plan=plan)
    cells = it.of(plan)
    (cell, *_) = sample_run().cells
    return Run(
        bindings="kpi",
        cells=tuple(replace(cell, id=one) for one in cells),
        verdicts=(replace(mtx_verdict(), cells=cells),) if cells else (),
        shard=it,
    )


def write(path: Path, run: Run, **changed: Any) -> Path:  # noqa: ANN401 - any JSON
    """Write the run's report with some keys changed."""
    value = json.loads(render_report("json", run)) | changed
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """The first of two shards."""
    return write(tmp_path / "one.json", shard(1))


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """The second."""
    return write(tmp_path / "two.json", shard(2))


def refusal(*paths: Path) -> LayoutcheckError:
    """Return the error for these files."""
    with pytest.raises(LayoutcheckError) as caught:
        read_shards(paths)
    return caught.value


def test_in_any_order(one: Path, two: Path, tmp_path: Path) -> None:
    """Shards may be in any order, and an equal one may occur twice."""
    run = read_shards([two, one])
    assert [cell.id for cell in run.cells] == list(PLAN)
    assert [v.cells for v in run.verdicts] == [PLAN]
    again = write(tmp_path / "again.json", replace(shard(1), seconds=(("x", 9.0),)))
    assert read_shards([two, one, again]) == run


def test_one_of_one(tmp_path: Path) -> None:
    """A plan of one shard is the whole run."""
    assert read_shards([write(tmp_path / "x", shard(1, count=1))]).cells


def test_shards_without_cells(tmp_path: Path) -> None:
    """Shards without cells must be present, because only they can say that they are empty."""
    paths = [write(tmp_path / f"{n}.json", shard(n, count=5)) for n in range(1, 6)]
    paths[4] = write(tmp_path / "5.json", replace(shard(5, count=5), bindings="."))
    assert [cell.id for cell in read_shards(paths).cells] == list(PLAN)
    assert refusal(*paths[:3]).what == "not all 5 shards are here: 4, 5 missing"


def test_missing(one: Path) -> None:
    """A missing shard is an error."""
    assert refusal(one).what == "not all 2 shards are here: 2 missing"


def test_contradiction(one: Path, two: Path, tmp_path: Path) -> None:
    """A shard that occurs twice with different verdicts on an item is refused."""
    it = shard(1)
    other = write(tmp_path / "other.json", replace(it, verdicts=(replace(it.verdicts[0], c=None),)))
    error = refusal(one, two, other)
    assert error.where == str(other)
    assert error.what.startswith(f"does not say of {it.verdicts[0].rust_path} in a what {one} says")
    cell = replace(it.cells[0], clang="another")
    other = write(tmp_path / "other.json", replace(it, cells=(cell, *it.cells[1:])))
    assert "does not say of a's compilers and headers" in refusal(one, other).what


def test_different_plans(one: Path, tmp_path: Path) -> None:
    """Shards of different plans are refused."""
    three = write(tmp_path / "3.json", shard(2, count=3))
    assert refusal(one, three).what == f"the count of shards is 3, and in {one} it is 2"
    other = write(tmp_path / "2.json", shard(2, plan=("a", "b", "d")))
    assert refusal(one, other).what == f"the plan is a b d, and in {one} it is a b c"
    crate = write(tmp_path / "2.json", replace(shard(2), bindings="kmi"))
    assert refusal(one, crate).what == f"the crate is kmi, and in {one} it is kpi"


def test_no_shard(one: Path, tmp_path: Path) -> None:
    """A whole run is no shard."""
    whole = write(tmp_path / "whole.json", replace(shard(1), shard=None))
    error = refusal(one, whole)
    assert (error.where, error.what) == (str(whole), "is a whole run, not a shard of one")


@pytest.mark.parametrize(
    ("changed", "where", "what"),
    [
        ({"schema": "layoutcheck/2"}, "run.schema", "the schema is 'layoutcheck/2'"),
        ({"tool": {"version": "9"}}, "run.tool.version", "was written by layoutcheck 9; this is"),
        ({"tool": {}}, "run.tool", "the key 'version' is missing"),
        ({"cells": []}, "run.cells", "the cells are not those of shard 1 of 2"),
        ({"cells": 5}, "run.cells", "an array is expected here"),
        ({"shard": {}}, "run.shard", "the key 'number' is missing"),
        ({"shard": {"number": 3, "count": 2, "plan": []}}, "run.shard", "there is no shard 3 of 2"),
        ({"shard": {"number": 1, "count": 2, "plan": []}}, "run.cells", "the cells are not"),
    ],
)
def test_damaged(tmp_path: Path, changed: dict[str, object], where: str, what: str) -> None:
    """A damaged file is one error with the file and the place in it."""
    path = write(tmp_path / "bad.json", shard(1), **changed)
    error = refusal(path)
    assert error.where == f"{path}: {where}"
    assert error.what.startswith(what)
    assert error.hint


def test_a_brief_report(tmp_path: Path) -> None:
    """The merged run would lack what the whole run has."""
    path = tmp_path / "brief.json"
    path.write_text(render_report("json-brief", shard(1)), encoding="utf-8")
    error = refusal(path)
    assert error.where == f"{path}: run.brief"
    assert error.what == "is brief: it has no layouts of what agrees"
    assert error.hint is not None
    assert "--report json=PATH" in error.hint


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"[" * 100_000, b'{"schema": "layoutcheck/1", "tool": {"na']
)
def test_no_json(tmp_path: Path, content: bytes) -> None:
    """A truncated file, or one of another kind, is refused."""
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    error = refusal(path)
    assert error.where == str(path)
    assert error.what.startswith("is not JSON: ")
    assert refusal(tmp_path / "none.json").what == "No such file or directory"


def test_a_verdict_on_anothers_cell(tmp_path: Path) -> None:
    """A verdict on another shard's cell is refused."""
    it = shard(1)
    other = replace(it, verdicts=(replace(it.verdicts[0], cells=("a", "c")),))
    assert refusal(write(tmp_path / "x.json", other)).where == f"{tmp_path / 'x.json'}: run.cells"
