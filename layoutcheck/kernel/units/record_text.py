"""A header's text -> its records: their places, their names, the words that they test. Pure.

The text has no comments.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from layoutcheck.kernel.names.macro_words import DIRECTIVE, WORD, conditions_in

__all__ = ["asked_by", "blocks_in", "names_of", "open_pack", "records_in", "words_of"]

_RECORD: Final = re.compile(r"\b(?:struct|union)\b[^;{}()]{0,200}\{")
_BRACE: Final = re.compile(r"[{}]")
# The rest of a record's declaration, behind the brace: attributes, and names.
_TAIL: Final = re.compile(r"[^;{}#]{0,400}")
_CALL: Final = re.compile(r"([A-Za-z_]\w*)[ \t]*\(")
# A word in front of a name that is no name itself: `PACKED x_t`.
_NO_NAME: Final = re.compile(r"([A-Za-z_]\w*)\s+(?=(?!__)([A-Za-z_]\w*)\s*(?:[,\[]|\Z))")
_PACK: Final = re.compile(r"^[ \t]*#[ \t]*pragma[ \t]+(pack[ \t]*\([^)\n]*\))", re.MULTILINE)
_UNPACKED: Final = ("pack()", "pack(pop)")


def open_pack(text: str, end: int) -> str:
    """Return the `#pragma pack` that is open at a place; empty if none is."""
    packs = [one[1].replace(" ", "") for one in _PACK.finditer(text, 0, end)]
    return packs[-1] if packs and packs[-1] not in _UNPACKED else ""


def records_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each outermost record."""
    for start, end in blocks_in(text, _RECORD):
        tail = _TAIL.match(text, end)
        yield start, end if tail is None else tail.end()


def blocks_in(text: str, opening: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield start and end of each outermost block; `opening` ends with its brace."""
    end = 0
    for found in opening.finditer(text):
        if found.start() < end:
            continue
        depth = 0
        for brace in _BRACE.finditer(text, found.end() - 1):
            depth += 1 if brace[0] == "{" else -1
            if depth == 0:
                end = brace.end()
                yield found.start(), end
                break


def names_of(body: str) -> frozenset[str]:
    """Return the names in a record's declaration: the tag, and the names after the brace."""
    head, tail = body.partition("{")[0], body.rpartition("}")[2]
    tag = frozenset(WORD.findall(head)[-1:]) - {"struct", "union"}
    return tag.union(WORD.findall(tail))


def asked_by(body: str, macros: Collection[str]) -> frozenset[str]:
    """Return the words of a record's conditions, and the names or attributes after its brace.

    Without the macro PACKED, `} PACKED x_t;` would not compile, so PACKED is not among them.
    """
    tail = body.rpartition("}")[2]
    no_names = {one for one, name in _NO_NAME.findall(tail) if name not in macros}
    behind = (word for word in WORD.findall(tail) if word not in no_names)
    return conditions_in(body).union(behind)


def words_of(body: str) -> frozenset[str]:
    """Return the words of a record's members and conditions; called words also with their `(`."""
    text = DIRECTIVE.sub("", body)
    calls = {f"{name}(" for name in _CALL.findall(text)}
    return conditions_in(body).union(WORD.findall(text), calls)
