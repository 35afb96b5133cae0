"""`layoutcheck fix` on the crate of mistakes: what it changes agrees, the rest has a reason."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from layoutcheck.cli import main
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Run, Status, Verdict
from layoutcheck.report.root_causes import root_causes, roots_by_item
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

BROKEN = Path(__file__).resolve().parents[2] / "fixtures" / "crates" / "broken"
MANIFEST = "layoutcheck.toml"


def check(folder: Path) -> Run:
    """The crate, checked."""
    return Pipeline(read_manifest(folder / MANIFEST), Options()).verify()


def by_path(run: Run) -> dict[str, list[Verdict]]:
    """The verdicts of each Rust path."""
    found: dict[str, list[Verdict]] = {}
    for verdict in run.verdicts:
        found.setdefault(verdict.rust_path, []).append(verdict)
    return found


def run_fix(*args: str) -> Result:
    """The command's result."""
    return CliRunner().invoke(main, ("fix", *args), catch_exceptions=False)


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the crate."""
    folder = tmp_path_factory.mktemp("fix") / "broken"
    shutil.copytree(BROKEN, folder)
    return folder


def test_what_is_fixed_agrees(crate: Path) -> None:
    """The crate compiles afterwards. What only followed from changed items agrees, too."""
    run = check(crate)
    before = by_path(run)
    fixed = run_fix("--all", str(crate / MANIFEST), "--in-place", "--no-cache")
    changed = re.findall(r"broken(?:::\w+)+", fixed.stdout)
    refused = re.findall(r"^layoutcheck: \S+ (broken(?:::\w+)+): (.+)$", fixed.stderr, re.MULTILINE)
    wrong = [
        verdict
        for some in before.values()
        for verdict in some
        if verdict.status is Status.DIFFERS and any(m.cause is None for m in verdict.mismatches)
    ]
    assert len(changed) + len(refused) == len(wrong)
    kinds = Counter(v.kind for v in wrong if v.rust_path in changed)
    of_foreign = {"function": 13, "static": 4}
    assert kinds == {"record": 98, "constant": 11, "enum": 6, "alias": 2, **of_foreign}
    after = by_path(check(crate))
    unlike = [v for path in changed for v in after[path] if v.status is not Status.AGREES]
    assert not unlike
    followers = [
        path
        for (_, path), roots in roots_by_item(root_causes(run)).items()
        if path not in changed and all(root.finding.rust_path in changed for root in roots)
    ]
    assert followers
    assert not [v for path in followers for v in after[path] if v.status is not Status.AGREES]
    assert fixed.exit_code == 1


def test_it_prints_one_item(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The author's comments, names and types are there; what C has more is new."""
    monkeypatch.chdir(os.path.relpath(BROKEN))
    printed = run_fix("dropped_middle::uio")
    assert printed.exit_code == 0
    assert "    pub uio_iovcnt: c_int,\n" in printed.stdout
    assert "    pub uio_offset: i64,\n" in printed.stdout
    assert "assert!(::core::mem::offset_of!(uio, uio_td) == 40);" in printed.stdout
    written = tmp_path / "fixed.rs"
    assert run_fix("dropped_middle::uio", "--write", str(written)).exit_code == 0
    assert written.read_text(encoding="utf-8") == printed.stdout
    again = run_fix("dropped_middle::uio", "--write", str(written))
    assert again.exit_code == 2
    assert "it exists, and is not overwritten" in again.stderr


def test_what_it_wants_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A type, or `--all`; one that the crate has."""
    monkeypatch.chdir(BROKEN)
    assert "say --all" in run_fix().stderr
    unknown = run_fix("nothing_of_that_name")
    assert unknown.exit_code == 2
    assert "has no item 'nothing_of_that_name'" in unknown.stderr
