"""item_headers.py: the headers that may define an item."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.bindings.rustdoc.items import ItemKind, SurfaceItem
from layoutcheck.judge.items.names import ItemCandidate
from layoutcheck.kernel.freebsd.system import FREEBSD
from layoutcheck.kernel.names.folder_names import Role
from layoutcheck.kernel.names.index import HeaderIndex, TreeNames
from layoutcheck.location import SourceLocation
from layoutcheck.manifest.kernel import View
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import find_target
from layoutcheck.run.search.item_headers import ItemHeaders, outside

TEXTS = {
    "sys/a.h": "int f(int);\n#define K 1\nenum e { X };\nATTRIBUTE(odd) int g;\n",
    "string.h": "int f(int);\n#define K 1\n#define P 2\n#define MADE(n) n##_t\nMADE(pasted)\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> TreeNames:
    """A folder of headers."""
    for name, text in TEXTS.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return TreeNames([tmp_path], find_target("amd64"), FREEBSD.rules)


def headers_of(tree: TreeNames, view: View) -> ItemHeaders:
    """Return the headers of a view for items."""
    return ItemHeaders(HeaderIndex(tree, Role.TYPE), HeaderIndex(tree, Role.ITEM), view)


@pytest.mark.parametrize(
    ("kind", "name", "view", "headers"),
    [
        ("function", "f", "kernel", ("sys/a.h",)),
        ("function", "f", "userland", ("string.h",)),
        ("constant", "K", "kernel", ("sys/a.h", "string.h")),
        ("constant", "P", "kernel", ("string.h",)),
        ("enum", "enum e", "kernel", ("sys/a.h",)),
        ("function", "nowhere", "kernel", ()),
    ],
)
def test_an_items_headers(
    tree: TreeNames, kind: ItemKind, name: str, view: View, headers: tuple[str, ...]
) -> None:
    """A program's function is searched in programs' headers. One header suffices for a constant."""
    candidate = ItemCandidate(item=7, kind=kind, name=name, key=ProbeKey("item", 7))
    assert headers_of(tree, view).of([candidate]) == {7: headers}


def test_names_that_no_header_defines(tree: TreeNames) -> None:
    """A name that no header defines is found in code, or in words that a macro pastes."""
    headers = headers_of(tree, "kernel")
    assert headers.naming(["odd", "pasted_t"]) == {"odd": ("sys/a.h",), "pasted_t": ()}
    assert headers.making(["pasted_t"]) == {"pasted_t": ("string.h",)}


def test_what_is_asked_for_out_of_the_core() -> None:
    """Headers outside the core are asked for functions, and for constants that the core lacks."""
    here = SourceLocation(path="lib.rs", line=1)
    kinds: tuple[ItemKind, ...] = ("function", "constant", "constant", "constant")
    items = [
        SurfaceItem(kind=kind, rust_path=f"k::{n}", public_path=None, location=here)
        for n, kind in enumerate(kinds)
    ]
    far = [f"far{number}.h" for number in range(9)]
    headers = {0: ("core.h", "f.h"), 1: ("core.h", "k.h"), 2: far, 3: ()}
    assert [*outside(headers, items, "core.h".__eq__)] == ["f.h", *far[:6]]
