"""kernconf.py: the conf, its JSON, its files, and the reasons of its options."""

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
    """The conf QUIET of the small tree."""
    return resolve("QUIET", machine="amd64", tree=TREE, release=None)


@pytest.mark.parametrize("name", ["arm64", "aarch64"])
def test_a_machine_has_two_names(name: str) -> None:
    """A machine is found by FreeBSD's name and by its machine_arch."""
    found = resolve("GENERIC", machine=name, tree=TREE, release=None)
    assert (found.conf.machine, found.conf.machine_arch) == ("arm64", "aarch64")


def test_a_machine_may_be_the_trees_own(tmp_path: Path) -> None:
    """A tree's own machine has confs, even if layoutcheck does not compile for it."""
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
    """A machine must be a plain name, because it names a folder in the tree."""
    with pytest.raises(ManifestError, match="unknown architecture"):
        resolve("GENERIC", machine=name, tree=TREE, release=None)


def test_without_a_tree_the_newest_release() -> None:
    """Without a tree the newest release is used, unless one is named."""
    newest = resolve("GENERIC", machine="amd64", tree=None, release=None)
    assert newest.conf.origin == "built in, FreeBSD 15 amd64"
    older = resolve("GENERIC", machine="amd64", tree=None, release="14.2")
    assert older.conf.origin == "built in, FreeBSD 14 amd64"


def test_json_of_a_conf(quiet: ResolvedConf) -> None:
    """JSON of a conf has the form of the shared results: messages, lines, and empty headers."""
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
    """A line of a header ends only with its newline: a value may have other line separators."""
    path = tmp_path / "MINE"
    path.write_text('include GENERIC\noptions GADGET_NAME="a\x85b\u2028c"\n')
    found = resolve(str(path), machine="amd64", tree=TREE, release=None)
    lines = json.loads(render_headers(found))["headers"]["opt_gadget.h"]
    assert "#define GADGET_NAME a\x85b\u2028c" in lines


def test_json_of_an_error() -> None:
    """JSON of an error has warnings, the error and the hint, line by line."""
    error = KernConfError("syntax error", where="T:3", hint="write it well")
    error.messages = ("WARNING: one",)
    assert json.loads(render_error(error)) == {
        "exit": 1,
        "messages": ["WARNING: one", "T:3: syntax error", "hint: write it well"],
        "empty": [],
        "headers": {},
    }


def test_every_header_is_written(quiet: ResolvedConf, tmp_path: Path) -> None:
    """Every header is written, even empty. Other files of the folder stay."""
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
    """Nothing is written if the name of a header is there as a link, a pipe or a folder."""
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
    """A folder that cannot be made is an error with its path and the system's reason."""
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / ("x" * 300)):
        with pytest.raises(LayoutcheckError, match="cannot be written: ") as caught:
            write_headers(quiet, folder)
        assert str(caught.value.where).startswith(str(tmp_path))


def test_why_says_where_more_options_are() -> None:
    """The hint of an unknown option without a tree names `--tree`, which has more options."""
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
