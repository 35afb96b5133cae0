"""Every idiom has a case that must pass and one that must fail: the table in docs/validation.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.integration.test_big_endian import ROOTS
from tests.integration.test_broken import MODULES, STATUSES, Sources
from tests.integration.test_idioms_abused import RIGHT, WRONG

ROOT = Path(__file__).resolve().parents[2]
CRATES = ROOT / "fixtures" / "crates"
ROW = re.compile(r"^\| (.+) \| ([`*])(.+)[`*] \| ([`*])(.+)[`*] \|$", re.MULTILINE)


def rows() -> Iterator[tuple[str, bool, str]]:
    """Yield each idiom with its expected result and its place."""
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    _, _, after = page.partition("\n## By idiom\n")
    for idiom, kind, right, other_kind, wrong in ROW.findall(after.partition("\n## ")[0]):
        yield idiom, True, f"{kind}{right}"
        yield idiom, False, f"{other_kind}{wrong}"


@cache
def notes() -> dict[str, set[str]]:
    """Return the notes of the broken crate's sources on each type and item."""
    sources = Sources()
    for module in MODULES:
        sources.read(CRATES / "broken" / "src" / f"{module}.rs")
    return sources.notes


@pytest.mark.parametrize(("idiom", "must_pass", "place"), list(rows()))
def test_each_idiom_has_both(idiom: str, place: str, *, must_pass: bool) -> None:
    """Each place of an idiom exists: an item, a note in the broken crate, or a case."""
    kind, name = place[0], place[1:]
    if kind == "*":
        _, by_machine = ROOTS.get(name, ("", {}))
        is_by_machine = any(bool(found) is not must_pass for found in by_machine.values())
        assert is_by_machine or name in (RIGHT if must_pass else WRONG), idiom
        return
    crate, module, *_, last = name.split("::")
    if crate == "sample":
        assert must_pass
        source = (CRATES / crate / "src" / f"{module}.rs").read_text(encoding="utf-8")
        assert re.search(rf"\bpub (struct|union|enum|const|fn|static)( mut)? {last}\b", source)
    else:
        found = {note.split()[0] for note in notes()[name]}
        assert found == {"agrees"} if must_pass else found - {*STATUSES}, idiom


def test_every_row_is_read() -> None:
    """Every row of the table has the form that is read."""
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    table = page.partition("\n## By idiom\n")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    assert 2 * (len(lines) - 1) == len(list(rows())) > 100
