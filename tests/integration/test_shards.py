"""`check --shard` and `report merge` on the real tools: parts of a matrix, merged again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from layoutcheck.cli import main
from tests.shell_project import MANIFEST, make_cache, write_project

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

CRATES = Path(__file__).resolve().parents[2] / "fixtures" / "crates"
TREE = Path(__file__).resolve().parents[2] / "fixtures" / "kernel" / "source_tree"
CONF = MANIFEST.replace("[kernel]", '[kernel]\nconf = "GENERIC"')
Command = Callable[..., Result]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return a function that runs `layoutcheck` in a folder with the small project."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    write_project(tmp_path, manifest=CONF)
    monkeypatch.chdir(tmp_path)
    return lambda *args: CliRunner().invoke(main, args, catch_exceptions=False)


def canonical(path: str) -> str:
    """Return the report's text without times, which docs/pytest.md says is equal in equal runs."""
    text, timings, _ = Path(path).read_text(encoding="utf-8").partition('\n "timings": ')
    assert timings
    return text


def read(path: str) -> Any:  # noqa: ANN401 - any JSON
    """Return a report."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def html(path: str) -> str:
    """Return the page without times."""
    text, time, _ = Path(path).read_text("utf-8").partition('<section aria-labelledby="time">')
    assert time
    return text


@pytest.mark.parametrize(
    ("crate", "cells"),
    [
        ("broken", ("--kernel-conf", "GENERIC,MINIMAL,GENERIC-DEBUG")),
        ("sample", ("--kernel-arch", "amd64,riscv64")),
    ],
)
def test_merged_shards_are_the_whole(command: Command, crate: str, cells: tuple[str, ...]) -> None:
    """Merged shards equal the whole run in JSON, page, terminal text and exit status."""
    shutil.copytree(CRATES / crate, crate, ignore=shutil.ignore_patterns("target"))
    check = ("check", crate, *cells)
    whole = command(*check, "--report", "json=whole.json", "--report", "html=whole.html")
    parts = [command(*check, "--shard", f"{n}/2", "--report", f"json={n}.json") for n in (1, 2)]
    assert max(part.exit_code for part in parts) == whole.exit_code == 1
    assert [part.stdout.count(f"shard {n} of 2: ") > 0 for n, part in enumerate(parts, 1)]
    merged = command("report", "merge", "2.json", "1.json", "--json", "a.json", "--html", "a.html")
    assert merged.exit_code == whole.exit_code, merged.output
    assert canonical("a.json") == canonical("whole.json")
    assert html("a.html") == html("whole.html")
    assert merged.stdout.partition("report: ")[0] == whole.stdout.partition("report: ")[0]
    assert len(read("a.json")["cells"]) > len(read("1.json")["cells"]) > 0


def test_a_waiver_that_another_shard_needs(command: Command) -> None:
    """A waiver unused in one shard but used in another is not reported after the merge."""
    shutil.copytree(CRATES / "sample", "sample", ignore=shutil.ignore_patterns("target"))
    with Path("sample", "layoutcheck.toml").open("a", encoding="utf-8") as manifest:
        for subject in ("no_such", "bio"):
            waiver = f'subject = "*::{subject}"\ncheck = "record-size"\nreason = "x"\n'
            manifest.write(f"[[waive]]\n{waiver}")
    check = ("check", "sample", "--kernel-conf", "GENERIC,GENERIC-DEBUG")
    for n in (1, 2):
        command(*check, "--shard", f"{n}/2", "--report", f"json={n}.json")
    command("report", "merge", "1.json", "2.json", "--report", "json=all.json")
    notes = [" ".join(read(f"{name}.json")["notes"]) for name in ("1", "2", "all")]
    assert ["*::no_such" in note for note in notes] == [True, True, True]
    assert ["*::bio" in note for note in notes] == [True, False, False]


def test_a_cell_that_does_not_exist(command: Command, tmp_path: Path) -> None:
    """A cell that does not exist is a note in every shard; an unknown conf is an error in each."""
    tree = tmp_path / "src"
    shutil.copytree(TREE, tree)
    (tree / "sys" / "conf" / "options").write_text("MAXUSERS opt_param.h\n")
    for machine, arch in (("amd64", "amd64"), ("arm64", "aarch64")):
        (tree / "sys" / "conf" / f"options.{machine}").write_text("CHIP opt_global.h\n")
        (tree / "sys" / machine / "conf").mkdir(exist_ok=True)
        (tree / "sys" / machine / "conf" / "BOTH").write_text(
            f"machine {machine} {arch}\ncpu CHIP\nident BOTH\n"
        )
    (tree / "sys" / "amd64" / "conf" / "ONE").write_text("include BOTH\nident ONE\n")
    (tree / "sys" / "sys" / "point.h").write_text("struct point { int x, y; };\n")
    write_project(
        tmp_path,
        source="#[repr(C)] pub struct point { pub x: i32, pub y: i32 }\n",
        manifest='[bindings]\nsource = "bindings.rs"\n[kernel]\ninclude = ["sys/point.h"]\n',
    )
    asked = ("--kernel-src", str(tree), "--kernel-arch", "amd64,arm64", "--kernel-conf")
    for n, cells in ((1, ["amd64-BOTH", "amd64-ONE"]), (2, ["arm64-BOTH"])):
        shard = ("--shard", f"{n}/2", "--report", f"json={n}.json")
        assert command("check", *asked, "BOTH,ONE", *shard).exit_code == 0
        assert [cell["id"] for cell in read(f"{n}.json")["cells"]] == cells
        assert "not checked, for there is none: arm64-ONE" in " ".join(read(f"{n}.json")["notes"])
        missing = command("check", *asked, "BOTH,BOHT", *shard)
        assert (missing.exit_code, "no kernel conf 'BOHT'" in missing.stderr) == (2, True)
    assert command("report", "merge", "1.json", "2.json", "--json", "all.json").exit_code == 0
    assert command("check", *asked, "BOTH,ONE", "--report", "json=w.json").exit_code == 0
    assert canonical("all.json") == canonical("w.json")


def test_a_shard_without_a_cell(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shard without a cell says so, succeeds without a compiler, and can be merged."""
    whole = command("check", "--report", "json=whole.json")
    command("check", "--shard", "1/2", "--report", "json=1.json")
    monkeypatch.setenv("LAYOUTCHECK_CLANG", "/nonexistent")
    monkeypatch.setenv("LAYOUTCHECK_RUSTC", "/nonexistent")
    empty = command("check", "--shard", "2/2", "--report", "json=2.json", "--report", "html=2.html")
    assert (empty.exit_code, empty.stderr) == (0, "")
    assert empty.stdout.splitlines()[0] == "shard 2 of 2 has no cell: the plan has only 1"
    assert "shard 2 of 2 has no cell" in Path("2.html").read_text(encoding="utf-8")
    merged = command("report", "merge", "1.json", "2.json", "--json", "all.json")
    assert merged.exit_code == whole.exit_code == 1
    assert canonical("all.json") == canonical("whole.json")
    missing = command("check", "--kernel-conf", "NOWHERE", "--shard", "2/2")
    assert (missing.exit_code, "no kernel conf 'NOWHERE'" in missing.stderr) == (2, True)


@pytest.mark.parametrize("text", ["0/5", "6/5", "x", ""])
def test_no_shard(command: Command, text: str) -> None:
    """A wrong shard is one error."""
    result = command("check", "--shard", text)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"layoutcheck: '{text}' is no shard\nhint: say NUMBER/COUNT")


def test_nothing_to_merge(command: Command) -> None:
    """A damaged file is an error with its name. A wrong report request is refused before that."""
    Path("bad.json").write_text("{")
    result = command("report", "merge", "bad.json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("layoutcheck: bad.json: is not JSON: ")
    result = command("report", "merge", "bad.json", "--json", "x", "--report", "html=x")
    assert result.stderr.startswith("layoutcheck: x: two reports go to one file")
