"""Untrusted text -> text and ids that are safe on a page: names come from crates and headers."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from markupsafe import Markup

from layoutcheck.report.terminal_safe import visible as visible_text

__all__ = ["Anchors", "visible"]

_PLAIN: Final = ":!*'()"
"""Characters that stay as they are in an id, besides letters, digits and `_.-`."""


def visible(value: object) -> object:
    """Return a value for the page, with control and invisible characters of its text escaped.

    Lines stay lines. Markup, which a template made, stays as it is.
    """
    return value if isinstance(value, Markup) else visible_text(str(value), keep="\n")


class Anchors:
    """Ids of a page: each text gets one that is safe in an address, and none is given twice."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def of(self, text: str) -> str:
        """Return the id of a new element: the text, encoded as in an address.

        If the id is taken, `~2` and so on is added.
        """
        encoded = quote(text, safe=_PLAIN, errors="backslashreplace").replace("~", "%7E")
        number = self._taken[encoded] = self._taken.get(encoded, 0) + 1
        return encoded if number == 1 else f"{encoded}~{number}"
