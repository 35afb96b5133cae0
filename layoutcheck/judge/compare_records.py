"""Result of comparing a record and the records inside: mismatches with their causes. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from layoutcheck.judge.checks.member_bits import doubt_about
from layoutcheck.judge.consequences import ALIGNMENT, WHOLE, attribute
from layoutcheck.judge.mismatches import roots_first
from layoutcheck.judge.pairing import MemberPair, RecordPair
from layoutcheck.judge.walk import Edge
from layoutcheck.model.layout import RecordLayout, natural_alignment
from layoutcheck.model.verdict import Mismatch

__all__ = [
    "Comparison",
    "Found",
    "conclude",
    "same",
    "same_definition",
    "unknown_in",
    "wrong_as_whole",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Comparison of one subject with the C record `c_name`.

    `paired` are the names of the members in C and in Rust. `unknown` says what could not be
    compared, and why.
    """

    c_name: str
    c: RecordLayout
    rust: RecordLayout
    mismatches: tuple[Mismatch, ...]
    paired: tuple[tuple[str | None, str | None], ...]
    unknown: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Found:
    """Comparison in progress.

    By the path of the member, `embedded` has the subjects that are held by value, and `inside` the
    comparisons of records that have none of their own. `edges` are the pairs of records that the
    members lead to. `mismatches` are known when all records have been compared.
    """

    c_name: str
    pair: RecordPair
    edges: list[Edge]
    embedded: dict[str, str] = field(default_factory=dict)
    inside: dict[str, Found] = field(default_factory=dict)
    mismatches: tuple[Mismatch, ...] = ()

    def all(self) -> Iterator[Found]:
        """Yield this comparison, and those inside."""
        yield self
        for inside in self.inside.values():
            yield from inside.all()

    def every_mismatch(self) -> Iterator[Mismatch]:
        """Yield the mismatches here and inside, with the members' whole paths."""
        yield from self.mismatches
        for path, inside in self.inside.items():
            for found in inside.every_mismatch():
                full = ".".join(filter(None, (path, found.member_path)))
                yield replace(found, member_path=full)

    def first_mismatch(self) -> Mismatch | None:
        """Return the first mismatch, here or inside."""
        return next(self.every_mismatch(), None)


def wrong_as_whole(found: Found) -> Iterator[str]:
    """Yield the checks of `WHOLE` that differ.

    C's alignment of a record without a name is not known. If a member differs in a way that may
    change the alignment, the natural alignment of C's members is compared with Rust's.
    """
    yield from (m.check_id for m in found.mismatches if m.check_id in WHOLE)
    c, rust = found.pair.c, found.pair.rust
    if c.alignment is None and found.mismatches:
        is_told = any(_changes_alignment(found, member) for member in found.pair.members)
        if is_told and natural_alignment(c) != rust.alignment:
            yield "record-alignment"


def _changes_alignment(found: Found, member: MemberPair) -> bool:
    """Return whether a member has a mismatch that may change the record's alignment."""
    here = {m.check_id for m in found.mismatches if m.member_path == member.path}
    if member.c is None or member.rust is None:
        return bool(here)
    c, rust = natural_alignment(member.c.type), natural_alignment(member.rust.type)
    return "member-offset" in here or (bool(here) and c != rust)


def same(one: RecordLayout | None, other: RecordLayout) -> bool:
    """Return whether two C records are equal, but for alignment, which not all records have."""
    if one is None or (one.ref is not None and one.ref == other.ref):
        return one is not None
    return (one.kind, one.byte_size, one.members) == (other.kind, other.byte_size, other.members)


def same_definition(own: RecordLayout, other: RecordLayout) -> bool:
    """Return whether two C records have one definition, not two of one name in two headers.

    If `other` has no members here, the names are compared.
    """
    if other.is_declaration:
        return own.name is not None and own.name == other.name
    places = own.declared_at, other.declared_at
    return (None in places or places[0] == places[1]) and same(own, other)


def conclude(found: Found, wrong: Mapping[str, Collection[str]]) -> Comparison:
    """Return a record's comparison; `wrong` has the checks of `WHOLE` that differ per subject."""
    return Comparison(
        c_name=found.c_name,
        c=found.pair.c,
        rust=found.pair.rust,
        mismatches=roots_first(_attributed(found, wrong)),
        paired=tuple(
            (
                None if pair.c is None else pair.path,
                None if pair.rust is None else pair.rust.name,
            )
            for pair in found.pair.members
        ),
        unknown=tuple(unknown_in(found)),
    )


def unknown_in(found: Found, path: str = "") -> Iterator[str]:
    """Yield what could not be compared: types, masks and accessors, also in records inside."""
    for one in found.pair.differences:
        if one.kind == "unknown":
            yield f"{path}{one.path}: {one.c}" if one.path else one.c
    for access in found.pair.astray:
        yield f"a mask of {path}{access.name}, which is no bit-field of C's"
    for accessed in found.pair.accesses:
        access, field = accessed.access, f"{path}{accessed.field.path}"
        why = access.unknown or doubt_about(accessed)
        if why is not None:
            what = "the mask" if access.verb == "masks" else f"the accessor {access.name}"
            if access.maker is not None:
                what = f"the constructor {access.maker}"
            yield f"{what} of {field} could not be checked: {why}"
    for around, inside in found.inside.items():
        yield from unknown_in(inside, f"{path}{around}.")


def _attributed(found: Found, wrong: Mapping[str, Collection[str]]) -> tuple[Mismatch, ...]:
    """Return the mismatches with their causes; the record's own come before those inside."""
    mismatches, embedded = list(found.mismatches), dict(found.embedded)
    for path, inside in found.inside.items():
        inner = _attributed(inside, wrong)
        mismatches += _from_outside(inner, path)
        culprits = [m.cause.item for m in inner if m.check_id == "record-size" and m.cause]
        embedded.update((path, item) for item in culprits[:1] if item is not None)
    return attribute(found.pair, mismatches, embedded=embedded, wrong=wrong)


def _from_outside(inner: Iterable[Mismatch], path: str) -> Iterator[Mismatch]:
    """Yield the mismatches of the record at `path`, with paths from the record around it.

    The size of the record inside is the size of the member, so `record-size` is left out. Its
    alignment is kept if a mismatch inside is a consequence of it.
    """
    inner = tuple(inner)
    names = {mismatch.member_path for mismatch in inner if mismatch.member_path}
    whole = {"record-kind"} | {"record-alignment" for m in inner if m.cause == ALIGNMENT}
    for mismatch in inner:
        if mismatch.member_path is not None or mismatch.check_id in whole:
            cause = mismatch.cause
            if cause is not None and cause.item is None:
                is_there = cause.member in names or cause == ALIGNMENT
                inside = ".".join(filter(None, (path, cause.member)))
                cause = replace(cause, member=inside) if is_there else None
            full = ".".join(filter(None, (path, mismatch.member_path)))
            yield replace(mismatch, member_path=full, cause=cause)
