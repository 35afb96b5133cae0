"""A source's text before it includes a header counts, on the real tools."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from layoutcheck.manifest.reader import read_manifest
from layoutcheck.model.verdict import Status, Verdict
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.shell_project import POINT, write_project

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

TREE = Path(__file__).resolve().parents[2] / "fixtures" / "kernel" / "source_tree"
POINT_H = "#ifdef LARGE\nstruct point { long x, y; };\n#else\nstruct point { int x, y; };\n#endif\n"
MANIFEST = '[bindings]\nsource = "bindings.rs"\n[kernel]\nheaders = "src"\nconf = "GENERIC"\n'


def check(folder: Path, texts: Mapping[str, str], files: str = "") -> Verdict:
    """Check a record of two `i32` against a tree with these files."""
    shutil.copytree(TREE, folder / "src", dirs_exist_ok=True)
    sys = folder / "src" / "sys"
    for name, text in texts.items():
        (sys / name).parent.mkdir(parents=True, exist_ok=True)
        (sys / name).write_text(text, encoding="utf-8")
    with (sys / "conf" / "files").open("a", encoding="utf-8") as table:
        table.write(files)
    manifest = write_project(folder, source=POINT, manifest=MANIFEST)
    (verdict,) = Pipeline(read_manifest(manifest), Options()).verify().verdicts
    return verdict


@pytest.mark.parametrize(
    "source",
    [
        '#include "point.h"\n',
        '#include "point.h"\n#define LARGE\n',
        '#define LARGER\n#include "point.h"\n',
        '#ifdef __arm__\n#define LARGE\n#endif\n#include "point.h"\n',
        '#pragma pack(8)\n#include "point.h"\n#pragma pack()\n',
    ],
)
def test_a_source_that_changes_nothing(source: str, tmp_path: Path) -> None:
    """A source that changes nothing leaves the header's record as it is."""
    verdict = check(tmp_path, {"dev/p/point.h": POINT_H, "dev/p/a.c": source})
    assert verdict.status is Status.AGREES, verdict


@pytest.mark.parametrize(
    ("source", "header", "files", "macro"),
    [
        ('#define LARGE\n#include "point.h"\n', POINT_H, "", "LARGE"),
        ("#include <dev/q/q.h>\n#include <dev/p/point.h>\n", POINT_H, "", "LARGE"),
        (
            '#include "point.h"\n',
            POINT_H,
            'dev/p/a.c optional p compile-with "${NORMAL_C} -DLARGE"\n',
            "LARGE",
        ),
        (
            '#define PACKED __attribute__((packed))\n#include "point.h"\n',
            "struct point { char x; int y; } PACKED;\n",
            "",
            "PACKED",
        ),
        (
            '#pragma pack(1)\n#include "point.h"\n',
            "struct point { char x; int y; };\n",
            "",
            "#pragma pack",
        ),
    ],
    ids=["macro", "another folder's header", "command", "attribute", "pack"],
)
def test_a_source_that_has_it_otherwise(
    source: str, header: str, files: str, macro: str, tmp_path: Path
) -> None:
    """A source that changes a record makes it unchecked, and the reason names the definer."""
    texts = {"dev/p/point.h": header, "dev/p/a.c": source, "dev/q/q.h": "#define LARGE\n"}
    verdict = check(tmp_path, texts, files)
    assert verdict.status is Status.INDETERMINATE, verdict
    assert f"its layout depends on {macro}, which is left to" in str(verdict.reason)
    assert "<dev/p/a.c" in str(verdict.reason) or "<dev/q/q.h>" in str(verdict.reason)
