"""The engine of `layoutcheck kernconf`: which conf, as JSON, as files, and why."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from layoutcheck.errors import KernConfError, LayoutcheckError, ManifestError
from layoutcheck.kernel.freebsd.config.resolve import ResolvedConf
from layoutcheck.run.kernconf import explain, render_error, render_headers, resolve, write_headers

TREE = Path(__file__).parents[3] / "fixtures" / "kernel" / "source_tree"


@pytest.fixture
def quiet() -> ResolvedConf:
    """The conf QUIET of the miniature tree."""
    return resolve("QUIET", machine="amd64", tree=TREE, release=None)


@pytest.mark.parametrize("name", ["arm64", "aarch64"])
def test_a_machine_has_two_names(name: str) -> None:
    """FreeBSD's machine, and the machine_arch that users of one know it by."""
    found = resolve("GENERIC", machine=name, tree=TREE, release=None)
    assert (found.conf.machine, found.conf.machine_arch) == ("arm64", "aarch64")


def test_a_machine_may_be_the_trees_own(tmp_path: Path) -> None:
    """One that layoutcheck does not compile for has confs none the less."""
    for name, text in {
        "conf/options": "MAXUSERS\nM68K opt_cpu.h\n",
        "sun3/conf/TINY": "machine sun3\ncpu M68K\nident TINY\n",
    }.items():
        (tmp_path / "sys" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "sys" / name).write_text(text)
    assert resolve("TINY", machine="sun3", tree=tmp_path, release=None).conf.machine == "sun3"
    with pytest.raises(KernConfError, match="no kernel conf 'TINY'") as caught:
        resolve("TINY", machine="sun4", tree=tmp_path, release=None)
    assert caught.value.where == str(tmp_path / "sys" / "sun4" / "conf")


@pytest.mark.parametrize("name", ["../amd64", "", "AMD64", "amd64/conf"])
def test_a_machine_is_no_path(name: str) -> None:
    """It is the name of a folder in the tree."""
    with pytest.raises(ManifestError, match="unknown architecture"):
        resolve("GENERIC", machine=name, tree=TREE, release=None)


def test_without_a_tree_the_newest_release() -> None:
    """Unless one is named."""
    newest = resolve("GENERIC", machine="amd64", tree=None, release=None)
    assert newest.conf.origin == "built in, FreeBSD 15 amd64"
    older = resolve("GENERIC", machine="amd64", tree=None, release="14.2")
    assert older.conf.origin == "built in, FreeBSD 14 amd64"


def test_json_of_a_conf(quiet: ResolvedConf) -> None:
    """As the expected results in the shared data are: messages, lines, and what is empty."""
    assert json.loads(render_headers(quiet)) == {
        "exit": 0,
        "messages": ['QUIET: option "GADGET_NAME" redefined from "g" to "q"'],
        "empty": ["opt_dev_widget.h"],
        "headers": {
            "opt_gadget.h": ['#define GADGET_NAME "q"', "#define GADGET_STATS 1"],
            "opt_global.h": ["#define SMP 1", "#define CHIP 1"],
            "opt_param.h": ["#define MAXUSERS 8"],
        },
    }


def test_a_line_of_a_header_ends_with_its_newline(tmp_path: Path) -> None:
    """What else Python takes for the end of a line may stand in a value."""
    path = tmp_path / "MINE"
    path.write_text('include GENERIC\noptions GADGET_NAME="a\x85b\u2028c"\n')
    found = resolve(str(path), machine="amd64", tree=TREE, release=None)
    lines = json.loads(render_headers(found))["headers"]["opt_gadget.h"]
    assert "#define GADGET_NAME a\x85b\u2028c" in lines


def test_json_of_an_error() -> None:
    """Warnings, then the error, then the hint: what config(8) would print, line by line."""
    error = KernConfError("syntax error", where="T:3", hint="write it well")
    error.messages = ("WARNING: one",)
    assert json.loads(render_error(error)) == {
        "exit": 1,
        "messages": ["WARNING: one", "T:3: syntax error", "hint: write it well"],
        "empty": [],
        "headers": {},
    }


def test_every_header_is_written(quiet: ResolvedConf, tmp_path: Path) -> None:
    """The empty ones too; what else is in the folder stays."""
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    (folder / "opt_other.h").write_text("kept")
    (folder / "opt_param.h").write_text("old")
    write_headers(quiet, folder)
    found = {path.name: path.read_text() for path in folder.iterdir()}
    assert found == {**quiet.headers, "opt_other.h": "kept"}
    assert found["opt_dev_widget.h"] == ""
    write_headers(quiet, tmp_path / "new" / "folder")
    assert len(list((tmp_path / "new" / "folder").iterdir())) == 4


@pytest.mark.parametrize("kind", ["link", "dangling", "pipe", "folder"])
def test_nothing_is_written_elsewhere(quiet: ResolvedConf, tmp_path: Path, kind: str) -> None:
    """A link in the folder leads out of it, a pipe would be waited for; then nothing is written."""
    folder = tmp_path / "out"
    folder.mkdir()
    path, other = folder / "opt_global.h", tmp_path / "other"
    if kind == "link":
        other.write_text("mine")
    if kind in {"link", "dangling"}:
        path.symlink_to(other)
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(LayoutcheckError, match="is there already, and no plain file") as caught:
        write_headers(quiet, folder)
    assert caught.value.where == str(path)
    assert other.exists() == (kind == "link")
    assert not other.exists() or other.read_text() == "mine"
    assert list(folder.iterdir()) == [path]


def test_a_folder_that_cannot_be_made(quiet: ResolvedConf, tmp_path: Path) -> None:
    """The system's reason, and where."""
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / ("x" * 300)):
        with pytest.raises(LayoutcheckError, match="cannot be written: ") as caught:
            write_headers(quiet, folder)
        assert str(caught.value.where).startswith(str(tmp_path))


def test_why_says_where_more_options_are() -> None:
    """The built-in table is not all that FreeBSD has."""
    resolved = resolve("GENERIC", machine="amd64", tree=None, release=None)
    assert explain(resolved, "SMP", tree=None).startswith("SMP is 1\n")
    with pytest.raises(KernConfError, match="unknown option") as caught:
        explain(resolved, "SMPP", tree=None)
    assert str(caught.value.hint).startswith("did you mean SMP? --tree gives")
    with pytest.raises(KernConfError) as caught:
        explain(resolved, "QQQ", tree=None)
    assert str(caught.value.hint).startswith("--tree gives")
    resolved = resolve("QUIET", machine="amd64", tree=TREE, release=None)
    with pytest.raises(KernConfError) as caught:
        explain(resolved, "QQQ", tree=TREE)
    assert caught.value.hint is None
