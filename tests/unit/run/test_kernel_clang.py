"""kernel_clang.py: clang's answers about one kernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.cache.store import Cache
from layoutcheck.judge.items.names import ItemCandidate
from layoutcheck.manifest.kernel import Kernel
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import find_target
from layoutcheck.run.kernel_clang import AskedC, KernelClang
from layoutcheck.run.stopwatch import Stopwatch
from layoutcheck.run.toolchain.toolset import Tools
from tests.opened import opened
from tests.questions import item_keys, type_keys

pytestmark = pytest.mark.needs_headers


@pytest.mark.needs_clang
def test_items_are_asked_for_with_types(tmp_path: Path) -> None:
    """Items asked with types have the answers they have alone. The second time clang is not run."""
    kernel, target = opened("GENERIC", tmp_path), find_target("amd64")
    items = (
        ItemCandidate("constant", 0, ProbeKey("item", 0), "MAXPATHLEN"),
        ItemCandidate("constant", 1, ProbeKey("item", 1), "NO_SUCH_NAME"),
        ItemCandidate("enum", 2, ProbeKey("item", 2), "enum uio_rw"),
        ItemCandidate("function", 3, ProbeKey("item", 3), "panic"),
        ItemCandidate("function", 4, ProbeKey("item", 4), "imax"),
    )
    includes = ("sys/param.h", "sys/no_such_header.h", "sys/systm.h", "sys/uio.h")

    def clang(name: str, cache: Cache) -> KernelClang:
        (tmp_path / name).mkdir()
        tools = Tools(print, Stopwatch(), cache)
        return KernelClang(kernel, Kernel(), target, tools, work=tmp_path / name)

    nothing = Cache(None, warn=print)
    together = clang("together", nothing)
    asked = together.ask(
        includes,
        [(ProbeKey("type", 0), "struct uio"), (ProbeKey("type", 0, 1), "union uio")],
        items,
    )
    assert asked.left_out.keys() == {"sys/no_such_header.h"}
    assert asked.side.layouts.records.keys() == type_keys(0)
    assert not asked.side.layouts.constants
    for path in (tmp_path / "together").iterdir():
        if path.is_file():
            path.unlink()
    assert together.ask_items(asked.includes, items) is asked.items
    assert not [path for path in (tmp_path / "together").iterdir() if path.is_file()]
    alone = clang("alone", nothing).ask_items(asked.includes, items)
    assert alone == asked.items
    assert alone.side.layouts.constants[ProbeKey("item", 0)].value == 1024
    assert alone.side.refused == {
        ProbeKey("item", 1): "use of undeclared identifier 'NO_SUCH_NAME'"
    }
    assert alone.side.layouts.objects.keys() == item_keys(2, 3, 4)
    assert alone.linkage.local == {"imax"}


@pytest.mark.needs_clang
def test_what_is_kept_answers_for_items_too(tmp_path: Path) -> None:
    """A later run has the answers for types and items from the cache."""
    kernel, target = opened("GENERIC", tmp_path), find_target("amd64")
    items = (ItemCandidate("constant", 0, ProbeKey("item", 0), "MAXPATHLEN"),)
    found = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        tools = Tools(print, Stopwatch(), Cache(tmp_path / "cache", warn=print))
        clang = KernelClang(kernel, Kernel(), target, tools, work=tmp_path / name)
        asked = clang.ask(["sys/param.h"], [(ProbeKey("type", 0), "struct timeval")], items)
        found.append((asked, clang.ask_items(asked.includes, items)))
    assert found[0] == found[1]
    assert found[1][1].side.layouts.constants[ProbeKey("item", 0)].value == 1024
    assert not [path for path in (tmp_path / "second").iterdir() if path.is_file()]


@pytest.mark.needs_clang
def test_what_does_not_compile_behind_others(tmp_path: Path) -> None:
    """Refusals after precompiled headers are those of the whole unit."""
    tools = Tools(print, Stopwatch(), Cache(tmp_path / "cache", warn=print))
    kernel, target = opened("GENERIC", tmp_path), find_target("amd64")
    (tmp_path / "work").mkdir()
    clang = KernelClang(kernel, Kernel(), target, tools, work=tmp_path / "work")
    behind = ("sys/param.h", "sys/lock.h", "sys/systm.h")
    includes = ("sys/ioctl.h", "sys/mutex.h", "sys/no_such.h", "sys/bio.h", "netinet/sctputil.h")
    found = clang.check(includes, behind)
    assert any(path.endswith("/sys/param.h") for path in clang.read)
    whole = clang.check((*behind, *includes))
    assert found.keys() == {"sys/ioctl.h", "sys/no_such.h", "netinet/sctputil.h"}
    assert {name: str(why[0]) for name, why in found.items()} == {
        name: str(why[0]) for name, why in whole.items()
    }
    assert found["sys/no_such.h"][0].message == "'sys/no_such.h' file not found"
    assert clang.check(("sys/mutex.h",)).keys() == {"sys/mutex.h"}


@pytest.mark.needs_clang
def test_what_is_precompiled_answers_the_same(tmp_path: Path) -> None:
    """A precompiled unit, or beginning of one, gives the same answers."""
    kernel, target = opened("GENERIC", tmp_path), find_target("amd64")
    core = ("sys/param.h", "sys/lock.h", "sys/systm.h")
    items = (
        ItemCandidate("constant", 0, ProbeKey("item", 0), "MAXPATHLEN"),
        ItemCandidate("function", 1, ProbeKey("item", 1), "imax"),
        ItemCandidate("function", 2, ProbeKey("item", 2), "mtx_init"),
    )
    types = [
        (ProbeKey("type", 0), "struct timeval"),
        (ProbeKey("type", 1), "struct mtx"),
        (ProbeKey("type", 2), "struct no_such"),
    ]
    found: list[list[AskedC]] = []
    for name in ("plain", "begun", "again"):
        (tmp_path / name).mkdir()
        tools = Tools(print, Stopwatch(), Cache(tmp_path / "cache", warn=print))
        clang = KernelClang(kernel, Kernel(), target, tools, work=tmp_path / name)
        if name != "plain":
            assert not clang.check(core)
        # The cache is asked for another key.
        more = [*types, (ProbeKey("type", 9, len(found)), "struct timespec")]
        found.append([clang.ask(unit, more, items) for unit in (core, (*core, "sys/mutex.h"))])
        precompiled = {*(tmp_path / name).rglob("*.pch")}
        assert len(precompiled) == {"plain": 0, "begun": 1, "again": 1}[name]
    for asked in zip(*found, strict=True):
        assert asked[0].includes == asked[1].includes == asked[2].includes
        assert asked[0].items == asked[1].items == asked[2].items
        assert asked[0].side.refused.keys() == asked[1].side.refused.keys()
        for key, record in asked[0].side.layouts.records.items():
            if key.number != 9:
                assert record == asked[1].side.layouts.records[key]
                assert record == asked[2].side.layouts.records[key]
    assert found[1][1].side.layouts.records[ProbeKey("type", 1)].byte_size == 32


@pytest.mark.needs_clang
def test_what_the_preprocessor_said_is_kept(tmp_path: Path) -> None:
    """The preprocessor's answers are kept for a later run."""
    kernel, target = opened("GENERIC", tmp_path), find_target("amd64")
    found = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        tools = Tools(print, Stopwatch(), Cache(tmp_path / "cache", warn=print))
        clang = KernelClang(kernel, Kernel(), target, tools, work=tmp_path / name)
        seen = clang.preprocess(("sys/param.h", "sys/systm.h"))
        found.append((seen, "preprocess" in dict(tools.watch.seconds())))
    assert found[0][0] == found[1][0]
    assert found[0][0].read > {"sys/param.h", "sys/_types.h"}
    assert [is_asked for _, is_asked in found] == [True, False]
