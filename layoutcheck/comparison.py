"""Both sides' layouts -> what differs in each subject. Pure: no compiler, no file.

A record that stands inside another is compared once, where it belongs: a subject with a C type of
its own in its own comparison; a subject without one (bindgen's `foo__bindgen_ty_1`, a hand-written
union type) with the anonymous C record whose place it takes; any other type in the record that
holds it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from layoutcheck.attribution import attribute
from layoutcheck.checks import CHECKS
from layoutcheck.layout import ArrayType, RecordLayout, Type, strip
from layoutcheck.pairing import Nested, RecordPair, pair_records
from layoutcheck.verdict import Mismatch

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One subject compared: with which C record (`c_name`), and what differs."""

    c_name: str
    c: RecordLayout
    rust: RecordLayout
    mismatches: tuple[Mismatch, ...]
    paired: tuple[tuple[str | None, str | None], ...]


@dataclass(slots=True, kw_only=True)
class _Found:
    """A comparison under way: `embedded` has the subjects that members hold by value."""

    c_name: str
    pair: RecordPair
    mismatches: list[Mismatch]
    embedded: dict[str, str] = field(default_factory=dict)


def compare(
    c: Mapping[str, tuple[str, RecordLayout]],
    rust: Mapping[str, RecordLayout],
    *,
    subjects: Mapping[str, bool],
    renames: Mapping[str, Mapping[str, str]],
) -> dict[str, Comparison]:
    """The comparison of each subject for which both sides are known, by Rust path.

    `c` has the name and the record of C's side for each subject that has one by name; `rust` the
    Rust records that are known; `subjects` all subjects, and whether only size and alignment are
    to be compared (opaque ones); `renames` each subject's own names for C's members.
    """
    return _Comparer(c, rust, subjects, renames).compare()


class _Comparer:
    def __init__(
        self,
        c: Mapping[str, tuple[str, RecordLayout]],
        rust: Mapping[str, RecordLayout],
        subjects: Mapping[str, bool],
        renames: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._c, self._subjects, self._renames = c, subjects, renames
        self._rust = {**dict(_held_by_value(rust.values())), **rust}
        self._queue = deque(
            (path, name, record) for path, (name, record) in c.items() if path in self._rust
        )
        self._found: dict[str, _Found] = {}

    def compare(self) -> dict[str, Comparison]:
        while self._queue:
            path, c_name, c = self._queue.popleft()
            if path not in self._found:
                pair = pair_records(c, self._rust[path], renames=self._renames.get(path))
                if self._subjects[path]:
                    pair = replace(pair, members=(), nested=())
                found = _Found(c_name=c_name, pair=pair, mismatches=list(_check(pair)))
                self._found[path] = found
                self._account_for_nested(found)
        whole = ("record-size", "record-alignment")
        wrong = {
            path
            for path in self._subjects
            if path not in self._found
            or any(m.check_id in whole for m in self._found[path].mismatches)
        }
        return {path: _conclude(found, wrong) for path, found in self._found.items()}

    def _account_for_nested(self, found: _Found) -> None:
        """Each record inside is compared here, unless a subject's own comparison does it."""
        for nested in found.pair.nested:
            path = nested.rust.name or ""
            _, own = self._c.get(path, (None, None))
            if path not in self._subjects or (own is not None and own.name != nested.c_name):
                found.mismatches += self._inside(nested)
                continue
            found.embedded[nested.path] = path
            known = self._found.get(path)
            if own is None and known is not None and known.pair.c != nested.c:
                found.mismatches += self._inside(nested)
            elif own is None and known is None and path in self._rust:
                name = nested.c_name or f"{nested.path} in {found.c_name}"
                self._queue.append((path, name, nested.c))

    def _inside(self, nested: Nested) -> Iterator[Mismatch]:
        """What differs in a record that has no comparison of its own, as seen from around it."""
        rust = nested.rust
        if rust.is_declaration:
            rust = self._rust.get(rust.name or "", rust)
        if nested.c.is_declaration or rust.is_declaration:
            return
        pair = pair_records(nested.c, rust)
        name = nested.c_name or nested.path
        found = _Found(c_name=name, pair=pair, mismatches=list(_check(pair)))
        self._account_for_nested(found)
        inner = attribute(pair, found.mismatches, embedded={}, wrong=())
        paths = {mismatch.member_path for mismatch in inner}
        for mismatch in inner:
            if mismatch.member_path is not None or mismatch.check_id == "record-kind":
                yield replace(
                    mismatch,
                    member_path=".".join(filter(None, (nested.path, mismatch.member_path))),
                    cause=f"{nested.path}.{mismatch.cause}" if mismatch.cause in paths else None,
                )


def _check(pair: RecordPair) -> Iterator[Mismatch]:
    for check in CHECKS:
        yield from check.check(pair)


def _conclude(found: _Found, wrong: set[str]) -> Comparison:
    return Comparison(
        c_name=found.c_name,
        c=found.pair.c,
        rust=found.pair.rust,
        mismatches=attribute(found.pair, found.mismatches, embedded=found.embedded, wrong=wrong),
        paired=tuple(
            (
                None if pair.c is None else pair.path,
                None if pair.rust is None else pair.rust.name,
            )
            for pair in found.pair.members
        ),
    )


def _held_by_value(records: Iterable[RecordLayout]) -> Iterator[tuple[str, RecordLayout]]:
    """The named records inside records, by name: types that no probe can name are found so."""
    seen: set[str] = set()
    waiting: list[Type] = list(records)
    while waiting:
        type_ = strip(waiting.pop())
        while isinstance(type_, ArrayType):
            type_ = strip(type_.element)
        if isinstance(type_, RecordLayout) and not type_.is_declaration:
            if type_.name is None or type_.name not in seen:
                waiting += [member.type for member in type_.members]
            if type_.name is not None:
                seen.add(type_.name)
                yield type_.name, type_
