"""index.py: which header of a tree defines a type."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from layoutcheck.kernel import index
from layoutcheck.kernel.definitions import defined_names
from layoutcheck.kernel.index import HeaderIndex, index_headers, index_items, likely
from layoutcheck.target import find_target

AMD64 = find_target("amd64")
TREE = Path(__file__).resolve().parents[3] / "fixtures" / "kernel" / "source_tree" / "sys"


def write(folder: Path, **headers: str) -> Path:
    """Headers by name, in which `__` stands for a slash."""
    for name, text in headers.items():
        path = folder / f"{name.replace('__', '/')}.h"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_likeliest_first(tmp_path: Path) -> None:
    """The machine's own, the kernel's, those in no folder; which of them count."""
    text = "struct pmap { int a; };"
    names = ("contrib__a", "pmap", "rpc__pmap_prot", "machine__pmap", "dev__a__b")
    found = index_headers([write(tmp_path, **dict.fromkeys(names, text))], AMD64)
    kernels = ("machine/pmap.h", "rpc/pmap_prot.h", "dev/a/b.h")
    definers = found.definers("pmap")
    assert [header for header in definers if header != "contrib/a.h"] == [*kernels, "pmap.h"]
    assert likely(definers, programs=False) == kernels
    assert likely(definers, programs=True) == (*kernels, "pmap.h")
    for others in (("contrib/a.h", "ssp/a.h"), ("pmap.h",)):
        assert likely(others, programs=False) == others
    assert found.definers("pmap_t") == ()


def test_an_earlier_folder_hides_a_later_one(tmp_path: Path) -> None:
    """As clang searches them."""
    first = write(tmp_path / "first", sys__a="struct one { int a; };")
    second = write(tmp_path / "second", sys__a="struct two { int a; };", sys__b="")
    found = index_headers([first, second], AMD64)
    assert set(found.headers) == {"sys/a.h", "sys/b.h"}
    assert found.definers("one") == ("sys/a.h",)
    assert found.definers("two") == ()


def test_other_machines_headers_are_left_out(tmp_path: Path) -> None:
    """Of a source tree: amd64 has `machine` and what it shares with i386."""
    folder = write(
        tmp_path,
        arm64__arm64__a="struct a { int a; };",
        amd64__include__b="struct b { int a; };",
        amd64__vmm__c="struct c { int a; };",
    )
    assert index_headers([folder], AMD64).headers == ("amd64/vmm/c.h",)


def test_links_at_the_top_are_followed(tmp_path: Path) -> None:
    """`machine` is one, in a folder of ours; a circle of links below is none of our business."""
    write(tmp_path / "real", pcb="struct pcb { int a; };", sub__x="")
    top = tmp_path / "top"
    top.mkdir()
    (top / "machine").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "sub" / "loop").symlink_to(tmp_path / "real")
    assert set(index_headers([top], AMD64).headers) == {"machine/pcb.h", "machine/sub/x.h"}


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("sys/bio.h", ["sys/bio.h"]),
        ("/usr/src/sys/sys/bio.h", ["sys/bio.h"]),
        ("sys/sys/bio.h", ["sys/bio.h"]),
        ("bio.h", ["sys/bio.h"]),
        ("geom/bio.h", []),
        ("pcb.h", ["machine/pcb.h", "dev/a/pcb.h"]),
        ("/usr/src/sys/arm64/include/pcb.h", ["machine/pcb.h"]),
        ("sys/x86/include/bus.h", ["x86/bus.h"]),
        ("/usr/include/elf.h", ["elf.h"]),
        ("elf.h", ["elf.h"]),
        ("sys/compat/linux/elf.h", []),
    ],
)
def test_a_path_names_headers(path: str, header: list[str]) -> None:
    """Wherever the crate's author had the tree."""
    among = ("sys/bio.h", "machine/pcb.h", "dev/a/pcb.h", "x86/bus.h", "sys/elf.h", "elf.h")
    assert list(HeaderIndex({}).named(path, among)) == header


def test_names_that_are_none(tmp_path: Path) -> None:
    """What no line can include, and what is no file, costs only itself."""
    folder = write(tmp_path, sys__a="struct a { int a; };", sys__z="struct z { int a; };")
    for name in (b"line\nbreak.h", b"quo>te.h", b"\xff.h"):
        (folder / "sys" / os.fsdecode(name)).write_text("struct odd { int a; };")
    (folder / "sys" / "loop.h").symlink_to("loop.h")
    os.mkfifo(folder / "sys" / "fifo.h")
    found = index_headers([folder], AMD64)
    assert found.headers == ("sys/a.h", "sys/z.h")
    assert found.definers("odd") == ()


def test_what_is_the_kernels_own() -> None:
    """Not what programs include by a bare name, nor what other systems brought along."""
    names = ("stdio.h", "sys/bio.h", "contrib/ck/ck.h", "dev/usb/usb.h", "tests/sys/a.h")
    assert HeaderIndex(dict.fromkeys(names, ())).kernels_own == ("sys/bio.h", "dev/usb/usb.h")


def test_all_names() -> None:
    """Of all headers."""
    assert set(HeaderIndex({"a.h": ("x", "y"), "b.h": ("y", "z")}).names) == {"x", "y", "z"}


@pytest.mark.parametrize("expects", [True, False])
def test_what_a_header_includes_is_its_own(tmp_path: Path, *, expects: bool) -> None:
    """Of files that are no headers: for all that is asked."""
    folder = write(tmp_path, dev__a='#include "a.inc"\n', dev__b='#include "a.h"\n')
    text = "struct a { int a; };\n#define A_K 5\nENUM(B) int made(int);\n"
    (folder / "dev" / "a.inc").write_text(text, encoding="utf-8")
    types, items = index_headers([folder], AMD64), index_items([folder], AMD64)
    if expects:
        types.expect(["a"])
        items.expect(["A_K", "made"])
    assert types.definers("a") == items.definers("A_K") == ("dev/a.h",)
    assert items.mentioning(["B"]) == {"B": ["dev/a.h"]}
    assert items.read("dev/a.h") == f'#include "a.inc"\n\n{text}'
    assert items.headers == ("dev/a.h", "dev/b.h")
    assert items.read("dev/a.inc") == ""


def test_words_that_macros_make(tmp_path: Path) -> None:
    """Of a word that it hands to a macro, and others that a macro has, or that it hands, too."""
    folder = write(
        tmp_path,
        dev__a="#define A(n) APRE##n\n#define B(p, n) p ## n\nA(2); B(XXX, YYY)\n",
        dev__b="int APRE(int, Z);\n",
        dev__d="A(Q) MIDDLE(M)\n",
        dev__e="#define E(a, b) a##_##b\nE(FOO, BAR)\n",
        c="#define C(n) n##_t\n#define MIDDLE(n) APRE##n##_t\nC(X)\n",
    )
    expected = {
        "APRE2": ["dev/a.h"],
        "XXXYYY": ["dev/a.h"],
        "APREQ": ["dev/d.h"],
        "APREM_t": ["dev/d.h"],
        "X_t": ["c.h"],
        "ZQ": [],
        "ck_epoch_t": [],
        "FOO_BAR": ["dev/e.h"],
    }
    assert index_items([folder], AMD64).making([*expected]) == expected
    assert index_items([folder], AMD64).making(()) == HeaderIndex({}).making("a") == {}


@pytest.mark.parametrize("expects", [True, False])
def test_another_machines_headers_stand_behind_the_machines(
    tmp_path: Path, *, expects: bool
) -> None:
    """amd64 includes <i386/a.h> where it is compiled for i386."""
    folder = write(
        tmp_path,
        i386__a="struct a { int a; };\n",
        machine__a="#ifdef __i386__\n#include <i386/a.h>\n#else\nstruct a { long a; };\n#endif\n",
        i386__b="struct b { int b; };\n",
    )
    index = index_headers([folder], AMD64)
    if expects:
        index.expect(["a", "b"])
    assert index.definers("a") == ("machine/a.h",)
    assert index.definers("b") == ("i386/b.h",)
    assert index.mentioning(["a"]) == {"a": ["machine/a.h"]}


# What is kept


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Indexes a folder that is worth keeping; how many headers had to be read for it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = write(tmp_path / "tree", **{f"sys__h{n}": f"struct s{n} {{}};" for n in range(501)})
    count = 0
    parse = defined_names

    def counted(text: str) -> frozenset[str]:
        nonlocal count
        count += 1
        return parse(text)

    monkeypatch.setattr(index, "defined_names", counted)

    def indexed() -> int:
        nonlocal count
        count = 0
        assert index_headers([folder], AMD64).definers("s7") == ("sys/h7.h",)
        return count

    return indexed


def test_a_folder_is_read_once(read: Callable[[], int], tmp_path: Path) -> None:
    """Until one of its headers changes, comes or goes."""
    assert [read(), read()] == [501, 0]
    header = tmp_path / "tree" / "sys" / "h8.h"
    header.write_text("struct other { int a; };", encoding="utf-8")
    assert [read(), read()] == [501, 0]
    os.utime(header, ns=(1, 1))
    assert [read(), read()] == [501, 0]
    header.unlink()
    assert [read(), read()] == [500, 0]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"signature": 1}', b"\xff\x00"])
def test_a_damaged_entry_is_made_again(
    read: Callable[[], int], tmp_path: Path, damage: bytes
) -> None:
    """Never trusted, never fatal."""
    assert read() == 501
    (entry,) = (tmp_path / "cache" / "layoutcheck" / "index").iterdir()
    entry.write_bytes(damage)
    assert [read(), read()] == [501, 0]


def test_what_could_not_be_read_is_read_again(
    read: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it can be read, its time of change is what it was."""

    def denied(*_: object, **__: object) -> bytes:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", denied)
        with pytest.raises(AssertionError):
            read()
    assert [read(), read()] == [501, 0]


def test_what_a_header_includes_changes(read: Callable[[], int], tmp_path: Path) -> None:
    """Such a header is read every time: an included file may come, change and go."""
    folder, header = tmp_path / "tree", tmp_path / "tree" / "sys" / "h8.h"
    header.write_text('#include "h8.inc"\n', encoding="utf-8")
    assert [read(), read()] == [501, 1]
    for text in ("struct one { int a; };", "struct two { int a; };", ""):
        header.with_suffix(".inc").write_text(text, encoding="utf-8")
        found = index_headers([folder], AMD64)
        name = text[7:10] or "two"
        assert found.definers(name) == (("sys/h8.h",) if text else ())
    assert read() == 1


@pytest.mark.parametrize("headers", ['{"sys/h7.h": 5}', '{"sys/h7.h": [5]}', "[1]", "null"])
def test_a_foreign_entry_is_made_again(
    read: Callable[[], int], tmp_path: Path, headers: str
) -> None:
    """Also one with the right signature."""
    assert read() == 501
    (entry,) = (tmp_path / "cache" / "layoutcheck" / "index").iterdir()
    signature = json.loads(entry.read_bytes())["signature"]
    entry.write_text(f'{{"signature": "{signature}", "headers": {headers}}}', encoding="utf-8")
    assert [read(), read()] == [501, 0]


def test_nothing_can_be_kept(
    read: Callable[[], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it is slower, and that is all."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert [read(), read()] == [501, 501]


def test_a_real_tree() -> None:
    """The source tree in miniature."""
    assert index_headers([TREE], AMD64).definers("gadget") == ("sys/gadget.h",)
