"""Pairs of records that types lead to: edges, their keys, and their differences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from layoutcheck.judge.compare_records import Found
from layoutcheck.judge.idioms import content_of, is_filler
from layoutcheck.judge.pairing import MemberPair, RecordPair
from layoutcheck.judge.walk import Difference, Edge, Place, TypeWalk
from layoutcheck.judge.walk.differences import Kind
from layoutcheck.judge.walk.differences import unknown as unknown_type
from layoutcheck.judge.walk.parts import as_newtype, is_complex
from layoutcheck.model.layout import ArrayType, Member, RecordLayout, Type, spell, strip
from layoutcheck.model.verdict import Cause, Mismatch

__all__ = [
    "alone",
    "apart",
    "caused",
    "contents",
    "edges_inside",
    "edges_of",
    "first_of_each",
    "held_by_value",
    "key_of",
    "name_of",
    "uncompared",
    "unlike",
    "walk_members",
    "walk_units",
]


def walk_members(walk: TypeWalk, member: MemberPair, edges: list[Edge]) -> Iterator[Difference]:
    """Yield the differences of two members' types, and add the records they lead to to `edges`.

    A filler has no type: differences in type are not compared.
    """
    c, rust = member.c, member.rust
    if c is None or rust is None or member.is_covered:
        return

    def emit(edge: Edge) -> None:
        if edge.place is not Place.OBJECT:  # pairs of that place are nested
            edges.append(replace(edge, path=member.path))

    has_type = c.bit_size == rust.bit_size and not is_filler(rust, c.name)
    for one in walk.compare(c.type, rust.type, Place.MEMBER, emit):
        if one.kind != "type" or has_type:
            yield replace(one, path=member.path)


def walk_units(walk: TypeWalk, members: Sequence[MemberPair]) -> Iterator[Difference]:
    """Yield a difference for each storage unit without a fixed layout, at its first bit-field."""
    first = {id(member.rust): member for member in reversed(members) if member.is_covered}
    for member in first.values():
        if member.c is not None and member.rust is not None:
            unfixed = walk.unfixed_type(member.c.type, member.rust.type)
            if unfixed is not None:
                yield replace(unfixed, path=member.path)


def first_of_each(found: Iterable[Difference], pair: RecordPair) -> Iterator[Difference]:
    """Yield the first difference of each member and cause, unless it has such a one already.

    A difference without a cause is enough for a member.
    """
    seen = {(one.path, one.kind, one.cause) for one in pair.differences}
    for one in found:
        here = {(one.path, one.kind, cause) for cause in (None, one.cause)}
        if seen.isdisjoint(here):
            seen.add((one.path, one.kind, one.cause))
            yield one


def edges_of(founds: Iterable[Found]) -> Iterator[Edge]:
    """Yield the pairs of records to which these comparisons lead."""
    for found in founds:
        for one in found.all():
            yield from one.edges


def edges_inside(edge: Edge, found: Found) -> Iterator[Edge]:
    """Yield the pairs of records that two compared records hold or wrap."""
    for inner, stands_for in contents(edge.c, edge.rust, found.pair):
        yield replace(edge, c=stands_for, rust=inner)
    for nested in found.pair.nested:
        if not (nested.c.is_declaration or nested.rust.is_declaration):
            yield replace(edge, c=nested.c, rust=nested.rust)


def contents(
    c: RecordLayout, rust: RecordLayout, pair: RecordPair
) -> Iterator[tuple[RecordLayout, RecordLayout]]:
    """Yield the records that a newtype wraps, down to the record that is compared, each with C's.

    The newtype may have a higher alignment, and so a greater size.
    """
    content = content_of(rust)
    while rust.name != pair.rust.name and content is not None:
        inner = strip(content.type)
        if not isinstance(inner, RecordLayout):
            break
        rust, content = inner, content_of(inner)
        yield rust, replace(c, byte_size=rust.byte_size, alignment=None)


def key_of(edge: Edge) -> tuple[object, object]:
    """Return the key of a pair of records; a C record without a `ref` is its own key."""
    c = edge.c if edge.c.ref is None else edge.c.ref
    return c, edge.rust.ref or edge.rust.name


def name_of(edge: Edge) -> str:
    """Return C's name of the record, or of the type of a newtype's one member."""
    c = edge.c
    is_alone = c.name is None and len(c.members) == 1
    return spell(c.members[0].type) if is_alone else spell(c)


def kind_of(edge: Edge) -> Kind:
    return "signature" if edge.in_call else "type"


def _place_of(edge: Edge) -> str:
    """Return words, to put before a record's name, for the place in a callback."""
    if edge.in_call is None:
        return ""
    return f"a function of which {'the ' if edge.in_call == 'result' else ''}{edge.in_call} is "


def caused(edge: Edge, cause: Cause) -> Difference:
    """Return the difference at a place that holds a wrong type, which is its `cause`."""
    return Difference(
        kind=kind_of(edge), c=name_of(edge), rust=spell(edge.rust), path=edge.path, cause=cause
    )


def unlike(edge: Edge, mismatch: Mismatch, also: str = "") -> Difference:
    """Return the difference of two records, in the words of their first mismatch."""
    where = f"{mismatch.member_path}: " if mismatch.member_path else ""
    return apart(edge, f"{where}{mismatch.c}", f"{where}{mismatch.rust}", also)


def apart(edge: Edge, c: str, rust: str, also: str = "") -> Difference:
    """Return the difference of two records, in each side's words."""
    return Difference(
        kind=kind_of(edge),
        c=f"{_place_of(edge)}{name_of(edge)} ({c})",
        rust=f"{spell(edge.rust)}{also} ({rust})",
        path=edge.path,
    )


def uncompared(edge: Edge, unknown: str) -> Difference:
    """Return an unknown difference: `unknown` says what of two records is not known."""
    return replace(unknown_type(f"{spell(edge.rust)}, of which {unknown}"), path=edge.path)


def alone(member: Member, rust: RecordLayout) -> RecordLayout:
    """Return C's member as a record, to compare it with a newtype."""
    if is_complex(strip(member.type)):
        return replace(as_newtype(member.type, rust), declared_at=member.declared_at)
    return RecordLayout(
        name=None,
        kind="struct",
        byte_size=member.bit_size // 8,
        alignment=None,
        members=(replace(member, name="__0", bit_offset=0),),
        declared_at=member.declared_at,
    )


def held_by_value(records: Iterable[RecordLayout]) -> Iterator[tuple[str, RecordLayout]]:
    """Yield the named records inside records, by name; also those that no probe can name."""
    seen: set[str] = set()
    waiting: list[Type] = list(records)
    while waiting:
        type_ = strip(waiting.pop())
        while isinstance(type_, ArrayType):
            type_ = strip(type_.element)
        if isinstance(type_, RecordLayout) and not type_.is_declaration:
            if type_.name is None or type_.name not in seen:
                waiting += [member.type for member in type_.members]
                waiting += type_.type_parameters
            if type_.name is not None:
                seen.add(type_.name)
                yield type_.name, type_
