"""Which headers go together: the unit in which each header of a tree compiles. Pure.

Most of a kernel's headers go together in one unit, the core, in the order of a list that is shipped
(`seeds/`). The others stand behind it, each with its folder. Two headers that define a macro in
different words are never in one unit: what the later one lays out might be the earlier one's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import resources
from typing import Final, NamedTuple, Protocol, TypeAlias

from layoutcheck.manifest_kernel import View
from layoutcheck.once import Once
from layoutcheck.toolchain.diagnostic import Diagnostic
from layoutcheck.toolchain.preprocessor import Redefinition

__all__ = ["Check", "HeaderUnits", "Preprocess", "Preprocessed", "read_aside", "read_seed"]

LeftOut: TypeAlias = Mapping[str, tuple[Diagnostic, ...]]


class Check(Protocol):
    """What says of includes which do not compile in one unit in that order, and why."""

    def __call__(self, includes: Sequence[str], behind: Sequence[str] = ()) -> LeftOut:
        """They come behind others, all of which compile."""


class Preprocessed(NamedTuple):
    """What the preprocessor sees in a unit: macros that a later include has in other words.

    And all headers that are `read`, called as they are included.
    """

    redefined: tuple[Redefinition, ...]
    read: frozenset[str]


Preprocess: TypeAlias = Callable[[Sequence[str]], Preprocessed]

_Unit: TypeAlias = tuple[tuple[str, ...], Preprocessed]
_PREFIXES: Final = (1, 8)
"""A header is tried behind the core, and behind this part of it; then alone, or with its folder.

ACPICA's `acpi.h` gives TRUE other words than the kernel, and its whole folder wants it.
"""
_LACKS: Final = re.compile(
    r"unknown type name|undeclared identifier|incomplete (?:type|definition|element)"
    r"|no member named|file not found$|another architecture's"
)


def read_seed(view: View) -> tuple[str, ...]:
    """The headers that go together under a view, in an order in which they do."""
    return tuple(_read("userland.txt" if view == "userland" else "kernel.txt").split())


def read_aside() -> Mapping[str, str]:
    """The headers whose macros hold for nobody else, and why: no kernel source includes them so."""
    lines = (line.partition(" ") for line in _read("aside.txt").splitlines())
    return {header: why.strip() for header, _, why in lines if header and header != "#"}


def _read(name: str) -> str:
    folder = resources.files("layoutcheck.kernel").joinpath("seeds")
    return folder.joinpath(name).read_text(encoding="utf-8")


class HeaderUnits:
    """The units of the headers of one tree, for one machine, conf and view.

    What goes together depends on nothing but the tree. `core` is the unit of the `seed`'s headers,
    `redefined` tells which macros kept others out of it. `drawn_in` says which headers one
    includes, directly or not. Several threads may use it.
    """

    def __init__(
        self,
        headers: Collection[str],
        seed: Sequence[str],
        check: Check,
        preprocess: Preprocess,
        *,
        drawn_in: Callable[[str], Collection[str]],
    ) -> None:
        self._check, self._preprocess, self._drawn_in = check, preprocess, drawn_in
        self._refused: dict[str, tuple[Diagnostic, ...]] = {}
        self._folders: Once[tuple[str, int], _Unit] = Once()
        self._units: Once[str, tuple[str, ...]] = Once()
        self._apart: Once[tuple[str, frozenset[str]], tuple[str, ...]] = Once()
        self._headers: dict[str, list[str]] = {}
        known = frozenset(headers)
        self.core, (self.redefined, self._in_core) = self._settle(
            (), [name for name in seed if name in known]
        )
        for header in sorted(known - self._in_core):
            self._headers.setdefault(_folder(header), []).append(header)

    def has_in_core(self, header: str) -> bool:
        """Whether the core has the header, or draws it in."""
        return header in self._in_core

    def unit(self, header: str) -> tuple[str, ...]:
        """The includes that compile together and draw the header in; empty if none do."""
        if header in self._in_core:
            return self.core
        return self._units.get(header, lambda: self._find(header))

    def find(self, headers: Iterable[str]) -> None:
        """Find the units of these headers, those of several folders at the same time."""
        folders: dict[str, list[str]] = {}
        for header in headers:
            if not self.has_in_core(header):
                folders.setdefault(_folder(header), []).append(header)
        if folders:
            with ThreadPoolExecutor(len(folders)) as threads:
                list(threads.map(lambda some: [*map(self.unit, some)], folders.values()))

    def apart(self, header: str, others: Collection[str]) -> tuple[str, ...]:
        """The includes of the core as far as a header of it, without what reads one of `others`.

        Two headers of the core may define one name, the later one only where the earlier did not:
        `#ifndef VM_PAGE_HAVE_PGLIST`. Empty if the header reads one of the others itself, or does
        not compile so.
        """
        key = (header, frozenset(others))
        return self._apart.get(key, lambda: self._find_apart(header, key[1]))

    def _find_apart(self, header: str, others: frozenset[str]) -> tuple[str, ...]:
        end = self.core.index(header) if header in self.core else len(self.core)
        before = [name for name in self.core[:end] if not self.reads(name, others)]
        if self.reads(header, others):
            return ()
        unit = self._fill((), [*before, header])
        return unit if header in unit else ()

    def reads(self, header: str, others: Collection[str]) -> bool:
        """Whether a header is one of the others, or draws one in."""
        return header in others or not frozenset(others).isdisjoint(self._drawn_in(header))

    def why_refused(self, header: str) -> Diagnostic:
        """The first of clang's words on a header that compiles in no unit."""
        return self._refused[header][0]

    def _find(self, header: str) -> tuple[str, ...]:
        for part in _PREFIXES:
            before = self.core[: len(self.core) // part]
            beside = partial(self._beside, header, before)
            unit, seen = self._folders.get((_folder(header), part), beside)
            if header in seen.read:
                return unit
            if self._misses_file(header):
                return ()
            is_alone = not (seen.redefined or self._has_conflict(header, seen))
            if part == 1 and is_alone and self._lacks(header):
                return ()  # it is not helped by fewer headers
            if part == 1 and not seen.redefined and self._is_refused_alike(header):
                return ()
            if not self._lacks(header) and not self._is_refused(header, before):
                return (*before, header)
        if not self._is_refused(header, ()):
            return (header,)
        beside = partial(self._beside, header, ())
        unit, seen = self._folders.get((_folder(header), 0), beside)
        return unit if header in seen.read else ()

    def _has_conflict(self, header: str, seen: Preprocessed) -> bool:
        """Whether a header of the folder is refused for what is there, not for what is missing."""
        left = [one for one in self._headers[_folder(header)] if one not in seen.read]
        return any(one in self._refused and not self._lacks(one) for one in left)

    def _is_refused_alike(self, header: str) -> bool:
        """Whether a header is refused alone for what it is refused in company: an `#error`, say."""
        why, alone = self._refused.get(header), self._check((header,)).get(header)
        return why is not None and alone is not None and why[0].message == alone[0].message

    def _lacks(self, header: str) -> bool:
        """Whether a header is refused since something is missing."""
        why = self._refused.get(header)
        return why is not None and _LACKS.search(why[0].message) is not None

    def _misses_file(self, header: str) -> bool:
        """Whether the tree does not have what a header includes: no company can help."""
        why = self._refused.get(header)
        return why is not None and why[0].message.endswith("file not found")

    def _is_refused(self, header: str, before: Sequence[str]) -> bool:
        why = self._check((header,), before)
        if why:  # behind the core it is refused for what it is, later for what is missing
            self._refused.setdefault(header, why[header])
        return bool(why)

    def _beside(self, header: str, before: Sequence[str]) -> _Unit:
        """The unit of the headers in a header's folder that are not in the core, behind others.

        Those that draw in most of the others come first: they know the order.
        """
        folder = _folder(header)
        left = self._headers[folder] if folder else []  # programs' headers are no company
        wanted = frozenset(left)
        first = sorted(left, key=lambda name: -len(wanted.intersection(self._drawn_in(name))))
        return self._settle(before, first)

    def _settle(self, unit: Sequence[str], left: Sequence[str]) -> _Unit:
        """What goes together of the headers `left`, behind a unit; and the macros between them."""
        fixed, told = frozenset(unit), tuple[Redefinition, ...]()
        while True:
            together = self._fill(unit, left)
            if len(together) == len(unit):
                return together, Preprocessed(told, fixed)
            seen, later = self._preprocess(together), set[str]()
            for one in seen.redefined:
                if one.after not in fixed and one.before not in later:
                    told += (one,)
                    later.add(one.after)
            if not later:
                return together, Preprocessed(told, seen.read.union(together))
            left = [header for header in together[len(unit) :] if header not in later]

    def _fill(self, unit: Sequence[str], left: Sequence[str]) -> tuple[str, ...]:
        """The unit, and all of the others that compile behind it.

        What does not compile is tried again behind the others: it may have wanted one of them.
        """
        gained: tuple[str, ...] = ()
        while left:
            why = self._check((*gained, *left), unit)
            more = tuple(header for header in left if header not in why)
            gained, left = (*gained, *more), [header for header in left if header in why]
            self._refused |= {header: why[header] for header in left}
            if not more:
                break
        return (*unit, *gained)


def _folder(header: str) -> str:
    return header.rpartition("/")[0]
