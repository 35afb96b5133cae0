"""open_kernels.py: kept facts of a tree's headers, and when headers are read again."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from layoutcheck.cache.store import Cache
from layoutcheck.kernel.names.header_text import HeaderText, read_header
from layoutcheck.kernel.names.index import HeaderIndex
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.run.open_kernels import Kernels
from layoutcheck.run.planning import Options, plan_cells
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Tools

TREE = Path(__file__).resolve().parents[3] / "fixtures" / "kernel" / "source_tree"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the small source tree."""
    return Path(shutil.copytree(TREE, tmp_path / "tree"))


def types_of(tree: Path, cache: Path) -> HeaderIndex:
    """Return the index of the tree's types in an invocation of its own."""
    options = Options(kernel_arch=("amd64",), kernel_src=(str(tree),))
    (plan,) = plan_cells(Kernel(conf=("GENERIC",)), options, where="--kernel-src")
    return Kernels(Tools(print, Stopwatch(), Cache(cache, warn=print))).index(plan)


def test_headers_are_read_once(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Headers are read once, except generated ones and those that include non-headers."""
    cache = tmp_path / "cache"
    (tree / "sys" / "sys" / "shell.h").write_text('#include "shell.inc"\n', encoding="utf-8")
    first = types_of(tree, cache)
    assert first.definers("gadget") == ("sys/gadget.h",)
    read = set[str]()

    def note(path: Path, folders: Sequence[Path]) -> HeaderText:
        read.add(path.name)
        return read_header(path, folders)

    monkeypatch.setattr("layoutcheck.kernel.names.index.read_header", note)
    again = types_of(tree, cache)
    assert again.definers("gadget") == ("sys/gadget.h",)
    assert "shell.h" in read
    assert read.isdisjoint(path.name for path in (tree / "sys" / "sys").glob("g*.h"))


def test_a_header_that_changes_is_read_again(tree: Path, tmp_path: Path) -> None:
    """A new, changed or removed header is read again, as is a file that one includes."""
    cache, folder = tmp_path / "cache", tree / "sys" / "sys"
    assert types_of(tree, cache).definers("gadget") == ("sys/gadget.h",)
    text = (folder / "gadget.h").read_text(encoding="utf-8")
    (folder / "gadget.h").write_text(text.replace("gadget", "widget"), encoding="utf-8")
    (folder / "shell.h").write_text('#include "shell.inc"\n', encoding="utf-8")
    second = types_of(tree, cache)
    assert second.definers("gadget") == second.definers("pearl") == ()
    assert second.definers("widget") == ("sys/gadget.h",)
    (folder / "shell.inc").write_text("struct pearl { int a; };\n", encoding="utf-8")
    (folder / "gadget.h").unlink()
    third = types_of(tree, cache)
    assert third.definers("pearl") == ("sys/shell.h",)
    assert third.definers("widget") == ()
