"""Preprocessed C -> the records that it defines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Final

__all__ = ["defined_records"]

_ATTRIBUTES: Final = r"(?:__attribute__\s*\(\((?:[^()]|\([^()]*(?:\([^()]*\))?[^()]*\))*\)\)\s*)*"
_TOKEN: Final = re.compile(
    rf'(typedef\s+)?\b(struct|union)\b\s*{_ATTRIBUTES}([A-Za-z_]\w*)?\s*\{{|[{{}}]|"(?:[^"\\]|\\.)*"',
    re.ASCII,
)
_TYPEDEF_NAME: Final = re.compile(rf"\s*{_ATTRIBUTES}([A-Za-z_]\w*)\s*{_ATTRIBUTES}[;,]", re.ASCII)


def defined_records(text: str) -> Mapping[str, str]:
    """Return each record that the text defines, as C spells it, with a digest of its definition.

    The spelling is `struct bio`, `union ccb`, or `foo_t` for a typedef of a record without a tag. A
    record in a function's body is no type at the end of the unit, but is included. The text is the
    output of `clang -E -P`, without comments and directives.
    """
    found: dict[str, str] = {}
    # Stack of open braces: the record's name ("" for a typedef's, None for other braces), the
    # start.
    opened: list[tuple[str | None, int]] = []
    for token in _TOKEN.finditer(text):
        if token[2] is not None:
            name = f"{token[2]} {token[3]}" if token[3] else "" if token[1] else None
            opened.append((name, token.start()))
        elif token[0] == "{":
            opened.append((None, token.start()))
        elif token[0] == "}" and opened:
            name, start = opened.pop()
            if name == "":
                typedef = _TYPEDEF_NAME.match(text, token.end())
                name = typedef[1] if typedef else None
            if name is not None:
                body = text[start : token.end()].encode("utf-8", "replace")
                found.setdefault(name, hashlib.sha256(body).hexdigest())
    return found
