"""c_side.py: what is written for clang stays in the folder that it was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.c_side import Clang, OpenKernel, open_kernel, write_headers
from layoutcheck.cache import Cache
from layoutcheck.errors import HeaderTreeError, KernConfError
from layoutcheck.judge.item_names import ItemCandidate
from layoutcheck.kernel.builtin import resolve_conf
from layoutcheck.kernel.tree import HeaderTree, open_tree
from layoutcheck.manifest_kernel import Kernel
from layoutcheck.stopwatch import Stopwatch
from layoutcheck.target import find_target
from layoutcheck.tools import Tools

pytestmark = pytest.mark.needs_headers


def opened(conf: str, folder: Path) -> OpenKernel:
    """The ziglang headers' kernel of a conf for amd64, with what is generated below `folder`."""
    target = find_target("amd64")
    tree = open_tree("ziglang", target=target, release=None, work=folder)
    return open_kernel(tree, conf, target, Tools(print, Stopwatch()), folder=folder)


@pytest.mark.parametrize("name", ["headers", "conf", "SYS", "generated"])
def test_a_conf_may_have_any_name(tmp_path: Path, name: str) -> None:
    """The conf's name is the user's, so that nothing of ours lies beside it."""
    (tmp_path / name).write_text("include GENERIC\n", encoding="utf-8")
    (tmp_path / "work").mkdir()
    kernel = opened(str(tmp_path / name), tmp_path / "work")
    assert kernel.conf_path.name == name
    assert "ident" in kernel.conf_path.read_text(encoding="utf-8")


@pytest.mark.parametrize("header", ["../../pwned.h", "{}/pwned.h"])
def test_no_header_is_written_elsewhere(tmp_path: Path, header: str) -> None:
    """Whoever names it: a path is no name of a header."""
    (tmp_path / "work").mkdir()
    kernel = opened("GENERIC", tmp_path / "work")
    tree = HeaderTree(
        description="",
        release="14.2",
        source_tree=None,
        flags=(),
        stubs={header.format(tmp_path): ""},
    )
    bad = OpenKernel(tree=tree, conf=kernel.conf, conf_path=kernel.conf_path)
    work = tmp_path / "a" / "b"
    with pytest.raises(HeaderTreeError, match="outside"):
        write_headers(bad, Kernel(), find_target("amd64"), work=work)
    assert not list(tmp_path.rglob("pwned.h"))


def test_a_confs_own_option_table_names_no_path(tmp_path: Path) -> None:
    """`includeoptions` of a conf is refused at its line before anything is written."""
    for name, text in {
        "sys/conf/options": "SMP opt_global.h\nMAXUSERS\nHAMMER opt_cpu.h\nINET\n",
        "sys/amd64/conf/options.evil": f"EVIL {tmp_path}/pwned.h\n",
        "sys/amd64/conf/EVIL": "machine amd64\nident E\ncpu HAMMER\n"
        'includeoptions "options.evil"\noptions EVIL\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    conf = str(tmp_path / "sys/amd64/conf/EVIL")
    with pytest.raises(KernConfError, match="no name of a header") as caught:
        resolve_conf(
            conf,
            machine="amd64",
            machine_arch="amd64",
            release="14.2",
            source_tree=tmp_path / "sys",
        )
    assert str(caught.value.where).endswith("options.evil:1")


@pytest.mark.needs_clang
def test_items_are_asked_for_with_types(tmp_path: Path) -> None:
    """Clang says of them what it says alone; asked for again, it need not be started."""
    kernel, target = opened("GENERIC", tmp_path), find_target("amd64")
    items = (
        ItemCandidate("constant", 0, "0_0", "MAXPATHLEN"),
        ItemCandidate("constant", 1, "1_0", "NO_SUCH_NAME"),
        ItemCandidate("enum", 2, "2_0", "enum uio_rw"),
        ItemCandidate("function", 3, "3_0", "panic"),
        ItemCandidate("function", 4, "4_0", "imax"),
    )
    includes = ("sys/param.h", "sys/no_such_header.h", "sys/systm.h", "sys/uio.h")

    def clang(name: str, cache: Cache) -> Clang:
        (tmp_path / name).mkdir()
        tools = Tools(print, Stopwatch(), cache)
        return Clang(kernel, Kernel(), target, tools, work=tmp_path / name)

    nothing = Cache(None, warn=print)
    together = clang("together", nothing)
    asked = together.ask(includes, [("0_0", "struct uio"), ("0_1", "union uio")], items)
    assert asked.left_out.keys() == {"sys/no_such_header.h"}
    assert asked.side.layouts.records.keys() == {"0_0"}
    assert not asked.side.layouts.constants
    for path in (tmp_path / "together").iterdir():
        if path.is_file():
            path.unlink()
    assert together.ask_items(asked.includes, items) is asked.items
    assert not [path for path in (tmp_path / "together").iterdir() if path.is_file()]
    alone = clang("alone", nothing).ask_items(asked.includes, items)
    assert alone == asked.items
    assert alone.side.layouts.constants["0_0"].value == 1024
    assert alone.side.refused == {"1_0": "use of undeclared identifier 'NO_SUCH_NAME'"}
    assert alone.side.layouts.objects.keys() == {"2_0", "3_0", "4_0"}
    assert alone.linkage.local == {"imax"}


@pytest.mark.needs_clang
def test_what_is_kept_answers_for_items_too(tmp_path: Path) -> None:
    """A later run has both answers from the cache."""
    kernel, target = opened("GENERIC", tmp_path), find_target("amd64")
    items = (ItemCandidate("constant", 0, "0_0", "MAXPATHLEN"),)
    found = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        tools = Tools(print, Stopwatch(), Cache(tmp_path / "cache", warn=print))
        clang = Clang(kernel, Kernel(), target, tools, work=tmp_path / name)
        asked = clang.ask(["sys/param.h"], [("0_0", "struct timeval")], items)
        found.append((asked, clang.ask_items(asked.includes, items)))
    assert found[0] == found[1]
    assert found[1][1].side.layouts.constants["0_0"].value == 1024
    assert not [path for path in (tmp_path / "second").iterdir() if path.is_file()]
