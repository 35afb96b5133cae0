"""The folders of a header tree -> the headers that define a type or another name."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property, partial
from pathlib import Path
from typing import Final, TypeAlias

from layoutcheck.cache.memo import Memo
from layoutcheck.kernel.names.comments import plain_code
from layoutcheck.kernel.names.folder_names import FolderNames, Role, names_of
from layoutcheck.kernel.names.header_text import HeaderText, read_header
from layoutcheck.kernel.names.listing import list_headers
from layoutcheck.kernel.names.pasted_names import PastedNames
from layoutcheck.kernel.system import IncludeRules
from layoutcheck.model.target import Target

__all__ = ["HeaderIndex", "Keep", "Measured", "TreeNames"]

Measured: TypeAlias = Callable[[], AbstractContextManager[object]]
"""Context that measures the time spent within it."""
Keep: TypeAlias = Callable[[Path, Sequence[str], Callable[[], FolderNames]], FolderNames]
"""Cache of the names of a folder: its path, the files that they depend on, how to make them."""
# A word or number that may become a part of a name.
_ONE_WORD: Final = re.compile(r"[ \t]*(?:[A-Za-z_]\w*|\d{1,4})[ \t]*")


class TreeNames:
    """The headers of one tree for one machine, and their names; read when first needed.

    If several `folders` have a header of one name, the first hides the others. Headers of other
    machines are left out. `keep` caches the names of a folder. The headers are read within
    `measured`. Several threads may use it.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        target: Target,
        rules: IncludeRules,
        *,
        keep: Keep = lambda _folder, _files, make: make(),
        measured: Measured = nullcontext,
    ) -> None:
        self._folders, self._target, self.rules = folders, target, rules
        self._keep, self._measured = keep, measured
        self._names: Memo[None, Sequence[tuple[Path, FolderNames]]] = Memo()

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """Return all headers, in an order in which most of them compile together."""
        basic = self.rules.basic
        return tuple(sorted(self._files, key=lambda h: (h.partition("/")[0] not in basic, h)))

    @cached_property
    def _listed(self) -> Mapping[Path, Sequence[str]]:
        """Return the headers of each folder."""
        with self._measured():
            return {f: [header for header, _, _ in list_headers(f)] for f in self._folders}

    @cached_property
    def _files(self) -> Mapping[str, Path]:
        """Return the folder of each header."""
        found: dict[str, Path] = {}
        for folder, headers in self._listed.items():
            for header in headers:
                if not self.rules.is_foreign(header, self._target):
                    found.setdefault(header, folder)
        return found

    @cached_property
    def _hidden(self) -> frozenset[str]:
        """Return the headers that others hide: <machine/pcb.h> hides <i386/pcb.h>.

        This also holds if <i386/pcb.h> would be another machine's.
        """
        return frozenset(
            header
            for header in self._files
            if self.rules.is_behind_machine(header)
            and f"machine/{header.partition('/')[2]}" in self._files
        )

    def read(self, header: str) -> str:
        """Return the text of a header; empty if it cannot be read, or is not in the tree."""
        folder = self._files.get(header)
        return "" if folder is None else self._read(folder, header).text

    def _read(self, folder: Path, header: str) -> HeaderText:
        return read_header(folder / header, self._folders)

    def having(self, word: str, role: Role) -> tuple[str, ...]:
        """Return the headers in which a word has a role, likeliest first."""
        found = {
            header
            for folder, names in self._all()
            for header in names.having(word, role)
            if self._files.get(header) == folder
        }
        return tuple(sorted(found - self._hidden, key=_likelihood))

    def words(self, role: Role) -> frozenset[str]:
        """Return all words that have a role in some header."""
        words = (word for _, names in self._all() for word in names.words[role])
        return frozenset(word for word in words if self.having(word, role))

    @cached_property
    def macros(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Return for each macro the headers that define it, each with the replacement.

        The name of a macro with parameters ends with `(`.
        """
        found: dict[str, list[tuple[str, str]]] = {}
        for folder, names in self._all():
            mine = [self._files.get(header) == folder for header in names.headers]
            for name, by in names.macros.items():
                here = [(names.headers[number], words) for number, words in by if mine[number]]
                if here:
                    found.setdefault(name, []).extend(here)
        return found

    def defining(self, macro: str) -> frozenset[str]:
        """Return the headers that define a macro without parameters."""
        return frozenset(header for header, _ in self.macros.get(macro, ()))

    @cached_property
    def pasted(self) -> PastedNames:
        """Return the names that macros paste."""
        names = [names for _, names in self._all()]
        handed = frozenset[str]().union(*(one.words[Role.HANDED] for one in names))
        return PastedNames(
            [names.affixes for names in names],
            [names.takers for names in names],
            handed=handed,
            meant=self._meant(handed),
            read=lambda header: plain_code(self.read(header)),
            handing=partial(self.having, role=Role.HANDED),
        )

    def _meant(self, handed: frozenset[str]) -> Mapping[str, frozenset[str]]:
        """Return one-word replacements of macros that are passed to macros, with the headers."""
        found: dict[str, set[str]] = {}
        for name in handed.intersection(self.macros):
            for header, words in self.macros[name]:
                if _ONE_WORD.fullmatch(words):
                    found.setdefault(words.strip(), set()).add(header)
        return {word: frozenset(headers) for word, headers in found.items()}

    def _all(self) -> Sequence[tuple[Path, FolderNames]]:
        """Return the names of each folder: those of headers alone, then those with includes."""
        return self._names.get(None, lambda: [*self._read_all()])

    def _read_all(self) -> Iterator[tuple[Path, FolderNames]]:
        with self._measured():
            for folder, headers in self._listed.items():
                own = self._keep(
                    folder,
                    [f"{folder}/{header}" for header in headers],
                    partial(self._names_of, folder, headers, alone=True),
                )
                yield folder, own
                yield folder, self._names_of(folder, own.left, alone=False)

    def _names_of(self, folder: Path, headers: Sequence[str], *, alone: bool) -> FolderNames:
        return names_of(((h, self._read(folder, h)) for h in headers), alone=alone)


class HeaderIndex:
    """The headers of a tree, by the names that have one role in them."""

    def __init__(self, tree: TreeNames, role: Role) -> None:
        self._tree, self._role = tree, role

    @property
    def headers(self) -> tuple[str, ...]:
        """Return all headers, in an order in which most of them compile together."""
        return self._tree.headers

    @property
    def kernels_own(self) -> tuple[str, ...]:
        """Return the headers in folders, without those for programs or other systems' code."""
        parts = ((header, header.partition("/")) for header in self.headers)
        last = self._tree.rules.last
        return tuple(h for h, (folder, slash, _) in parts if slash and folder not in last)

    def read(self, header: str) -> str:
        """Return the text of a header; empty if it cannot be read, or is not in the tree."""
        return self._tree.read(header)

    @property
    def names(self) -> Collection[str]:
        """Return all names that some header defines."""
        return self._tree.words(self._role)

    def named(self, path: str, among: Collection[str]) -> tuple[str, ...]:
        """Return the headers `among` others that a path such as "/usr/src/sys/sys/bio.h" means.

        The path ends with the header's name, or is the end of it; then it may mean several.
        """
        return _find_named(self._tree.rules.as_included(path), among)

    def likely(self, headers: Iterable[str], *, programs: bool) -> tuple[str, ...]:
        """Return the headers that count, of those that define one name; all if none does."""
        return self._tree.rules.likely(headers, programs=programs)

    def definers(self, name: str) -> tuple[str, ...]:
        """Return the headers that define `name` (a type's tag or typedef), likeliest first."""
        return self._tree.having(name, self._role)

    def mentioning(self, names: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return for each of `names` the headers with that word in their code, likeliest first."""
        return {name: self._tree.having(name, Role.CODE) for name in names}

    def making(self, names: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return for each name the headers whose macro calls may make it, likeliest first."""
        return {name: self._tree.pasted.headers(name) for name in names if name.isidentifier()}


def _find_named(path: str, among: Collection[str]) -> tuple[str, ...]:
    parts = path.split("/")
    # The last part alone would be a header in no folder, which is not the one of this path.
    last = len(parts) - (len(parts) > 1 and parts[-2] != "include")
    tails = ("/".join(parts[start:]) for start in range(last))
    for tail in tails:
        if tail in among:
            return (tail,)
    return tuple(header for header in among if header.endswith(f"/{path}"))


def _likelihood(header: str) -> tuple[bool, bool, int, str]:
    """Sort key: first headers of the machine, then those in folders, then programs' headers."""
    first, slash, _ = header.partition("/")
    return not slash, first != "machine", header.count("/"), header
