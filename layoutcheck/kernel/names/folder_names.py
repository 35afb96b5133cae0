"""The texts of a folder's headers -> each word of their code, with its roles by header. Pure.

A superset is wanted: `#if` and the meaning of a name are ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from layoutcheck.kernel.names.comments import plain_code, strip_quotes
from layoutcheck.kernel.names.header_text import HeaderText
from layoutcheck.kernel.names.item_names import item_names, words_of_code
from layoutcheck.kernel.names.macro_words import DEFINE
from layoutcheck.kernel.names.token_pasting import affixes, handed_words, takers
from layoutcheck.kernel.names.type_names import defined_names

__all__ = ["FolderNames", "Role", "names_of"]


class Role(Enum):
    """A word's role in a header.

    `TYPE`: it names a type that the header defines. `ITEM`: it names something else that the header
    defines. `CODE`: it is in the header's code. `HANDED`: the header passes it to a macro, which
    may make another word from it.
    """

    TYPE = "type"
    ITEM = "item"
    CODE = "code"
    HANDED = "handed"


@dataclass(frozen=True, slots=True)
class FolderNames:
    """The headers of a folder, and by role and word the indices in `headers` of those that have it.

    `macros` has for each macro the indices of the headers that define it, and its replacement. A
    macro with parameters has a `(` after its name. `affixes` and `takers` are the macros that paste
    (`token_pasting`). `left` are headers of the folder that are not included here, since they
    include files other than headers.
    """

    headers: tuple[str, ...]
    words: Mapping[Role, Mapping[str, tuple[int, ...]]]
    macros: Mapping[str, tuple[tuple[int, str], ...]]
    affixes: Mapping[str, frozenset[str]]
    takers: frozenset[str]
    left: tuple[str, ...] = ()

    def having(self, word: str, role: Role) -> Iterator[str]:
        """Return the headers in which a word has a role."""
        return (self.headers[place] for place in self.words[role].get(word, ()))


def names_of(texts: Iterable[tuple[str, HeaderText]], *, alone: bool) -> FolderNames:
    """Return the names of these headers; with `alone`, without those that include other files."""
    headers: list[str] = []
    left: list[str] = []
    words: dict[Role, dict[str, list[int]]] = {role: {} for role in Role}
    macros: dict[str, list[tuple[int, str]]] = {}
    own: dict[str, frozenset[str]] = {}
    taking: set[str] = set()
    for header, read in texts:
        if alone and not read.is_own:
            left.append(header)
            continue
        text = plain_code(read.text)
        code = strip_quotes(text)
        for role, some in (
            (Role.TYPE, defined_names(code)),
            (Role.ITEM, item_names(code)),
            (Role.CODE, words_of_code(code)),
            (Role.HANDED, handed_words(code)),
        ):
            for word in some:
                words[role].setdefault(word, []).append(len(headers))
        for name, parameters, meaning in DEFINE.findall(text):
            macros.setdefault(name + parameters[:1], []).append((len(headers), meaning))
        headers.append(header)
        if "##" in text:
            taking |= takers(text)
            for macro, some in affixes(text).items():
                own[macro] = own.get(macro, frozenset()) | some
    return FolderNames(
        headers=tuple(headers),
        words={role: {word: tuple(at) for word, at in of.items()} for role, of in words.items()},
        macros={name: tuple(by) for name, by in macros.items()},
        affixes=own,
        takers=frozenset(taking),
        left=tuple(left),
    )
