"""pipeline.py: a manifest's cells, and the run that they make."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck.errors import ManifestError, NoSuchConfError
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.sharding import Shard
from layoutcheck.model.verdict import Status
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.shell_project import make_cache, write_headers

SOURCE = """\
#[repr(C)] pub struct point { pub x: i32, pub y: i32 }
#[repr(C)] pub struct wrong { pub x: i64 }
#[repr(C)] pub struct known { pub x: u32 }
#[repr(C)] pub struct list<T> { pub first: *mut T }
pub const LIMIT: u32 = 8;
pub type word = i32;
"""
HEADER = """\
struct point { int x, y; };
struct wrong { int x; };
struct known { int x; };
#define LIMIT 8
typedef int word;
"""
WAIVERS = """
[[waive]]
subject = "known"
check = "member-type"
reason = "only read"
[[waive]]
subject = "point"
check = "member-size"
reason = "was wrong before"
"""


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a header of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    path = write_headers(tmp_path, "a.h", source=SOURCE, a=HEADER)
    path.write_text(path.read_text(encoding="utf-8") + WAIVERS, encoding="utf-8")
    return path


def pipeline(manifest: Path, **options: object) -> Pipeline:
    """Return the manifest's pipeline with some options."""
    return Pipeline(read_manifest(manifest), replace(Options(), **options))  # type: ignore[arg-type]


def test_no_conf(manifest: Path) -> None:
    """Without a conf there are no cells. The error names the manifest."""
    text = manifest.read_text(encoding="utf-8").replace('conf = "GENERIC"\n', "")
    manifest.write_text(text, encoding="utf-8")
    assert pipeline(manifest).plans == ()
    with pytest.raises(ManifestError) as caught:
        pipeline(manifest).verify()
    assert str(caught.value) == (
        f"{manifest}: no kernel conf is named\n"
        'hint: give --kernel-conf GENERIC, or say conf = "GENERIC" in [kernel]'
    )


def test_cells_of_a_shard(manifest: Path) -> None:
    """A shard has only its cells, and knows the whole plan."""
    confs = ("GENERIC", "MINIMAL")
    whole = pipeline(manifest, kernel_conf=confs)
    assert [plan.id for plan in whole.plans] == ["amd64-GENERIC", "amd64-MINIMAL"]
    assert whole.shard is None
    part = pipeline(manifest, kernel_conf=confs, shard=Shard(number=2, count=2))
    assert [plan.id for plan in part.plans] == ["amd64-MINIMAL"]
    assert part.shard == Shard(number=2, count=2, plan=("amd64-GENERIC", "amd64-MINIMAL"))


def test_a_conf_that_nobody_has(manifest: Path) -> None:
    """An unknown conf is refused before anything is compiled."""
    with pytest.raises(NoSuchConfError, match="NOWHERE"):
        _ = pipeline(manifest, kernel_conf=("NOWHERE",)).plans


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
def test_a_run(manifest: Path) -> None:
    """A run has verdicts with waivers, skipped items, notes, and seconds by stage."""
    checked = pipeline(manifest, jobs=2)
    run = checked.verify()
    statuses = {verdict.rust_path: verdict.status for verdict in run.verdicts}
    assert statuses == {
        "bindings::point": Status.AGREES,
        "bindings::wrong": Status.DIFFERS,
        "bindings::known": Status.WAIVED,
        "bindings::LIMIT": Status.AGREES,
        "bindings::word": Status.AGREES,
    }
    assert not run.passed
    assert [(one.rust_path, one.why) for one in run.set_aside] == [("bindings::list", "generic")]
    (cell,) = run.cells
    assert (run.bindings, cell.id, cell.release) == ("bindings", "amd64-GENERIC", "14.2")
    line = manifest.read_text(encoding="utf-8").splitlines().index('subject = "point"')
    assert f"{manifest}:{line}: the waiver for point waives nothing" in run.notes
    assert not [note for note in run.notes if "known" in note]
    assert {"rustdoc", "clang", "compare"} <= dict(run.seconds).keys()
    assert checked.subjects(checked.plans[0]) == (
        *(("record", f"bindings::{name}") for name in ("point", "wrong", "known")),
        ("constant", "bindings::LIMIT"),
        ("alias", "bindings::word"),
    )


@pytest.mark.needs_clang
@pytest.mark.needs_rustc
def test_waivers_that_are_not_as_they_say(manifest: Path) -> None:
    """Another count fails the run, an expired waiver waives nothing, a strict run has no notes."""
    text = manifest.read_text(encoding="utf-8")
    known = text.replace('reason = "only read"', 'reason = "only read"\ncount = 2')
    manifest.write_text(known, encoding="utf-8")
    line = known.splitlines().index('subject = "known"')
    problem = f"{manifest}:{line}: the waiver for known waives 1 item, and its count is 2"
    run = pipeline(manifest).verify()
    assert run.problems == (problem,)
    (unused,) = run.notes
    run = pipeline(manifest, strict=True).verify()
    assert (run.problems, run.notes) == ((problem, unused), ())
    expired = text.replace('reason = "only read"', 'reason = "only read"\nexpires = 2020-12-31')
    manifest.write_text(expired, encoding="utf-8")
    run = pipeline(manifest).verify()
    assert f"{manifest}:{line}: the waiver for known expired on 2020-12-31: it waives nothing" in (
        run.notes
    )
    (status,) = (one.status for one in run.verdicts if one.rust_path == "bindings::known")
    assert status is Status.DIFFERS
