"""Types without a list of headers -> clang's answer on each, from the header that defines it.

All types are asked for in the core, the unit of most headers of the tree. If that does not settle a
type, its other headers are tried, each in its own unit. So the result for a type does not depend on
the other types.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from layoutcheck.bindings.rustdoc.surface_type import SurfaceType
from layoutcheck.cache.in_threads import in_threads
from layoutcheck.judge.items.names import ItemCandidate
from layoutcheck.judge.judge_types import Candidate
from layoutcheck.judge.layout_changes import compare_layouts
from layoutcheck.judge.skipping import BINDGEN_OPAQUE
from layoutcheck.judge.type_pairs import held_by_value
from layoutcheck.kernel.names.index import HeaderIndex
from layoutcheck.kernel.units.header_dependence import LeftMacroFinder
from layoutcheck.kernel.units.header_units import HeaderUnits
from layoutcheck.kernel.units.left_to_others import LeftMacro, Renamed
from layoutcheck.kernel.units.trial_units import trial_units
from layoutcheck.model.layout import RecordLayout
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.verdict import SetAside, Status, Verdict
from layoutcheck.run.kernel_clang import AskedC, KernelClang

__all__ = ["HeaderSearch", "Sought", "left_to_others", "seek", "unsettled"]

_MOST: Final = 6
"""Maximum number of headers that are tried for one type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A type to search: its possible C names, by probe key, and the headers that may define it.

    `headers` are those to try, likeliest first. `documented` are those of them that the crate's
    documentation may mean; if it names one, no other header counts. `definers` are all headers that
    define the type.
    """

    path: str
    names: tuple[tuple[ProbeKey, str], ...]
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
    """Return the types of `candidates` to search. `hints` are paths that the crate gives for some.

    With `programs`, headers for programs count as much as others. If a hint names a header that is
    not known to define the type, that header is only tried first.
    """
    names: dict[str, list[tuple[ProbeKey, str]]] = {}
    for candidate in candidates:
        names.setdefault(candidate.rust_path, []).append((candidate.key, candidate.c_name))
    words = {
        path: tuple(dict.fromkeys(c_name.rpartition(" ")[2] for _, c_name in pairs))
        for path, pairs in names.items()
    }
    every = _every(words)
    defining = _headers_of(words, {word: index.definers(word) for word in every})
    for find in (index.mentioning, index.making):  # perhaps a macro defines it, or makes its name
        lost = {path: some for path, some in words.items() if not defining[path]}
        defining |= _headers_of(lost, find(_every(lost)))
    found = []
    for path, pairs in names.items():
        definers = defining[path]
        hint = hints.get(path)
        documented = () if hint is None else index.named(hint, definers)
        first = () if hint is None or documented else index.named(hint, index.headers)[:1]
        headers = documented or (*first, *index.likely(definers, programs=programs))
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


def _every(words: Mapping[str, Sequence[str]]) -> frozenset[str]:
    return frozenset(word for some in words.values() for word in some)


def _headers_of(
    words: Mapping[str, Sequence[str]], headers: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Return for each path the headers of all its words."""
    return {
        path: tuple(dict.fromkeys(header for word in some for header in headers.get(word, ())))
        for path, some in words.items()
    }


class HeaderSearch:
    """Search of one cell: `first`, then `others` for the types that `first` did not settle.

    `left_macros` finds records that have no single layout. `asked` are the includes of the units
    that were asked so far. `stubs` are the stub headers that clang read. `definitions` are the
    records that pointers led to. `found_in` are the units in which `others` found a type first.
    """

    def __init__(
        self,
        clang: KernelClang,
        units: HeaderUnits,
        left_macros: LeftMacroFinder,
        sought: Sequence[Sought],
    ) -> None:
        self._clang = clang
        self.units, self.left_macros, self.sought = units, left_macros, sought
        self._ambiguous: dict[str, str] = {}
        self._in_core: dict[str, str] = {}
        self.definitions: dict[int, RecordLayout] = {}
        self.found_in: dict[str, tuple[str, ...]] = {}
        self.stubs: tuple[str, ...] = ()
        self.asked: tuple[tuple[str, ...], ...] = ()

    def outside(self, types: Iterable[SurfaceType]) -> Iterator[str]:
        """Yield the headers of those of the types that no header of the core defines.

        Opaque types are left out, since they are not searched there.
        """
        paths = {
            type_.rust_path
            for type_ in types
            if not type_.opaque and type_.fields != BINDGEN_OPAQUE
        }
        for one in self.sought:
            if one.path in paths and not any(map(self.units.has_in_core, one.headers)):
                yield from one.headers

    def first(self, items: Sequence[ItemCandidate]) -> AskedC:
        """Return clang's answer on every type and on `items` in the core."""
        asked = self._note(self._ask(self.units.core, self.sought, items))
        unmeant = set[ProbeKey]()
        for one in self.sought:
            for key, _ in one.names:
                record = asked.side.layouts.records.get(key)
                if record is not None and record.declared_at is not None:
                    self._in_core[one.path] = record.declared_at.path
                if record is not None and not self._is_meant(one, key, record):
                    unmeant.add(key)
        return replace(asked, side=asked.side.without(unmeant))

    def _is_meant(self, one: Sought, key: ProbeKey, record: RecordLayout) -> bool:
        """Return whether the record may be the type that is meant, and has one layout."""
        path = "" if record.declared_at is None else record.declared_at.path
        is_anothers = one.documented and path in one.definers.difference(one.documented)
        # A header also has the types of the headers that it includes.
        if is_anothers and not any(self.units.reads(h, (path,)) for h in one.documented):
            return False
        for left in left_to_others(record, self.left_macros, self.units):
            if isinstance(left, Renamed) or not self._is_settled(one, key, record, left):
                self._ambiguous[one.path] = str(left)
                return False
        return True

    def _is_settled(
        self, one: Sought, key: ProbeKey, record: RecordLayout, left: LeftMacro
    ) -> bool:
        """Return whether clang lays the record out alike for all definers of the macro."""
        header = "" if record.declared_at is None else record.declared_at.path
        definers = [by for by, _ in left.definers]
        if header in definers and header != left.header:
            return False  # it hands the macro to the header of a record that it holds
        units = trial_units(header, definers, self.units, self._clang.check)
        tried = [self._ask(unit, [one]).side.layouts.records.get(key) for unit in units]
        found = [other for other in tried if other is not None]
        return bool(found) and not any(compare_layouts({"": record}, {"": o}) for o in found)

    def others(self, paths: Collection[str]) -> Mapping[str, tuple[tuple[str, RecordLayout], ...]]:
        """Return for each of these types the C names and records that further headers define."""
        sought = [one for one in self.sought if one.path in paths - self._ambiguous.keys()]
        self.units.find(header for one in sought for header in one.headers)
        subjects: dict[tuple[str, ...], list[tuple[Sought, str]]] = {}
        for one in sought:
            for header in one.headers:
                unit = self._unit(one, header)
                if unit and unit != self.units.core:
                    subjects.setdefault(unit, []).append((one, header))
        asked = {unit: {one.path: one for one, _ in some} for unit, some in subjects.items()}
        answers = in_threads(lambda unit: self._ask(unit, asked[unit].values()), asked)
        found: dict[str, list[tuple[str, RecordLayout]]] = {}
        for (unit, wanted), answer in zip(subjects.items(), answers, strict=True):
            records = self._note(answer).side.layouts.records
            for one in asked[unit].values():
                tried = {header for other, header in wanted if other is one}
                for key, c_name in one.names:
                    record = records.get(key)
                    if (
                        record is not None
                        and _is_of(record, tried, one.definers)
                        and self._is_meant(one, key, record)
                    ):
                        found.setdefault(one.path, []).append((c_name, record))
                        self.found_in.setdefault(one.path, unit)
                        break
        return {path: tuple(records) for path, records in found.items()}

    def _unit(self, one: Sought, header: str) -> tuple[str, ...]:
        """Return the unit of a header, without any other header that defines the type before it."""
        unit, declared = self.units.unit(header), self._in_core.get(one.path)
        if unit == self.units.core and declared in one.definers.difference((header,)):
            return self.units.apart(header, one.definers.difference((header,)))
        return unit

    def is_ambiguous(self, one: Sought) -> bool:
        """Return whether the type was found so far, but has no single layout."""
        return one.path in self._ambiguous

    def why(self, one: Sought) -> str:
        """Return why no C record was found for the type."""
        first = one.names[0][1]
        if one.path in self._ambiguous:
            return self._ambiguous[one.path]
        if not one.headers:
            return f"no header of this tree defines {first}, nor another type of that name"
        for header in one.headers:
            if not self.units.unit(header):
                why = self.units.why_refused(header)
                return f"<{header}> defines it, and does not compile: {why}"
        names = ", ".join(f"<{header}>" for header in one.headers)
        return f"{names} names {first}, but defines no such type in this configuration"

    def _ask(
        self,
        includes: Sequence[str],
        subjects: Iterable[Sought],
        items: Sequence[ItemCandidate] = (),
    ) -> AskedC:
        pairs = [pair for one in subjects for pair in one.names]
        return self._clang.ask(includes, pairs, items)

    def _note(self, asked: AskedC) -> AskedC:
        """Note the includes, the definitions and the stub headers of an answer."""
        self.asked = (*self.asked, asked.includes)
        self.definitions |= asked.side.layouts.definitions
        self.stubs = tuple(dict.fromkeys((*self.stubs, *asked.stubs)))
        return asked


def left_to_others(
    record: RecordLayout, left_macros: LeftMacroFinder, units: HeaderUnits
) -> Iterator[LeftMacro | Renamed]:
    """Yield the macros that a record, or a record held by value in it, leaves to others."""
    for _, held in (("", record), *held_by_value([record])):
        at = held.declared_at
        if at is None or at.line is None:
            continue
        is_in_core = units.has_in_core(at.path)
        for one in left_macros.find(at.path, is_in_core=is_in_core):
            if one.first <= at.line <= one.last:
                yield one
        names = [member.name for member in held.members if member.name]
        renamed = None if is_in_core else left_macros.renamed(at.path, at.line, names)
        if renamed is not None:
            yield renamed


def unsettled(verdicts: Iterable[Verdict], set_aside: Iterable[SetAside]) -> frozenset[str]:
    """Return the paths of the types that another header may still settle."""
    wrong = (v.rust_path for v in verdicts if v.status is not Status.AGREES)
    unknown = (item.rust_path for item in set_aside if item.why == "not in C")
    return frozenset((*wrong, *unknown))


def _is_of(record: RecordLayout, tried: Collection[str], definers: Collection[str]) -> bool:
    """Return whether a record is one of the tried headers, not one that another definer has."""
    path = None if record.declared_at is None else record.declared_at.path
    return path in tried or path not in definers
