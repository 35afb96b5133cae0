"""checking.py: check one cell, and keep its results."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.cache.store import Cache
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Status
from layoutcheck.run.checking import CheckedCell, Checker
from layoutcheck.run.open_kernels import Kernels
from layoutcheck.run.planning import Options, plan_cells
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.threads import Workers
from layoutcheck.run.toolchain.toolset import Tools
from tests.shell_project import make_cache, write_headers

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

SOURCE = """\
#[repr(C)] pub struct point { pub x: i32, pub y: i32 }
pub const OWN: u32 = 8;
pub type word = i32;
pub type own = i32;
pub type own_record = point;
"""


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project against two headers of its own, one of which does not compile."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    return write_headers(
        tmp_path,
        "a.h",
        "b.h",
        source=SOURCE,
        a="struct point { int x, y; };\ntypedef int word;",
        b="struct lost { struct nowhere n; };",
    )


def check(manifest: Path, kept: Path) -> tuple[CheckedCell, set[str]]:
    """Check the manifest's cell, and return the measured stages, too."""
    said = read_manifest(manifest)
    tools = Tools(lambda _: None, Stopwatch(), Cache(kept, warn=pytest.fail))
    (plan,) = plan_cells(said.kernel, Options(), where=str(manifest))
    with Workers(2) as workers:
        found = Checker(said, Kernels(tools), tools, several=False).check(plan, workers)
    tools.cache.close()
    return found, {*dict(tools.watch.seconds())}


def test_a_cell(manifest: Path, tmp_path: Path) -> None:
    """Each item is judged once. The next check uses the cache until C changes."""
    found, stages = check(manifest, tmp_path / "kept")
    assert [(one.rust_path, one.status) for one in found.verdicts] == [
        ("bindings::point", Status.AGREES),
        ("bindings::word", Status.AGREES),
    ]
    assert sorted((one.kind, one.rust_path, one.why) for one in found.set_aside) == [
        ("alias", "bindings::own", "not in C"),
        ("alias", "bindings::own_record", "not in C"),
        ("constant", "bindings::OWN", "not in C"),
    ]
    (problem,) = found.problems
    assert problem.startswith("<b.h> does not compile: ")
    assert problem.endswith("b.h:1: field has incomplete type 'struct nowhere'")
    assert found.units == (("a.h",),)
    assert (found.cell.id, found.cell.kernel_conf) == ("amd64-GENERIC", "GENERIC")
    assert "compare" in stages
    again, stages = check(manifest, tmp_path / "kept")
    assert again == found
    assert "compare" not in stages
    header = manifest.parent / "inc" / "a.h"
    header.write_text("struct point { int x; long y; };\ntypedef int word;\n", encoding="utf-8")
    changed, _ = check(manifest, tmp_path / "kept")
    assert {one.rust_path: one.status for one in changed.verdicts} == {
        "bindings::point": Status.DIFFERS,
        "bindings::word": Status.AGREES,
    }
