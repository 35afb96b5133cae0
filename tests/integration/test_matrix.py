"""Several releases, architectures and confs in one run, on the real tools."""

from __future__ import annotations

import json
import shlex
import shutil
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from layoutcheck.cli import main
from layoutcheck.compilers.find.programs import find_clang
from tests.shell_project import make_cache, write_project

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc, pytest.mark.needs_headers]

SOURCE = """\
#[repr(C)] pub struct point { pub x: i32, pub y: i32 }
#[repr(C)] pub struct place { pub at: point, pub name: u8 }
"""
MANIFEST = """\
[bindings]
source = "bindings.rs"
[kernel]
include = ["point.h"]
headers = { 14 = "inc14", "15" = "inc15" }
[kernel.matrix]
release = ["14", "15"]
conf = ["GENERIC", "MINIMAL"]
"""
PLACE = "struct place { struct point at; char name; };"
TREE = Path(__file__).parents[2] / "fixtures" / "kernel" / "source_tree"
Check = Callable[..., Result]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Return a function that runs `layoutcheck check` with headers of two releases."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    write_project(tmp_path, source=SOURCE, manifest=MANIFEST)
    write_release(tmp_path, 14, "struct point { int x, y; };")
    write_release(tmp_path, 15, "struct point { int x, y, z; };")
    monkeypatch.chdir(tmp_path)
    return lambda *args: CliRunner().invoke(main, ("check", *args), catch_exceptions=False)


def write_release(folder: Path, major: int, point: str) -> None:
    """Write headers of a release with this point."""
    for name, text in {
        "sys/param.h": f"#define __FreeBSD_version {major}02000",
        "machine/param.h": '#define MACHINE "amd64"',
        "point.h": f"{point}\n{PLACE}",
    }.items():
        path = folder / f"inc{major}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")


def read_report(result: Result) -> Mapping[str, Any]:
    """Return the run's JSON."""
    assert result.exit_code == 1, result.output
    report: Mapping[str, Any] = json.loads(Path("run.json").read_text(encoding="utf-8"))
    return report


def test_what_holds_in_several_cells_is_told_once(check: Check) -> None:
    """A result of several cells is reported once, with its cells and those in which it agrees."""
    result = check("--report", "json=run.json", "--report", "html=run.html")
    report = read_report(result)
    cells = [f"{major}-amd64-{conf}" for major in (14, 15) for conf in ("GENERIC", "MINIMAL")]
    assert [cell["id"] for cell in report["cells"]] == cells
    assert [(s["rust_path"], s["status"], s["cells"]) for s in report["subjects"]] == [
        ("bindings::point", "agrees", cells[:2]),
        ("bindings::point", "differs", cells[2:]),
        ("bindings::place", "agrees", cells[:2]),
        ("bindings::place", "differs", cells[2:]),
    ]
    assert report["summary"]["total"] == 8
    assert result.stdout.count("== 15.2 (agrees in 14.2) ==") == 1
    assert "8 records compared in 4 cells: 4 agree, 4 differ" in result.stdout
    page = Path("run.html").read_text(encoding="utf-8")
    assert 'data-cells=" 15-amd64-GENERIC 15-amd64-MINIMAL "' in page
    assert "it agrees in 14.2" in page


def test_what_is_the_same_is_compiled_once(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GENERIC and MINIMAL share compiles until a header mentions an option that differs."""
    log, wrapper = tmp_path / "compiled", tmp_path / "clang"
    wrapper.write_text(
        textwrap.dedent(f"""\
            #!/bin/sh
            case " $* " in *" -c "*) echo "$PWD" >> {shlex.quote(str(log))};; esac
            exec {shlex.join(find_clang().argv)} "$@"
            """),
        encoding="utf-8",
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("LAYOUTCHECK_CLANG", str(wrapper))

    def compiled_in() -> int:
        log.write_text("")
        check()
        return len(set(log.read_text().splitlines()))

    assert compiled_in() == 2
    write_release(tmp_path, 14, "struct point { int x, y;\n#ifdef VIMAGE\nint v;\n#endif\n};")
    conf = tmp_path / "PLAIN"
    conf.write_text("include GENERIC\nnooptions VIMAGE\n")
    (tmp_path / "layoutcheck.toml").write_text(MANIFEST.replace("MINIMAL", "./PLAIN"))
    assert compiled_in() == 3


def test_a_conf_that_one_machine_lacks(check: Check, tmp_path: Path) -> None:
    """A conf that one machine lacks is a note. A conf that all machines lack is an error."""
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
    (tree / "sys" / "sys" / "point.h").write_text(f"struct point {{ int x, y; }};\n{PLACE}\n")
    (tmp_path / "layoutcheck.toml").write_text(
        '[bindings]\nsource = "bindings.rs"\n[kernel]\ninclude = ["sys/point.h"]\n'
    )
    arches = ("--kernel-src", str(tree), "--kernel-arch", "amd64,arm64")
    result = check(*arches, "--kernel-conf", "BOTH,ONE")
    assert result.exit_code == 0, result.output
    assert "6 records compared in 3 cells: 6 agree" in result.stdout
    assert "note: not checked, for there is none: arm64-ONE" in result.stdout
    result = check(*arches, "--kernel-conf", "BOTH,BOHT")
    assert result.exit_code == 2
    assert "no kernel conf 'BOHT'" in result.stderr
    assert "did you mean BOTH?" in result.stderr


def test_a_release_without_headers(check: Check) -> None:
    """A release without headers is an error that lists the releases with headers."""
    result = check("--kernel-release", "13,14")
    assert result.exit_code == 2
    assert "no headers of FreeBSD 13 are named: there are 14, 15" in result.stderr
    result = check("--kernel-src", "ziglang", "--kernel-release", "12")
    assert result.exit_code == 2
    assert "the ziglang package holds only 14.2" in result.stderr


def test_a_folder_is_taken_to_be_of_the_release_named_with_it(check: Check) -> None:
    """A folder may be taken as one other release, with a note; it cannot be of two."""
    check("--kernel-src", "inc14", "--kernel-release", "15", "--report", "json=run.json")
    (cell, _) = json.loads(Path("run.json").read_text(encoding="utf-8"))["cells"]
    assert cell["release"] == "15"
    assert cell["headers"] == "inc14, headers taken to be FreeBSD 15"
    note = "taken to be FreeBSD 15, as asked for: inc14/sys/param.h says 14.2"
    assert note in cell["notes"]
    result = check("--kernel-src", "inc14", "--kernel-release", "14,15")
    assert result.exit_code == 2
    assert "inc14: these headers are of FreeBSD 14.2, not of 15" in result.stderr


def test_an_architecture_whose_crate_does_not_compile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other cells are checked and reported, and the run fails with the reason; none: exit 2."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(make_cache(tmp_path / "cache")))
    source = '#[cfg(target_arch = "x86")]\ncompile_error!("not here");\n'
    source += "#[repr(C)] pub struct timespec { pub tv_sec: i64, pub tv_nsec: i64 }\n"
    manifest = '[bindings]\nsource = "bindings.rs"\n[kernel]\nrelease = "14"\nconf = "GENERIC"\n'
    manifest += 'include = ["sys/types.h", "sys/_timespec.h"]\n'
    write_project(tmp_path, source=source, manifest=manifest)
    monkeypatch.chdir(tmp_path)
    both = ("check", "--kernel-arch", "amd64,i386", "--report", "json=run.json")
    report = read_report(CliRunner().invoke(main, both, catch_exceptions=False))
    assert [cell["id"] for cell in report["cells"]] == ["amd64-GENERIC"]
    assert [(s["rust_path"], s["status"]) for s in report["subjects"]] == [
        ("bindings::timespec", "agrees")
    ]
    (problem,) = report["problems"]
    assert problem.startswith("i386-GENERIC is not checked: ")
    assert "bindings.rs:2: " in problem
    assert problem.endswith("error: not here")
    alone = CliRunner().invoke(main, ("check", "--kernel-arch", "i386"), catch_exceptions=False)
    assert alone.exit_code == 2, alone.output
    assert "not here" in alone.output
