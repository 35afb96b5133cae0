"""Changes between two runs that leave no trace in the files read are noticed.

Each project is checked twice, then changed, and the third run has the results of a first one.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from layoutcheck.compilers.find.programs import find_clang
from layoutcheck.manifest.reader import read_manifest
from layoutcheck.run.pipeline import Pipeline
from layoutcheck.run.planning import Options
from tests.shell_project import POINT, make_cache, write_headers, write_project

pytestmark = [pytest.mark.needs_clang, pytest.mark.needs_rustc]

SMALL, LARGE = "struct point { int x, y; };", "struct point { long x, y; };"
EITHER = f"#ifdef LARGE\n{LARGE}\n#else\n{SMALL}\n#endif"
TREE = Path(__file__).parents[2] / "fixtures" / "kernel" / "source_tree"

Found = Callable[[Path], dict[str, str]]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all these tests, since tools are found once."""
    return make_cache(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def found(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Found:
    """Return a function that checks a manifest and returns each item's status."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))

    def check(manifest: Path) -> dict[str, str]:
        options = Options(
            kernel_conf=("GENERIC",),
            kernel_arch=("amd64",),
            cache=cache / "layoutcheck" / "layouts",
        )
        run = Pipeline(read_manifest(manifest), options).verify()
        return {verdict.rust_path: verdict.status.value for verdict in run.verdicts}

    return check


def write(path: Path, text: str) -> Path:
    """Write a file and its folder, and wait until the file is no longer new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    time.sleep(0.1)
    return path


def write_older(path: Path, text: str) -> None:
    """Replace a file with one that has an older time."""
    write(path, text)
    os.utime(path, (1.6e9, 1.6e9))


@pytest.mark.parametrize(
    ("header", "appears"),
    [
        (f'#include "fields.def"\n{EITHER}', "elsewhere/fields.def"),
        (f"#include <only/there.h>\n{EITHER}", "of a variable/only/there.h"),
        (f'#include "../../elsewhere/x.h"\n{EITHER}', "elsewhere/x.h"),
        (
            f'#define X "../elsewhere/x.h"\n#if __has_include(X)\n#define LARGE\n#endif\n{EITHER}',
            "elsewhere/x.h",
        ),
    ],
    ids=["behind a link", "in a folder of CPATH", "outside", "named by a macro"],
)
def test_a_file_that_appears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: Found, header: str, appears: str
) -> None:
    """A new file is noticed that hides another or was missing before."""
    monkeypatch.setenv("CPATH", str(tmp_path / "of a variable"))
    manifest = write_headers(tmp_path, **{"sys/point": header})
    (tmp_path / "inc" / "sys" / "fields.def").symlink_to("../../elsewhere/fields.def")
    write(tmp_path / "inc" / "fields.def", "")
    before = found(manifest)
    assert found(manifest) == before != {"bindings::point": "differs"}
    write(tmp_path / appears, "#define LARGE\n")
    assert found(manifest) == {"bindings::point": "differs"}


def test_a_machines_header_in_a_source_tree(tmp_path: Path, found: Found) -> None:
    """A changed machine header is noticed, although it is read through a link of each run."""
    shutil.copytree(TREE, tmp_path / "src")
    header = write(tmp_path / "src" / "sys" / "amd64" / "include" / "point.h", f"{SMALL}\n")
    lines = ("[bindings]", 'source = "bindings.rs"', "[kernel]", 'headers = "src"')
    text = "\n".join((*lines, 'include = ["machine/point.h"]', ""))
    manifest = write_project(tmp_path, source=POINT, manifest=text)
    assert found(manifest) == found(manifest) == {"bindings::point": "agrees"}
    write(header, f"{LARGE}\n")
    assert found(manifest) == {"bindings::point": "differs"}


def test_a_source_that_reads_a_header(tmp_path: Path, found: Found) -> None:
    """A changed source is noticed, because its text before the `#include` counts."""
    shutil.copytree(TREE, tmp_path / "src")
    folder = tmp_path / "src" / "sys" / "dev" / "point"
    write(folder / "point.h", f"{EITHER}\n")
    source = write(folder / "point.c", '#include "point.h"\n')
    text = '[bindings]\nsource = "bindings.rs"\n[kernel]\nheaders = "src"\n'
    manifest = write_project(tmp_path, source=POINT, manifest=text)
    assert found(manifest) == found(manifest) == {"bindings::point": "agrees"}
    write(source, '#define LARGE\n#include "point.h"\n')
    assert found(manifest) == {"bindings::point": "indeterminate"}


def test_an_older_file_in_a_crate(tmp_path: Path, found: Found) -> None:
    """A file with an older time is noticed, although cargo alone would keep the newer build."""
    other = POINT.replace("point", "other")
    manifest = write_headers(tmp_path, point=f"{SMALL}\nstruct other {{ long x, y; }};")
    manifest.write_text(
        manifest.read_text(encoding="utf-8").replace('source = "bindings.rs"', 'path = "."'),
        encoding="utf-8",
    )
    write(tmp_path / "Cargo.toml", '[package]\nname = "bindings"\nedition = "2021"\n')
    write(tmp_path / "src" / "lib.rs", "#![no_std]\npub mod types;\n")
    types = write(tmp_path / "src" / "types.rs", POINT)
    path = "bindings::types::"
    assert found(manifest) == found(manifest) == {f"{path}point": "agrees"}
    write_older(types, POINT + other)
    assert found(manifest) == {f"{path}point": "agrees", f"{path}other": "differs"}
    write_older(types, POINT.replace("i32", "i64"))
    assert found(manifest) == {f"{path}point": "differs"}


def test_a_clang_of_the_same_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: Found
) -> None:
    """A changed clang of the same time is noticed, also behind `env` in the command."""
    script = write(tmp_path / "bin" / "a-clang", "")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LAYOUTCHECK_CLANG", "env a-clang")
    manifest = write_headers(tmp_path, point=EITHER.replace("LARGE\n", "LARGE_1\n", 1))
    for number, status in ((2, "agrees"), (2, "agrees"), (1, "differs")):
        real = " ".join(find_real())
        write_older(script, f'#!/bin/sh\nexec {real} -DLARGE_{number} "$@"\n')
        assert found(manifest) == {"bindings::point": status}


def find_real() -> tuple[str, ...]:
    """Return the clang of this machine, without regard to the variable."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LAYOUTCHECK_CLANG", raising=False)
        patch.setenv("PATH", os.environ["PATH"].partition(os.pathsep)[2])
        return find_clang().argv
