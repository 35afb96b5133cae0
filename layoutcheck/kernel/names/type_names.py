"""A C header's text -> the names of the types that it defines, without compiling.

A superset is wanted: clang decides whether a name is defined under a configuration, and as what.
`#if` and the kind of type are therefore ignored. Of the macros that define types, those in
`_MACROS` are known. The text has no comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["defined_names"]

# The macro's name, or its end, and the name of the type that it makes from its first argument:
# sys/queue.h, sys/tree.h, sys/_bitset.h, sys/eventhandler.h, sys/types.h, net/route/nhop_utils.h,
# sys/elf_generic.h.
_MACROS: Final = (
    ("_HEAD", "{}"),
    ("BITSET_DEFINE", "{}"),
    ("EVENTHANDLER_DECLARE", "eventhandler_entry_{}"),
    ("__enum_uint8_decl", "enum_{}_uint8"),
    ("CHT_SLIST_DEFINE", "{}_head"),
    ("__ElfType", "Elf_{}"),
    ("__ElfN", "Elf32_{}"),
    ("__ElfN", "Elf64_{}"),
)

# `__packed`, `__aligned(8)`, `__attribute__((packed))`. The whole word is matched possessively:
# backtracking into parts, which begin with underscores too, takes exponential time.
_ATTRIBUTE: Final = r"__\w++(?:[ \t]*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?"
# Patterns that begin with a literal are three times as fast. The number of attributes is limited,
# so that a match without a brace fails early.
_TAGS: Final = tuple(
    re.compile(rf"{kind}\s+(?:{_ATTRIBUTE}\s+){{0,8}}(\w+)\s*(?:{_ATTRIBUTE}\s*){{0,8}}\{{")
    for kind in ("struct", "union", "enum")
)
_CALLS: Final = tuple(
    (re.compile(rf"{macro}[ \t]*\([ \t]*(\w+)[ \t]*[,)]"), name) for macro, name in _MACROS
)
_ALIAS: Final = re.compile(r"#[ \t]*define[ \t]+(\w+)[ \t]+(\w+)[ \t]*$", re.MULTILINE)
# Text after a closing brace: in a line's first column, where FreeBSD's style(9) has only the ends
# of outermost declarations, or after a typedef's only braces. It is bounded, so that a text without
# a `;` takes no longer than others.
_CLOSED: Final = re.compile(r"^\}([^;{}]{0,500});", re.MULTILINE)
_BRACED: Final = re.compile(r"typedef\b[^;{}]{0,100}\{[^{}]*\}([^;{}]{0,500});")
_PLAIN: Final = re.compile(r"typedef\b([^;{}]{0,500});")
_TRAILING: Final = re.compile(rf"\b(?=__(?:packed|unused|may_alias|attribute|aligned)){_ATTRIBUTE}")
_DECLARATOR: Final = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)*$")
# `MACRO(...) name`, `(*name)(...)`, `(name)(...)`, `name(...)`.
_FUNCTIONS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"\)\s*(\w+)\s*$",
        r"\(\s*\*\s*(\w+)",
        r"\(\s*(\w+)\s*\)\s*\(",
        r"(\w+)\s*\(",
    )
)


def defined_names(text: str) -> frozenset[str]:
    """Return the tags and typedefs that the header's text defines, each a bare word."""
    names = {name for pattern in _TAGS for name in pattern.findall(text)}
    # `#define __reg64 reg` before `struct __reg64`, or the reverse.
    names.update(other for pair in _ALIAS.findall(text) if names & {*pair} for other in pair)
    for pattern, name in _CALLS:
        names.update(map(name.format, pattern.findall(text)))
    for pattern in (_CLOSED, _BRACED, _PLAIN):
        for declaration in pattern.findall(text):
            names.update(_declared(_TRAILING.sub(" ", declaration)))
    return frozenset(names)


def _declared(declarators: str) -> Iterator[str]:
    """Yield the names in `mtx_t, *mtx_p`, `(*fn_t)(void *)` or `int fn_t(void *)`."""
    if "(" in declarators:
        found = (pattern.search(declarators) for pattern in _FUNCTIONS)
        first = next(filter(None, found), None)
        if first is not None:
            yield first[1]
        return
    for part in declarators.split(","):
        name = _DECLARATOR.search(part)
        if name is not None:
            yield name[1]
