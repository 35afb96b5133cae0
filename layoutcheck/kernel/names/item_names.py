"""A C header's text -> the names that it defines for things other than types, without compiling.

These are macros, enumerators, functions and variables. As in `type_names`, a superset is wanted:
`#if` and the meaning of a name are ignored. Functions and variables are found if their declaration
begins in a line's first column, as in FreeBSD's style(9). The text has no comments.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["item_names", "words_of_code"]

_WORD: Final = re.compile(r"[A-Za-z_]\w*")
# Directives other than macro definitions.
_NO_DEFINE: Final = re.compile(r"^[ \t]*#(?![ \t]*define\b)(?:[^\\\n]|\\\n|\\.)*", re.MULTILINE)
# Patterns that begin with a literal are three times as fast. All are bounded, so that a text
# without a closing bracket takes no longer than others.
_DEFINE: Final = re.compile(r"#[ \t]*define[ \t]+(\w+)")
_DIRECTIVE: Final = re.compile(r"^[ \t]*#(?:[^\\\n]|\\\n|\\.)*", re.MULTILINE)
# Matches `__enum_uint8_decl(vtype) {` of sys/types.h, too.
_ENUM: Final = re.compile(r"enum[^;{}]{0,200}\{([^{}]{0,100000})\}")
_ENUMERATOR: Final = re.compile(r"(?:^|,)\s*(\w+)")
_FUNCTION: Final = re.compile(r"^(?=[A-Za-z_])[\w\s*]{0,100}?\b(\w++)[ \t]*+\(", re.MULTILINE)
_IN_BRACKETS: Final = re.compile(
    r"^[A-Za-z_][\w \t*]{0,200}\([ \t*]{0,9}(\w+)[ \t]*\)[ \t]*\(", re.MULTILINE
)
_EXTERN: Final = re.compile(r"^extern\b([^;{}()]{0,300});", re.MULTILINE)
_STATIC: Final = re.compile(
    r"^static\b[\w \t*]{0,200}?\b(\w+)[ \t]*(?:\[[^\]\n]{0,80}\][ \t]*){0,4}=", re.MULTILINE
)
_LAST_WORD: Final = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)*$")
# Macros that declare a variable with the name of their first argument: sys/malloc.h.
_DECLARING: Final = re.compile(r"MALLOC_DECLARE[ \t]*\([ \t]*(\w+)[ \t]*\)")


def item_names(text: str) -> frozenset[str]:
    """Return the macros, enumerators, functions and variables that the header's text defines."""
    names = set(_DEFINE.findall(text))
    names.update(_DECLARING.findall(text))
    text = _DIRECTIVE.sub("", text)
    for enumerators in _ENUM.findall(text):
        names.update(_ENUMERATOR.findall(enumerators))
    for pattern in (_FUNCTION, _IN_BRACKETS, _STATIC):
        names.update(pattern.findall(text))
    for declaration in _EXTERN.findall(text):
        words = (_LAST_WORD.search(part) for part in declaration.split(","))
        names.update(word[1] for word in words if word is not None)
    return frozenset(names)


def words_of_code(text: str) -> frozenset[str]:
    """Return all words of a header's declarations and macros, without those of conditions."""
    return frozenset(_WORD.findall(_NO_DEFINE.sub("", text)))
