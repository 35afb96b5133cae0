"""The folders of a header tree -> which of their headers defines a type, or something else.

Where few names are asked for, only these are looked for in the headers' texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Final, TypeAlias

from layoutcheck.kernel.definitions import defined_names, words_of_type
from layoutcheck.kernel.header_names import NameKind, list_headers, names_in
from layoutcheck.kernel.header_text import HeaderText, read_header
from layoutcheck.kernel.item_definitions import item_names, words_of_code
from layoutcheck.kernel.joining import handed_words
from layoutcheck.kernel.lookup import look_up
from layoutcheck.kernel.pasted_names import PastedNames
from layoutcheck.kernel.source_tree import is_behind_machine, is_foreign
from layoutcheck.once import Once
from layoutcheck.target import Target

__all__ = ["HeaderIndex", "Measured", "index_headers", "index_items", "likely"]

Measured: TypeAlias = Callable[[], AbstractContextManager[object]]
"""What counts the time that is spent within it."""
_FEW: Final = 300
"""So many names are found sooner than an index is made."""
# What these folders have is wanted by the others, and rarely defines macros in their way.
_BASIC: Final = ("machine", "sys", "vm")
# Code of others, which FreeBSD builds with include folders of its own or not at all, and folders of
# programs' headers: such a header counts where no other defines a type.
_LAST: Final = frozenset(
    ("contrib", "cddl", "compat", "gnu", "tests", "arpa", "protocols", "rpcsvc", "ssp", "xlocale")
)
# Where a source tree keeps what is included as <machine/pcb.h> and <x86/apicvar.h>.
_OF_A_MACHINE: Final = re.compile(r"(?:.*/)?(amd64|arm|arm64|i386|powerpc|riscv|x86)/include/")


class HeaderIndex:
    """The headers of one tree for one machine, by the names that they define.

    `headers` are all of them, in an order in which most of them go together.
    """

    def __init__(self, headers: Mapping[str, Sequence[str]]) -> None:
        self.headers: Final = tuple(sorted(headers, key=_inclusion))
        self._definers: dict[str, list[str]] = {}
        for header, names in headers.items():
            for name in names:
                self._definers.setdefault(name, []).append(header)

    @property
    def kernels_own(self) -> tuple[str, ...]:
        """Those in a folder, but for what is for programs or other systems' code."""
        parts = ((header, header.partition("/")) for header in self.headers)
        return tuple(h for h, (folder, slash, _) in parts if slash and folder not in _LAST)

    def read(self, header: str) -> str:  # noqa: ARG002
        """The text of a header; none if it cannot be read, or is none of these."""
        return ""

    @property
    def names(self) -> Collection[str]:
        """All names that some header defines."""
        return self._definers.keys()

    def expect(self, names: Collection[str]) -> None:
        """Hear for which names `definers` will be asked next."""

    def definers(self, name: str) -> tuple[str, ...]:
        """The headers that define `name` (of a type: its tag or typedef), likeliest first."""
        return tuple(sorted(self._definers.get(name, ()), key=_likelihood))

    def mentioning(self, names: Collection[str]) -> Mapping[str, Sequence[str]]:  # noqa: ARG002
        """The headers whose code has each of `names`, whatever it is there, likeliest first."""
        return {}

    def making(self, names: Collection[str]) -> Mapping[str, Sequence[str]]:  # noqa: ARG002
        """The headers that hand a macro what it may make each of `names` of, likeliest first."""
        return {}

    def named(self, path: str, among: Collection[str]) -> tuple[str, ...]:
        """Those of the headers `among` that a path such as "/usr/src/sys/sys/bio.h" means.

        It ends with the header's name, or is the end of it; then it may mean several.
        """
        path = _OF_A_MACHINE.sub(_as_included, path)
        parts = path.split("/")
        # A last part alone is a header in no folder, and of another folder it says nothing.
        last = len(parts) - (len(parts) > 1 and parts[-2] != "include")
        tails = ("/".join(parts[start:]) for start in range(last))
        for tail in tails:
            if tail in among:
                return (tail,)
        return tuple(header for header in among if header.endswith(f"/{path}"))


def likely(headers: Sequence[str], *, programs: bool) -> tuple[str, ...]:
    """Of headers that define one name those that count: of no other system.

    And if it is not for `programs`, of no folder or programs' folder; all, if there is no other.
    """
    found = [
        header
        for header in headers
        if header.partition("/")[0] not in _LAST and (programs or "/" in header)
    ]
    return tuple(found or headers)


def _as_included(found: re.Match[str]) -> str:
    return f"{'x86' if found[1] == 'x86' else 'machine'}/"


def _inclusion(header: str) -> tuple[bool, str]:
    return header.partition("/")[0] not in _BASIC, header


def _likelihood(header: str) -> tuple[bool, bool, int, str]:
    """A sorting key: the machine's own, those in a folder, those in none (of programs)."""
    first, slash, _ = header.partition("/")
    return not slash, first != "machine", header.count("/"), header


class _FolderIndex(HeaderIndex):
    """The same of folders, which are read when names are asked for that nobody expected.

    Several threads may use it.
    """

    def __init__(
        self, folders: Sequence[Path], target: Target, kind: NameKind, measured: Measured
    ) -> None:
        with measured():
            self._files: dict[str, Path] = {}
            for folder in folders:
                for header, _, _ in list_headers(folder):
                    if not is_foreign(header, target):
                        self._files.setdefault(header, folder / header)
            super().__init__(dict.fromkeys(self._files, ()))
        # <machine/pcb.h> stands before <i386/pcb.h>, also where it would be another machine's.
        self._hidden = frozenset(
            header
            for header in self._files
            if is_behind_machine(header) and f"machine/{header.partition('/')[2]}" in self._files
        )
        self._folders, self._kind, self._measured = folders, kind, measured
        self._whole: Once[None, HeaderIndex] = Once()
        self._expected: dict[str, Sequence[str]] = {}

    def read(self, header: str) -> str:
        """The text of a header; none if it cannot be read, or is none of these."""
        return self._read(self._files[header]).text if header in self._files else ""

    def _read(self, path: Path) -> HeaderText:
        return read_header(path, self._folders)

    def expect(self, names: Collection[str]) -> None:
        """Look for the names in all headers if they are few, else for all names there are."""
        unknown = {name for name in names if name not in self._expected}
        if not unknown or self._whole.is_made(None):
            return
        if len(unknown) > _FEW:
            self._read_all()
            return
        with self._measured():
            self._expected |= look_up(
                sorted(unknown),
                self._files,
                read=self._read,
                defined_in=self._kind.parse,
                words_of=self._kind.words_of,
            )

    def mentioning(self, names: Collection[str]) -> Mapping[str, Sequence[str]]:
        """The headers whose code has each of `names`, whatever it is there, likeliest first."""
        return self._having(names, words_of_code)

    def making(self, names: Collection[str]) -> Mapping[str, Sequence[str]]:
        """The headers that hand a macro what it may make each of `names` of, likeliest first."""
        return self._pasted.headers({name for name in names if name.isidentifier()})

    def _having(
        self, names: Collection[str], words_in: Callable[[str], Collection[str]]
    ) -> Mapping[str, Sequence[str]]:
        """The headers of which `words_in` gives each of the names, likeliest first."""
        if not names:
            return {}
        with self._measured():
            found = look_up(
                sorted(names),
                self._files,
                read=self._read,
                defined_in=words_in,
                words_of=lambda name: (name,),
            )
        return {
            name: sorted({*headers} - self._hidden, key=_likelihood)
            for name, headers in found.items()
        }

    @cached_property
    def _pasted(self) -> PastedNames:
        with self._measured():
            texts = map(self._read, self._files.values())
            pasting = [one.text for one in texts if b"##" in one.content]
            return PastedNames(pasting, self.read, lambda words: self._having(words, handed_words))

    @property
    def names(self) -> Collection[str]:
        """All names that some header defines."""
        return self._read_all().names

    def definers(self, name: str) -> tuple[str, ...]:
        """The headers that define `name`, likeliest first."""
        expected = self._expected.get(name)
        found = self._read_all().definers(name) if expected is None else expected
        return tuple(sorted({*found} - self._hidden, key=_likelihood))

    def _read_all(self) -> HeaderIndex:
        def make() -> HeaderIndex:
            with self._measured():
                headers: dict[str, Sequence[str]] = {}
                for folder in self._folders:
                    for header, names in names_in(folder, self._kind, self._folders).items():
                        if header in self._files:
                            headers.setdefault(header, names)
                return HeaderIndex(headers)

        return self._whole.get(None, make)


def index_headers(
    folders: Sequence[Path], target: Target, *, measured: Measured = nullcontext
) -> HeaderIndex:
    """The headers in `folders`, of which an earlier one hides those of the same name in the later.

    By the types that they define. Folders that hold other machines' headers are left out. The
    headers are read within `measured`.
    """
    kind = NameKind(name="types", parse=defined_names, words_of=words_of_type)
    return _FolderIndex(folders, target, kind, measured)


def index_items(
    folders: Sequence[Path], target: Target, *, measured: Measured = nullcontext
) -> HeaderIndex:
    """The same by the macros, enumerators, functions and variables that they define."""
    kind = NameKind(name="items", parse=item_names, words_of=lambda name: (name,))
    return _FolderIndex(folders, target, kind, measured)
