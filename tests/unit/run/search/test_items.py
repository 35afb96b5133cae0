"""items.py: clang's answers on items, from included headers or those that define them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from layoutcheck.bindings.rustdoc.items import SurfaceItem
from layoutcheck.model.layout import Type
from layoutcheck.model.layout_set import ConstantValue
from layoutcheck.model.verdict import SetAside, Status, Verdict
from layoutcheck.run.search.item_headers import ItemHeaders
from layoutcheck.run.search.items import find_items
from tests.item_sides import comparer, item, manifest, side_of_rust
from tests.layouts import I32, U32
from tests.opened import Opened, open_headers
from tests.passed import function

pytestmark = pytest.mark.needs_clang

HEADERS = {
    "sys/param.h": "#define __FreeBSD_version 1402000\n",
    "machine/param.h": '#define MACHINE "amd64"\n',
    "sys/a.h": "#define K 1\n#define WRONG 2\nint f(int);\n#ifdef NEVER\n#define OFF 1\n#endif\n",
    "sys/b.h": "#define ELSEWHERE 3\n",
}
RUST: dict[str, Type | ConstantValue] = {
    "K": ConstantValue(type=U32, value=1),
    "WRONG": ConstantValue(type=U32, value=9),
    "OWN": ConstantValue(type=U32, value=9),
    "OFF": ConstantValue(type=U32, value=1),
    "ELSEWHERE": ConstantValue(type=U32, value=3),
    "f": function(I32, result=I32),
    "word": I32,
}
ITEMS = [
    *(item("constant", name) for name in ("K", "WRONG", "OWN", "OFF", "ELSEWHERE")),
    item("function", "f"),
    item("alias", "word"),
]


@pytest.fixture
def cell(tmp_path: Path) -> Opened:
    """A tree of a few headers."""
    for name, text in HEADERS.items():
        path = tmp_path / "inc" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    work = tmp_path / "work"
    work.mkdir()
    return open_headers(tmp_path / "inc", "amd64", work)


def found(
    cell: Opened, items: Sequence[SurfaceItem], includes: Sequence[str] | None, settled: str = ""
) -> tuple[dict[str, Verdict], dict[str, SetAside]]:
    """Find items after includes; in all headers if these are None."""
    headers = ItemHeaders(cell.index, cell.kernels.item_index(cell.plan), cell.view)
    verdicts, aside = find_items(
        manifest(),
        cell.plan.id,
        items,
        side_of_rust(items, {one.name: RUST[one.name] for one in items}),
        cell.clang,
        types=comparer(),
        includes=cell.shipped_units() if includes is None else includes,
        headers=headers,
        settled=[settled],
    )
    return {v.rust_path: v for v in verdicts}, {one.rust_path: one for one in aside}


def test_items_after_includes(cell: Opened) -> None:
    """The reason says why the included headers lack the name."""
    verdicts, aside = found(cell, ITEMS, ["sys/a.h"], settled="k::word")
    assert {path: verdict.status for path, verdict in verdicts.items()} == {
        "k::K": Status.AGREES,
        "k::WRONG": Status.DIFFERS,
        "k::OFF": Status.INDETERMINATE,
        "k::ELSEWHERE": Status.INDETERMINATE,
        "k::f": Status.AGREES,
    }
    assert {path: one.why for path, one in aside.items()} == {"k::OWN": "not in C"}
    assert verdicts["k::OFF"].reason == (
        "the included headers name it, but do not define it in this configuration"
    )
    assert verdicts["k::ELSEWHERE"].reason == (
        "<sys/b.h> defines it; the included headers do not, or undefine it again"
    )


def test_items_in_all_headers(cell: Opened) -> None:
    """Each item is asked after a header that defines it, and the verdict names that."""
    verdicts, aside = found(cell, ITEMS, None)
    assert (verdicts["k::ELSEWHERE"].status, verdicts["k::K"].status) == (
        Status.AGREES,
        Status.AGREES,
    )
    assert str(verdicts["k::ELSEWHERE"].c_location) == "sys/b.h"
    assert verdicts["k::WRONG"].status is Status.DIFFERS
    assert str(verdicts["k::WRONG"].c_location) == "sys/a.h:2"
    assert verdicts["k::OFF"].reason == (
        "<sys/a.h> names it, but does not define it in this configuration"
    )
    assert {path: one.why for path, one in aside.items()} == {
        "k::OWN": "not in C",
        "k::word": "not in C",
    }


def test_no_items(cell: Opened) -> None:
    """Without items clang is not asked."""
    assert found(cell, [], ["sys/a.h"]) == ({}, {})
    assert cell.clang.read == set()
