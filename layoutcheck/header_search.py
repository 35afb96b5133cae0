"""Subjects without a list of headers -> clang's word on each, from the header that defines it.

The likeliest header of each subject goes into one unit, behind the headers that the others expect.
Where that does not settle a subject, its other headers are tried, in units in which they compile:
a header that conflicts with another gets a unit of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from layoutcheck.c_side import AskedC, Clang
from layoutcheck.judge.judging import Candidate, Side
from layoutcheck.kernel.index import HeaderIndex, likely
from layoutcheck.kernel.units import find_units
from layoutcheck.layout import RecordLayout
from layoutcheck.toolchain.diagnostic import Diagnostic
from layoutcheck.verdict import SetAside, Status, Verdict

__all__ = ["HeaderSearch", "Sought", "seek", "unsettled"]

_MOST: Final = 6
"""How many headers of one subject are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A subject: what C may call it, by probe key, and the headers that may define it.

    `headers` are those to try, likeliest first, `documented` those of them that the crate's
    documentation may mean: where it names one, no other does. `definers` are all that define it.
    """

    path: str
    names: tuple[tuple[str, str], ...]
    headers: tuple[str, ...]
    documented: tuple[str, ...]
    definers: frozenset[str]


def seek(
    candidates: Iterable[Candidate],
    hints: Mapping[str, str | None],
    index: HeaderIndex,
    *,
    programs: bool,
) -> tuple[Sought, ...]:
    """The subjects of `candidates`; `hints` are paths that the crate itself gives for some.

    `programs` says that headers for programs count as much as others. A hint to a header that does
    not define the type, as far as is known, is only tried first.
    """
    names: dict[str, list[tuple[str, str]]] = {}
    for candidate in candidates:
        names.setdefault(candidate.rust_path, []).append((candidate.key, candidate.c_name))
    found = []
    index.expect({c_name.rpartition(" ")[2] for pairs in names.values() for _, c_name in pairs})
    for path, pairs in names.items():
        words = dict.fromkeys(c_name.rpartition(" ")[2] for _, c_name in pairs)
        definers = tuple(dict.fromkeys(header for word in words for header in index.definers(word)))
        hint = hints.get(path)
        documented = () if hint is None else index.named(hint, definers)
        first = () if hint is None or documented else index.named(hint, index.headers)[:1]
        headers = documented or (*first, *likely(definers, programs=programs))
        found.append(
            Sought(
                path=path,
                names=tuple(pairs),
                headers=tuple(dict.fromkeys(headers))[:_MOST],
                documented=documented,
                definers=frozenset(definers),
            )
        )
    return tuple(found)


class HeaderSearch:
    """One cell's search: `first`, then `others` for what that did not settle.

    `units` are the includes that were compiled together so far, `stubs` those that clang read,
    `definitions` the records that pointers led to.
    """

    def __init__(
        self, clang: Clang, index: HeaderIndex, prelude: Iterable[str], sought: Sequence[Sought]
    ) -> None:
        known = frozenset(index.headers)
        self._prelude = tuple(header for header in prelude if header in known)
        self._clang, self._index, self._sought = clang, index, sought
        self._refused: dict[str, tuple[Diagnostic, ...]] = {}
        self._found: dict[str, RecordLayout] = {}
        self.definitions: dict[int, RecordLayout] = {}
        self.stubs: tuple[str, ...] = ()
        self.units: tuple[tuple[str, ...], ...] = ()

    def first(self) -> AskedC:
        """What clang says of every subject after its likeliest header."""
        headers = {one.headers[0] for one in self._sought if one.headers}
        includes = (*self._prelude, *self._in_order(headers.difference(self._prelude)))
        asked = self._ask(includes, self._sought)
        self._refused.update(asked.left_out)
        records = dict(asked.side.layouts.records)
        for one in self._sought:
            for key, _ in one.names:
                record = records.get(key)
                if record is not None and self._is_anothers(one, record):
                    del records[key]
                elif record is not None:
                    self._found.setdefault(one.path, record)
        layouts = replace(asked.side.layouts, records=MappingProxyType(records))
        side = Side(layouts=layouts, refused=asked.side.refused)
        return replace(asked, side=side, left_out={})

    def _in_order(self, headers: Collection[str]) -> tuple[str, ...]:
        return tuple(header for header in self._index.headers if header in headers)

    def _is_anothers(self, one: Sought, record: RecordLayout) -> bool:
        """Whether the record is of that name, but not the one whose header was left out.

        Nor the one that the documentation names.
        """
        path = None if record.declared_at is None else record.declared_at.path
        if one.headers and one.headers[0] in self._refused:
            return path not in one.headers
        return bool(one.documented) and path in one.definers.difference(one.documented)

    def others(self, paths: Collection[str]) -> Mapping[str, tuple[tuple[str, RecordLayout], ...]]:
        """For each of these subjects the C names and records that further headers define."""
        untried = {one.path: self._untried(one) for one in self._sought if one.path in paths}
        wanted = self._in_order({header for headers in untried.values() for header in headers})
        found: dict[str, list[tuple[str, RecordLayout]]] = {}
        lost = {h for path, headers in untried.items() if path not in self._found for h in headers}
        for unit in self._units(wanted, lost):
            held = frozenset(unit)
            subjects = [one for one in self._sought if held & {*untried.get(one.path, ())}]
            records = self._ask(unit, subjects).side.layouts.records
            for one in subjects:
                for key, c_name in one.names:
                    record = records.get(key)
                    if record is not None and _is_of(record, untried[one.path], one.definers):
                        found.setdefault(one.path, []).append((c_name, record))
                        break
        return {path: tuple(records) for path, records in found.items()}

    def _untried(self, one: Sought) -> tuple[str, ...]:
        if not one.headers:
            return ()
        first, *further = one.headers
        return (*((first,) if first in self._refused else ()), *further)

    def _units(
        self, headers: Sequence[str], needed: Collection[str]
    ) -> tuple[tuple[str, ...], ...]:
        """The units in which headers compile, the `needed` ones with what lies beside them."""
        if not headers:
            return ()
        alone = find_units(headers, self._prelude, self._clang.check)
        left = [header for header in needed if header in alone.refused]
        units = list(alone.units)
        refused = dict(alone.refused)
        for folder in sorted({header.rpartition("/")[0] for header in left}):
            beside = [h for h in self._index.headers if h.rpartition("/")[0] == folder]
            together = find_units(beside, self._prelude, self._clang.check)
            for header in left:
                unit = together.holding(header)
                if unit is not None:
                    units.append(unit)
                    del refused[header]
        for header in headers:
            self._refused.pop(header, None)
        self._refused |= refused
        return tuple(units)

    def why(self, one: Sought) -> str:
        """Why no record of C's was found for the subject."""
        first = one.names[0][1]
        if not one.headers:
            return f"no header of this tree defines {first}, nor another type of that name"
        for header in one.headers:
            if header in self._refused:
                return f"<{header}> defines it, and does not compile: {self._refused[header][0]}"
        names = ", ".join(f"<{header}>" for header in one.headers)
        return f"{names} names {first}, but defines no such type in this configuration"

    def _ask(self, includes: Sequence[str], subjects: Iterable[Sought]) -> AskedC:
        asked = self._clang.ask(includes, [pair for one in subjects for pair in one.names])
        self.units = (*self.units, asked.includes)
        self.definitions |= asked.side.layouts.definitions
        self.stubs = tuple(dict.fromkeys((*self.stubs, *asked.stubs)))
        return asked


def unsettled(verdicts: Iterable[Verdict], set_aside: Iterable[SetAside]) -> frozenset[str]:
    """The paths of the types that another header may have more to say of."""
    wrong = (v.rust_path for v in verdicts if v.status is not Status.AGREES)
    unknown = (item.rust_path for item in set_aside if item.why == "not in C")
    return frozenset((*wrong, *unknown))


def _is_of(record: RecordLayout, tried: Collection[str], definers: Collection[str]) -> bool:
    """Whether a record is one of the headers tried, not one that another header defines."""
    path = None if record.declared_at is None else record.declared_at.path
    return path in tried or path not in definers
