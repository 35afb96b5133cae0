"""Pages of docs/ with parts that validation writes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

__all__ = ["write_part"]

_PAGE: Final = Path(__file__).parents[2] / "docs" / "headers.md"


def write_part(name: str, text: str) -> None:
    """Put the text between the comments of that name in docs/headers.md."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, _, rest = _PAGE.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    _PAGE.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", encoding="utf-8")
