"""index.py: the header of a tree that defines a type."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from layoutcheck.kernel.freebsd.headers.source_tree import INCLUDE_RULES
from layoutcheck.kernel.freebsd.headers.tree import open_tree
from layoutcheck.kernel.names.comments import plain_code
from layoutcheck.kernel.names.folder_names import Role
from layoutcheck.kernel.names.index import HeaderIndex, TreeNames
from layoutcheck.kernel.names.item_names import item_names
from layoutcheck.kernel.names.type_names import defined_names
from layoutcheck.model.target import find_target

AMD64 = find_target("amd64")
TREE = Path(__file__).resolve().parents[4] / "fixtures" / "kernel" / "source_tree" / "sys"


def types_in(*folders: Path) -> HeaderIndex:
    """The headers of a tree for amd64, by the types that they define."""
    return HeaderIndex(TreeNames(folders, AMD64, INCLUDE_RULES), Role.TYPE)


def write(folder: Path, **headers: str) -> Path:
    """Headers by name, in which `__` means a slash."""
    for name, text in headers.items():
        path = folder / f"{name.replace('__', '/')}.h"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_likeliest_first(tmp_path: Path) -> None:
    """The machine's headers come first, then the kernel's, then those in no folder."""
    text = "struct pmap { int a; };"
    names = ("contrib__a", "pmap", "rpc__pmap_prot", "machine__pmap", "dev__a__b")
    found = types_in(write(tmp_path, **dict.fromkeys(names, text)))
    kernels = ("machine/pmap.h", "rpc/pmap_prot.h", "dev/a/b.h")
    definers = found.definers("pmap")
    assert [header for header in definers if header != "contrib/a.h"] == [*kernels, "pmap.h"]
    assert found.likely(definers, programs=False) == kernels
    assert found.likely(definers, programs=True) == (*kernels, "pmap.h")
    for others in (("contrib/a.h", "ssp/a.h"), ("pmap.h",)):
        assert found.likely(others, programs=False) == others
    assert found.definers("pmap_t") == ()


def test_an_earlier_folder_hides_a_later_one(tmp_path: Path) -> None:
    """An earlier folder hides a later one, as in clang's search."""
    first = write(tmp_path / "first", sys__a="struct one { int a; };")
    second = write(tmp_path / "second", sys__a="struct two { int a; };", sys__b="")
    found = types_in(first, second)
    assert set(found.headers) == {"sys/a.h", "sys/b.h"}
    assert found.definers("one") == ("sys/a.h",)
    assert found.definers("two") == ()


def test_other_machines_headers_are_left_out(tmp_path: Path) -> None:
    """Other machines' headers are left out: amd64 has `machine` and shares with i386."""
    folder = write(
        tmp_path,
        arm64__arm64__a="struct a { int a; };",
        amd64__include__b="struct b { int a; };",
        amd64__vmm__c="struct c { int a; };",
    )
    assert types_in(folder).headers == ("amd64/vmm/c.h",)


def test_links_at_the_top_are_followed(tmp_path: Path) -> None:
    """Links at the top are followed, such as `machine`; a circle of links below is not."""
    write(tmp_path / "real", pcb="struct pcb { int a; };", sub__x="")
    top = tmp_path / "top"
    top.mkdir()
    (top / "machine").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "sub" / "loop").symlink_to(tmp_path / "real")
    assert set(types_in(top).headers) == {"machine/pcb.h", "machine/sub/x.h"}


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
    """A path names headers by its end, for any tree of the crate's author."""
    among = ("sys/bio.h", "machine/pcb.h", "dev/a/pcb.h", "x86/bus.h", "sys/elf.h", "elf.h")
    assert list(types_in().named(path, among)) == header


def test_names_that_are_none(tmp_path: Path) -> None:
    """A name that no line can include, and a non-file, are left out alone."""
    folder = write(tmp_path, sys__a="struct a { int a; };", sys__z="struct z { int a; };")
    for name in (b"line\nbreak.h", b"quo>te.h", b"\xff.h"):
        (folder / "sys" / os.fsdecode(name)).write_text("struct odd { int a; };")
    (folder / "sys" / "loop.h").symlink_to("loop.h")
    os.mkfifo(folder / "sys" / "fifo.h")
    found = types_in(folder)
    assert found.headers == ("sys/a.h", "sys/z.h")
    assert found.definers("odd") == ()


def test_what_is_the_kernels_own(tmp_path: Path) -> None:
    """The kernel's own headers exclude bare names and those of other systems."""
    names = ("stdio", "sys__bio", "contrib__ck__ck", "dev__usb__usb", "tests__sys__a")
    folder = write(tmp_path, **dict.fromkeys(names, ""))
    assert types_in(folder).kernels_own == ("sys/bio.h", "dev/usb/usb.h")


def test_all_names(tmp_path: Path) -> None:
    """All names are those of all headers that no other header of the name hides."""
    first = write(tmp_path / "first", a="struct x; union y { int z; };")
    second = write(tmp_path / "second", a="struct hidden { int a; };", b="struct q { int z; };")
    assert types_in(first, second).names == {"y", "q"}


def test_what_a_header_includes_is_its_own(tmp_path: Path) -> None:
    """Included files that are no headers belong to the header, for every question."""
    folder = write(tmp_path, dev__a='#include "a.inc"\n', dev__b='#include "a.h"\n')
    text = "struct a { int a; };\n#define A_K 5\nENUM(B) int made(int);\n"
    (folder / "dev" / "a.inc").write_text(text, encoding="utf-8")
    tree = TreeNames([folder], AMD64, INCLUDE_RULES)
    types, items = HeaderIndex(tree, Role.TYPE), HeaderIndex(tree, Role.ITEM)
    assert types.definers("a") == items.definers("A_K") == ("dev/a.h",)
    assert items.mentioning(["B"]) == {"B": ("dev/a.h",)}
    assert items.read("dev/a.h") == f'#include "a.inc"\n\n{text}'
    assert items.headers == ("dev/a.h", "dev/b.h")
    assert items.read("dev/a.inc") == ""


def test_words_that_macros_make(tmp_path: Path) -> None:
    """Words that macros make are found from pasted arguments, through nested macros."""
    folder = write(
        tmp_path,
        dev__a="#define A(n) APRE##n\n#define B(p, n) p ## n\nA(2); B(XXX, YYY)\n",
        dev__b="int APRE(int, Z);\n",
        dev__d="A(Q) MIDDLE(M)\n",
        dev__e="#define E(a, b) a##_##b\nE(FOO, BAR)\n",
        dev__f="#define F(n) left##n\n#define F2(n) n##right\nF(_)\n",
        dev__g="#define G(a, b) E(a, b)\nG(left, right)\n",
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
        "left_right": ["dev/f.h", "dev/g.h", "dev/e.h"],
    }
    assert types_in(folder).making([*expected, "no name"]) == expected


def test_words_for_which_macros_stand(tmp_path: Path) -> None:
    """Words for which macros stand are found by the macro's name, also across an include."""
    folder = write(
        tmp_path,
        dev__a="#define PRE mine_\n#define K(a, b) a##b\n#define J(a, b) K(a, b)\nJ(PRE, softc)\n",
        dev__b="#define VER 3\n#define V(n, v) n##_v##v\n#define W(n, v) V(n, v)\nW(hdr, VER)\n",
        net__t="#define K2(a, b) a##b\n#define K(a, b) K2(a, b)\nstruct K(NAME, _node);\n",
        net__u='#define NAME red\n#include "t.h"\n',
    )
    expected = {
        "mine_softc": ["dev/a.h"],
        "hdr_v3": ["dev/b.h"],
        "red_node": ["net/t.h", "net/u.h"],
    }
    found = types_in(folder).making([*expected, "softc4", "mine_node"])
    assert {name: sorted(headers) for name, headers in found.items()} == {
        **expected,
        "softc4": [],
        "mine_node": [],
    }


def test_another_machines_headers_stand_behind_the_machines(tmp_path: Path) -> None:
    """Another machine's headers come after the machine's own, which may include them."""
    folder = write(
        tmp_path,
        i386__a="struct a { int a; };\n",
        machine__a="#ifdef __i386__\n#include <i386/a.h>\n#else\nstruct a { long a; };\n#endif\n",
        i386__b="struct b { int b; };\n",
    )
    index = types_in(folder)
    assert index.definers("a") == ("machine/a.h",)
    assert index.definers("b") == ("i386/b.h",)
    assert index.mentioning(["a"]) == {"a": ("machine/a.h",)}


def test_a_real_tree() -> None:
    """The small source tree has the expected definers."""
    assert types_in(TREE).definers("gadget") == ("sys/gadget.h",)


@pytest.mark.needs_headers
def test_all_headers(tmp_path: Path) -> None:
    """Each name of a type or an item has the headers that define it."""
    folders = open_tree("ziglang", target=AMD64, release=None, work=tmp_path).folders
    tree = TreeNames(folders, AMD64, INCLUDE_RULES)
    for role, parse in ((Role.TYPE, defined_names), (Role.ITEM, item_names)):
        index = HeaderIndex(tree, role)
        for header in index.headers[::20]:
            for name in parse(plain_code(index.read(header))):
                likelier = f"machine/{header.partition('/')[2]}"
                assert not {header, likelier}.isdisjoint(index.definers(name))
    assert len(HeaderIndex(tree, Role.TYPE).names) > 5000
