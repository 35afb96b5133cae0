"""docs/glossary.md has each term once, in order, and links to a term lead to its heading."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"
FENCED: Final = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def _headings(page: Path) -> list[str]:
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)


def _anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_terms_are_in_order() -> None:
    """Every term has one entry, in alphabetical order."""
    terms = _headings(DOCS / "glossary.md")[1:]
    assert terms == sorted(set(terms))


@pytest.mark.parametrize(
    "page", sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")]), ids=lambda page: page.name
)
def test_anchors_are_there(page: Path) -> None:
    """Every link to a part of a page names a heading of that page."""
    for name, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text(encoding="utf-8")):
        target = page.parent / name if name else page
        assert anchor in map(_anchor, _headings(target)), f"{page.name}: {name}#{anchor}"
