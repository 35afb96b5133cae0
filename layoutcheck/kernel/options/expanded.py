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
    """Each record that the text defines, as C spells it, with a digest of its definition.

    `struct bio`, `union ccb`, and `foo_t` where a typedef names a record without a tag. Some of
    them may be no types where the unit ends: those in a function's body. The text is what
    `clang -E -P` prints, without comments and directives.
    """
    found: dict[str, str] = {}
    # What is open: the record's name ("" for a typedef's, None for any other brace), and where.
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
