"""lookup.py: names that are looked for one by one are found where an index has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from layoutcheck.kernel import index
from layoutcheck.kernel.definitions import defined_names, words_of_type
from layoutcheck.kernel.header_text import HeaderText, read_header
from layoutcheck.kernel.index import HeaderIndex, index_headers, index_items
from layoutcheck.kernel.item_definitions import item_names
from layoutcheck.kernel.lookup import look_up
from layoutcheck.kernel.tree import open_tree
from layoutcheck.target import Target, find_target

AMD64 = find_target("amd64")


def read(path: Path) -> HeaderText:
    """A header that is in no tree."""
    return read_header(path, ())


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, ...]:
    """The folders of the ziglang headers."""
    return open_tree("ziglang", target=AMD64, release=None, work=tmp_path).folders


def test_a_header_has_to_define_it(tmp_path: Path) -> None:
    """To name it is not enough; a header that is not there defines nothing."""
    texts = {"a.h": "struct a { int i; };", "b.h": "struct a *b;", "c.h": "struct b { char c; };"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = {name: tmp_path / name for name in (*texts, "gone.h")}
    found = look_up(
        ["a", "b", "d"],
        files,
        read=read,
        defined_in=defined_names,
        words_of=words_of_type,
    )
    assert found == {"a": ["a.h"], "b": ["c.h"], "d": []}


@pytest.mark.parametrize("others", [0, 100])
def test_a_text_that_is_not_ascii(others: int, tmp_path: Path) -> None:
    """Is looked through as others are, whatever the letters stand next to."""
    (tmp_path / "a.h").write_text("/* \u201cb\u201d */ #define \xfc\u201d", encoding="utf-8")
    names = ["b", "\xfc", *(f"other_{number}" for number in range(others))]
    found = look_up(
        names,
        {"a.h": tmp_path / "a.h"},
        read=read,
        defined_in=str,
        words_of=lambda name: (name,),
    )
    assert [name for name, headers in found.items() if headers] == ["b", "\xfc"]


@pytest.mark.needs_headers
def test_every_definition_has_its_word(folders: tuple[Path, ...]) -> None:
    """Also where a macro makes the name: without the word the header would not be looked at."""
    count = made = 0
    for path in (path for folder in folders for path in folder.rglob("*.h")):
        text = path.read_text(encoding="utf-8", errors="replace")
        there = frozenset(re.findall(r"\w+", text))
        names = defined_names(text)
        assert [name for name in names if there.isdisjoint(words_of_type(name))] == []
        assert item_names(text) <= there
        count += len(names)
        made += len(names - there)
    assert count > 5000
    assert made > 20


@pytest.mark.needs_headers
@pytest.mark.parametrize("count", [5, 100])
@pytest.mark.parametrize("make", [index_headers, index_items])
def test_expected_names(
    make: Callable[[Sequence[Path], Target], HeaderIndex],
    count: int,
    folders: tuple[Path, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Have the same headers in the same order, and no index is made for them."""
    whole, few = make(folders, AMD64), make(folders, AMD64)
    several = sorted(name for name in whole.names if len(whole.definers(name)) > 1)
    names = [*several[:: len(several) // count], "no_such_name"]
    assert few.headers == whole.headers
    expected = {name: whole.definers(name) for name in names}
    monkeypatch.setattr(index, "names_in", nullcontext)  # it would fail
    few.expect(names)
    assert {name: few.definers(name) for name in names} == expected
    assert expected["no_such_name"] == ()


@pytest.mark.needs_headers
def test_many_names_are_read_at_once(folders: tuple[Path, ...]) -> None:
    """Then it pays to make the index."""
    found = index_headers(folders, AMD64)
    found.expect(["proc", *(f"name_{number}" for number in range(1000))])
    assert "sys/proc.h" in found.definers("proc")
    assert found.definers("name_1") == ()
    assert "mtx" in found.names
