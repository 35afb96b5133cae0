"""A C header's text -> the names of the types that it defines, by looking and not by compiling.

A superset is what is wanted: whether a name is defined under a configuration, and as what, is for
clang to say. So neither `#if` nor the kind of type is looked at. Of what macros define, the macros
in `_MACROS` are known. The text has no comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["defined_names"]

# The macro's name, or its end, and what the type is called that it makes of its first argument:
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

# `__packed`, `__aligned(8)`, `__attribute__((packed))`. All of the word: to try its parts, which
# begin with underscores too, takes for ever.
_ATTRIBUTE: Final = r"__\w++(?:[ \t]*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?"
# Patterns that begin with a literal are found three times as fast. So few attributes at most that
# one which is followed by no brace is given up at once.
_TAGS: Final = tuple(
    re.compile(rf"{kind}\s+(?:{_ATTRIBUTE}\s+){{0,8}}(\w+)\s*(?:{_ATTRIBUTE}\s*){{0,8}}\{{")
    for kind in ("struct", "union", "enum")
)
_CALLS: Final = tuple(
    (re.compile(rf"{macro}[ \t]*\([ \t]*(\w+)[ \t]*[,)]"), name) for macro, name in _MACROS
)
_ALIAS: Final = re.compile(r"#[ \t]*define[ \t]+(\w+)[ \t]+(\w+)[ \t]*$", re.MULTILINE)
# What follows a closing brace: at a line's first column, where FreeBSD's style(9) has only the ends
# of what is in nothing else, or after a typedef's only braces.
# Bounded, so that a text which never ends one takes no longer than others.
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
    """The tags and typedefs that the header's text defines, each a bare word."""
    names = {name for pattern in _TAGS for name in pattern.findall(text)}
    # `#define __reg64 reg` before `struct __reg64`, or the other way round.
    names.update(other for pair in _ALIAS.findall(text) if names & {*pair} for other in pair)
    for pattern, name in _CALLS:
        names.update(map(name.format, pattern.findall(text)))
    for pattern in (_CLOSED, _BRACED, _PLAIN):
        for declaration in pattern.findall(text):
            names.update(_declared(_TRAILING.sub(" ", declaration)))
    return frozenset(names)


def _declared(declarators: str) -> Iterator[str]:
    """The names in `mtx_t, *mtx_p`, `(*fn_t)(void *)` or `int fn_t(void *)`."""
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
