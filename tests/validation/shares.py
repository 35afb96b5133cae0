"""Shares of real bindings that are checked: write the table into docs/validation.md.

`pytest tests/validation/shares.py` takes three minutes if bindgen is built.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

import pytest
from tabulate import tabulate

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.target import find_target
from layoutcheck.model.verdict import Kind, Run
from layoutcheck.report.surface_table import FATES, fates_of
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.bindgen_of_15 import MANIFEST, write_bindings

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "validation.md"
BEGIN, END = "<!-- shares: begin -->", "<!-- shares: end -->"
CRATES: Final = ("netmap", "kqueue", "libc")
ARCHITECTURES: Final = ("amd64", "arm64", "riscv64", "powerpc64", "i386")


def runs(folder: Path) -> Iterator[tuple[str, Run, int]]:
    """Yield the name of the bindings, the run, and the number of items of the surface."""
    for name in CRATES:
        manifest = read_manifest(ROOT / "fixtures" / "crates" / name / "layoutcheck.toml")
        pipeline = Pipeline(manifest, Options())
        yield (str(manifest.bindings), *_verified(pipeline))
    for arch in ARCHITECTURES:
        here = folder / arch
        here.mkdir()
        write_bindings(here, find_target(arch), generate="types,vars,functions")
        pipeline = Pipeline(read_manifest(here / MANIFEST), Options(kernel_arch=(arch,)))
        yield (f"bindgen, {arch}", *_verified(pipeline))


def _verified(pipeline: Pipeline) -> tuple[Run, int]:
    (plan,) = pipeline.plans
    surface = pipeline.surface(plan)
    return pipeline.verify(), len(surface.types) + len(surface.items)


def rows_of(name: str, run: Run) -> Iterator[tuple[object, ...]]:
    """Yield a row for each kind: all, the compared ones, the share, and a count for each state."""
    compared = Counter(verdict.kind for verdict in run.verdicts if verdict.is_compared)
    count = Counter((fate.kind, fate.fate) for fate in fates_of(run))
    for kind in get_args(Kind):
        total = sum(count[kind, fate] for fate in FATES)
        if total:
            share = f"{compared[kind] * 1000 // total / 10:.1f} %"
            fates = (count[kind, fate] or "" for fate in FATES)
            yield (name, kind, total, compared[kind], share, *fates)


def test_the_shares(tmp_path: Path) -> None:
    """Every item has one state, and the page is written."""
    rows: list[tuple[object, ...]] = []
    for name, run, items in runs(tmp_path):
        assert len(fates_of(run)) == items
        rows += rows_of(name, run)
    used = [True] * 5 + [any(row[n + 5] for row in rows) for n in range(len(FATES))]
    headers = ("bindings", "kind", "all", "compared", "share", *FATES)
    table = tabulate(
        [[cell for cell, shown in zip(row, used, strict=True) if shown] for row in rows],
        headers=[header for header, shown in zip(headers, used, strict=True) if shown],
        tablefmt="github",
    )
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
