"""Header units: the unit in which each header of a tree compiles. Pure.

Most of a kernel's headers compile together in one unit, the core, in the order of a shipped list
(`seeds/`). The others are compiled behind it, each with its folder. Two headers that define a macro
differently are never in one unit: the earlier definition might change the later header's layouts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol, TypeAlias

from layoutcheck.cache.in_threads import in_threads
from layoutcheck.cache.memo import Memo
from layoutcheck.compilers.ask.diagnostic import Diagnostic
from layoutcheck.compilers.ask.preprocessor import Redefinition
from layoutcheck.kernel.units.guards import include_guard

__all__ = ["Check", "HeaderUnits", "Preprocess", "Preprocessed"]

LeftOut: TypeAlias = Mapping[str, tuple[Diagnostic, ...]]


class Check(Protocol):
    """A check of which includes compile in one unit in that order, with the errors of others."""

    def __call__(self, includes: Sequence[str], behind: Sequence[str] = ()) -> LeftOut:
        """Check the includes after those in `behind`, all of which compile."""


@dataclass(frozen=True, slots=True)
class Preprocessed:
    """The preprocessor's view of a unit: macros that a later include defines differently.

    `read` are all headers that are read, by their names in includes. `empty` are those of them that
    contributed nothing.
    """

    redefined: tuple[Redefinition, ...]
    read: frozenset[str]
    empty: frozenset[str] = frozenset()


Preprocess: TypeAlias = Callable[[Sequence[str]], Preprocessed]


class _Unit(NamedTuple):
    """Headers that compile together, with all headers they read; the refused headers, with errors.

    `redefined` are the macros that kept some headers out.
    """

    includes: tuple[str, ...]
    read: frozenset[str]
    redefined: tuple[Redefinition, ...] = ()
    refused: LeftOut = MappingProxyType({})


_PREFIXES: Final = (1, 8)
"""A header is tried behind the core, and behind this part of it; then alone, or with its folder."""
_NOT_FOUND: Final = "file not found"
_LACKS: Final = re.compile(
    r"unknown type name|undeclared identifier|incomplete (?:type|definition|element)"
    r"|no member named|file not found$|another architecture's"
)


class HeaderUnits:
    """The units of the headers of one tree, for one machine, conf and view.

    The result depends on the tree only. `core` is the unit of the `seed`'s headers; `redefined` are
    the macros that kept others out of it.

    - `drawn_in`: returns the headers that one includes, directly or not.
    - `sources`: returns the sources that may read one.
    - `read`: returns its text.
    - `defining`: returns the headers that define a macro.
    - `is_behind_machine`: as in `IncludeRules`.

    Several threads may use it.
    """

    def __init__(
        self,
        headers: Collection[str],
        seed: Sequence[str],
        check: Check,
        preprocess: Preprocess,
        *,
        drawn_in: Callable[[str], Collection[str]],
        read: Callable[[str], str],
        defining: Callable[[str], Collection[str]],
        is_behind_machine: Callable[[str], bool],
        sources: Callable[[str], Sequence[str]] = lambda _: (),
    ) -> None:
        self._check, self._preprocess, self._sources = check, preprocess, sources
        self._drawn_in, self._read, self._defining = drawn_in, read, defining
        self._is_behind_machine = is_behind_machine
        self._folders: Memo[tuple[str, int, bool], _Unit] = Memo()
        self._units: Memo[str, tuple[str, ...] | Diagnostic] = Memo()
        self._alone: Memo[str, bool] = Memo()
        self._apart: Memo[tuple[str, frozenset[str]], tuple[str, ...]] = Memo()
        self._headers: dict[str, list[str]] = {}
        known = frozenset(headers)
        core = self._settle((), [name for name in seed if name in known])
        self.core, self._in_core, self.redefined = core.includes, core.read, core.redefined
        for header in sorted(known - self._in_core):
            self._headers.setdefault(_folder(header), []).append(header)

    def has_in_core(self, header: str) -> bool:
        """Return whether the core has the header, or includes it indirectly."""
        return header in self._in_core

    def stands_without(self, header: str, others: Iterable[str]) -> bool:
        """Return whether a header compiles alone behind the core, which has none of the others."""
        return not any(map(self.has_in_core, others)) and self._alone.get(
            header, lambda: not self._check((header,), self.core)
        )

    def unit(self, header: str) -> tuple[str, ...]:
        """Return the includes that compile together and read the header; empty if none do."""
        if header in self._in_core:
            return self.core
        found = self._units.get(header, lambda: self._find(header))
        return () if isinstance(found, Diagnostic) else found

    def find(self, headers: Iterable[str]) -> None:
        """Find the units of these headers, those of several folders at the same time."""
        folders: dict[str, list[str]] = {}
        for header in headers:
            if not self.has_in_core(header):
                folders.setdefault(_folder(header), []).append(header)
        in_threads(lambda some: [*map(self.unit, some)], folders.values())

    def apart(self, header: str, others: Collection[str]) -> tuple[str, ...]:
        """Return the core's includes up to one of its headers, without those that read `others`.

        Two headers of the core may define one name, the later one only if the earlier did not:
        `#ifndef VM_PAGE_HAVE_PGLIST`. The result is empty if the header itself reads one of the
        others, or does not compile in this unit.
        """
        key = (header, frozenset(others))
        return self._apart.get(key, lambda: self._find_apart(header, key[1]))

    def until(self, header: str) -> tuple[str, ...]:
        """Return the core's includes up to the first that reads one of its headers."""
        reading = (n for n, name in enumerate(self.core, 1) if self.reads(name, (header,)))
        return self.core[: next(reading)]

    def _find_apart(self, header: str, others: frozenset[str]) -> tuple[str, ...]:
        end = self.core.index(header) if header in self.core else len(self.core)
        before = [name for name in self.core[:end] if not self.reads(name, others)]
        if self.reads(header, others):
            return ()
        unit, _ = self._fill((), [*before, header])
        return unit if header in unit else ()

    def reads(self, header: str, others: Collection[str]) -> bool:
        """Return whether a header is one of the others, or includes one, directly or not."""
        return header in others or not frozenset(others).isdisjoint(self._drawn_in(header))

    def why_refused(self, header: str) -> Diagnostic:
        """Return clang's first error about a header that compiles in no unit."""
        why = self._units.get(header, lambda: self._find(header))
        if isinstance(why, Diagnostic):
            return why
        raise ValueError(f"{header} compiles")

    def _find(self, header: str) -> tuple[str, ...] | Diagnostic:
        """Return the header's unit, or the error; the last resort is a source that reads it."""
        found = self._find_with_others(header)
        if isinstance(found, Diagnostic):
            for source in self._sources(header):
                if not self._check((source,)) and header in self._preprocess((source,)).read:
                    return (source,)
        return found

    def _find_with_others(self, header: str) -> tuple[str, ...] | Diagnostic:
        """Return the header's unit, or the error.

        The header is tried with its folder and alone, behind smaller and smaller parts of the core.
        """
        first: list[Diagnostic] = []  # the error behind the core is first
        for part in _PREFIXES:
            before = self.core[: len(self.core) // part]
            beside = self._beside(header, part)
            if header in beside.read:
                return beside.includes
            first += beside.refused.get(header, ())
            if part == 1 and first and self._is_hopeless(header, first[0], beside):
                break
            alone = self._check((header,), before).get(header, ())
            if not alone:
                unit = (*before, header)
                return self._uncovered(header) if self._is_empty(header, unit) else unit
            first += alone
            if beside.redefined:  # it may need a header that was kept out
                beside = self._beside(header, part, overrides=True)
                if header in beside.includes:
                    return beside.includes
        else:
            alone = self._check((header,)).get(header, ())
            if not alone:
                return (header,)
            beside = self._beside(header, 0)
            if header in beside.read:
                return beside.includes
            first += alone
        return first[0]

    def _is_empty(self, header: str, unit: Sequence[str]) -> bool:
        """Return whether a header is empty in a unit, since another one has its include guard."""
        others = frozenset(self._defining(self._guard(header))) - {header}
        if self._in_core.isdisjoint(others):
            return False
        seen = self._preprocess(unit)
        return header in seen.empty and self._is_hidden(header, seen.read)

    def _uncovered(self, header: str) -> tuple[str, ...] | Diagnostic:
        """Return a header's unit without the core's headers that have its include guard."""
        guard = self._guard(header)
        others = frozenset(name for name in self._in_core if self._guard(name) == guard)
        before = [name for name in self.core if not self.reads(name, others)]
        unit, refused = self._fill((), [*before, header])
        return refused[header][0] if header in refused else unit

    def _is_hopeless(self, header: str, why: Diagnostic, beside: _Unit) -> bool:
        """Return whether no other unit can help a header that is refused with its folder."""
        if why.message.endswith(_NOT_FOUND):
            return True
        conflicts = any(not _is_lack(errors[0]) for errors in beside.refused.values())
        if _is_lack(why) and not beside.redefined and not conflicts:
            return True  # fewer headers do not help
        alone = self._check((header,)).get(header)
        return not beside.redefined and alone is not None and alone[0].message == why.message

    def _beside(self, header: str, part: int, *, overrides: bool = False) -> _Unit:
        """Return the unit of a header's folder behind a part of the core, or behind nothing.

        With `overrides` its headers may redefine the core's macros.
        """
        folder = _folder(header)
        before = self.core[: len(self.core) // part] if part else ()

        def make() -> _Unit:
            left = self._headers[folder] if folder else []  # programs' headers are unrelated
            wanted = frozenset(left)
            # Headers that include most of the others come first: they know the order.
            first = sorted(left, key=lambda name: -len(wanted.intersection(self._drawn_in(name))))
            return self._settle(before, first, overrides=overrides)

        return self._folders.get((folder, part, overrides), make)

    def _settle(
        self, before: tuple[str, ...], left: Sequence[str], *, overrides: bool = False
    ) -> _Unit:
        """Return the unit of those headers in `left` that compile together behind `before`."""
        fixed, told = frozenset(before), tuple[Redefinition, ...]()
        while True:
            unit, refused = self._fill(before, left)
            if len(unit) == len(before):
                return _Unit(unit, fixed, told, refused)
            left = unit[len(before) :]
            while True:  # preprocessing takes a fifth of the time of compiling
                seen = self._preprocess((*before, *left))
                hidden = frozenset(one for one in seen.empty if self._is_hidden(one, seen.read))
                later = hidden.intersection(left)
                for one in seen.redefined:
                    is_ours = one.after not in fixed and not (overrides and one.before in fixed)
                    if is_ours and one.before not in later:
                        told += (one,)
                        later |= {one.after}
                if not later:
                    break
                left = tuple(header for header in left if header not in later)
            if len(left) == len(unit) - len(before):
                return _Unit(unit, seen.read.union(unit) - hidden, told, refused)

    def _is_hidden(self, header: str, among: Iterable[str]) -> bool:
        """Return whether a header that is empty has a guard, which then another header has defined.

        A copy is not hidden: <errno.h> is a copy of <sys/errno.h>. Headers of another machine, such
        as <i386/pmap.h>, are expected to be hidden.
        """
        if self._is_behind_machine(header) or not self._guard(header):
            return False
        name, text = header.rpartition("/")[2], self._read(header)
        namesakes = (one for one in among if one.rpartition("/")[2] == name and one != header)
        return not any(self._read(one) == text for one in namesakes)

    def _guard(self, header: str) -> str:
        return include_guard(self._read(header))

    def _fill(
        self, before: tuple[str, ...], left: Sequence[str]
    ) -> tuple[tuple[str, ...], LeftOut]:
        """Return `before` with all headers in `left` that compile behind it; errors of the others.

        A header that does not compile is tried again behind the others: it may need one of them.
        """
        gained: tuple[str, ...] = ()
        why: LeftOut = {}
        while left:
            # The first headers of a unit have just been precompiled; those behind them have not.
            why = self._check((*gained, *left), before) if before else self._check(left, gained)
            more = tuple(header for header in left if header not in why)
            gained, left = (*gained, *more), [header for header in left if header in why]
            if not more:
                break
        return (*before, *gained), why


def _is_lack(error: Diagnostic) -> bool:
    """Return whether the error is about something missing, not about a conflict."""
    return _LACKS.search(error.message) is not None


def _folder(header: str) -> str:
    return header.rpartition("/")[0]
