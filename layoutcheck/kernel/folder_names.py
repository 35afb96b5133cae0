"""The texts of a folder's headers -> each word of their code, and what it is in which header. Pure.

A superset is what is wanted: neither `#if` nor what a name stands for is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntFlag
from typing import Final

from layoutcheck.kernel.comments import strip_comments
from layoutcheck.kernel.definitions import defined_names
from layoutcheck.kernel.dependence import DEFINE
from layoutcheck.kernel.header_text import HeaderText
from layoutcheck.kernel.item_definitions import item_names, words_of_code
from layoutcheck.kernel.joining import affixes, handed_words, takers

__all__ = ["FolderNames", "Role", "names_of"]


class Role(IntFlag):
    """What a word is in a header: the name of a type, or of something else, that it defines.

    Or some word of its code; one that it hands to a macro, which may make another of it.
    """

    TYPE = 1
    ITEM = 2
    CODE = 4
    HANDED = 8


_BITS: Final = 4
"""Of a number in `FolderNames.words` those of the roles."""


@dataclass(frozen=True, slots=True)
class FolderNames:
    """The headers of a folder, and by word the headers that have it, each with its roles.

    Such a header is a number: its place in `headers` above the bits of the roles. By macro there
    are the places of the headers that define it, and the words; one with parameters has a bracket
    behind its name. `affixes` and `takers` are the macros that paste (`joining`). `left` are the
    headers of the folder whose words are not here, since they include files that are no headers.
    """

    headers: tuple[str, ...]
    words: Mapping[str, tuple[int, ...]]
    macros: Mapping[str, tuple[tuple[int, str], ...]]
    affixes: Mapping[str, frozenset[str]]
    takers: frozenset[str]
    left: tuple[str, ...] = ()

    def having(self, word: str, role: Role) -> Iterator[str]:
        """The headers in which a word has a role."""
        bit = role.value
        for number in self.words.get(word, ()):
            if number & bit:
                yield self.headers[number >> _BITS]

    def all(self, role: Role) -> Iterator[str]:
        """All words that have a role in some header."""
        bit = role.value
        for word, numbers in self.words.items():
            if any(number & bit for number in numbers):
                yield word


def names_of(texts: Iterable[tuple[str, HeaderText]], *, alone: bool) -> FolderNames:
    """The names of these headers; where they stand `alone`, not of those that include others."""
    headers: list[str] = []
    left: list[str] = []
    words: dict[str, tuple[int, ...]] = {}
    macros: dict[str, list[tuple[int, str]]] = {}
    own: dict[str, frozenset[str]] = {}
    taking: set[str] = set()
    for header, read in texts:
        if alone and not read.is_own:
            left.append(header)
            continue
        text = strip_comments(read.text)
        roles = dict.fromkeys(words_of_code(text), Role.CODE.value)
        for bit, some in (
            (Role.TYPE.value, defined_names(text)),
            (Role.ITEM.value, item_names(text)),
            (Role.HANDED.value, handed_words(text)),
        ):
            for word in some:
                roles[word] = roles.get(word, 0) | bit
        place = len(headers) << _BITS
        for word, bits in roles.items():
            words[word] = (*words.get(word, ()), place | bits)
        for name, parameters, meaning in DEFINE.findall(text):
            macros.setdefault(name + parameters[:1], []).append((len(headers), meaning))
        headers.append(header)
        if "##" in text:
            taking |= takers(text)
            for macro, some in affixes(text).items():
                own[macro] = own.get(macro, frozenset()) | some
    return FolderNames(
        headers=tuple(headers),
        words=words,
        macros={name: tuple(by) for name, by in macros.items()},
        affixes=own,
        takers=frozenset(taking),
        left=tuple(left),
    )
