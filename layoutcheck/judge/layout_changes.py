"""Compare the layouts of types without and with a kernel option. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from layoutcheck.model.effects import MemberChange, Place, RecordChange
from layoutcheck.model.layout import (
    ArrayType,
    Member,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
    byte_size_of,
    spell,
    strip,
)

__all__ = ["compare_layouts", "names_inside"]


def compare_layouts(
    without: Mapping[str, RecordLayout], with_option: Mapping[str, RecordLayout]
) -> tuple[RecordChange, ...]:
    """Return the changes of each record, sorted by C's name.

    No layout depends on types behind pointers or on the values of enumerators: they are not
    compared. A typedef changes if its size changes.
    """
    before, after = _Prints(), _Prints()
    changes = []
    for name in sorted(without.keys() | with_option.keys()):
        was, is_now = without.get(name), with_option.get(name)
        one = is_now or was
        if one is None or (was and is_now and before.of(was) == after.of(is_now)):
            continue
        held: tuple[str, ...] = ()
        members: tuple[MemberChange, ...] = ()
        direct = True
        if was is not None and is_now is not None:
            held = _changed_inside(was, is_now, before, after)
            members = tuple(_member_changes(was, is_now, before, after))
            direct = not held or _own_shape(was) != _own_shape(is_now)
        changes.append(
            RecordChange(
                c_name=name,
                declared_at=one.declared_at,
                without=None if was is None else was.byte_size,
                with_option=None if is_now is None else is_now.byte_size,
                direct=direct,
                because_of=held,
                members=members,
            )
        )
    return tuple(changes)


def names_inside(layouts: Mapping[str, RecordLayout]) -> Mapping[str, frozenset[str]]:
    """Return for each layout the names of all records that it holds, at any depth."""
    known: dict[int, frozenset[str]] = {}

    def inside(record: RecordLayout) -> frozenset[str]:
        if id(record) not in known:
            held = list(_held(record))
            deeper = (inside(inner) for _, inner in held)
            known[id(record)] = frozenset(name for name, _ in held).union(*deeper)
        return known[id(record)]

    return {name: inside(record) for name, record in layouts.items()}


class _Prints:
    """Digests of the layouts of one side: equal layouts have equal digests."""

    def __init__(self) -> None:
        # The value holds the record: an id is unique only as long as its object exists.
        self._known: dict[int, tuple[RecordLayout, str]] = {}

    def of(self, record: RecordLayout) -> str:
        known = self._known.get(id(record))
        if known is None:
            facts = [repr((record.kind, record.byte_size, record.alignment))]
            facts += [self.of_member(member) for member in record.members]
            known = (record, hashlib.sha256("\n".join(facts).encode()).hexdigest())
            self._known[id(record)] = known
        return known[1]

    def of_member(self, member: Member) -> str:
        place = (member.name, member.bit_offset, member.bit_size, member.is_bit_field)
        inner = _record_in(member.type)
        return repr((*place, *_kind(member.type), inner and self.of(inner)))


def _kind(type_: Type) -> tuple[str, str, int]:
    """Return the facts of a type that a layout depends on, except the members of a record."""
    return spell(type_), spell(strip(type_)), byte_size_of(type_)


def _record_in(type_: Type) -> RecordLayout | None:
    """Return the record that a type is, or that its array elements are; None for others."""
    inner = strip(type_)
    while isinstance(inner, ArrayType):
        inner = strip(inner.element)
    return inner if isinstance(inner, RecordLayout) else None


def _name_of(type_: Type) -> str | None:
    """Return C's name of the record in a type: its tag, or the innermost typedef, or None."""
    named: str | None = None
    while True:
        match type_:
            case TypedefType(name=name, target=target) if target is not None:
                named, type_ = name, target
            case QualifiedType(target=target) if target is not None:
                type_ = target
            case ArrayType(element=element):
                type_ = element
            case RecordLayout(name=str()):
                return spell(type_)
            case _:
                return named


def _changed_inside(
    was: RecordLayout, is_now: RecordLayout, before: _Prints, after: _Prints
) -> tuple[str, ...]:
    """Return the names of the records that both hold as members, with different layouts."""
    old, new = dict(_held(was)), dict(_held(is_now))
    return tuple(
        name
        for name, record in old.items()
        if name in new and before.of(record) != after.of(new[name])
    )


def _held(record: RecordLayout) -> Iterator[tuple[str, RecordLayout]]:
    """Yield the named records in a record's declaration, also those inside its tagless records."""
    for member in record.members:
        inner = _record_in(member.type)
        if inner is not None:
            name = _name_of(member.type)
            if name is None:
                yield from _held(inner)
            else:
                yield name, inner


def _own_shape(record: RecordLayout) -> tuple[object, ...]:
    """Return the record's own declaration, without the layouts of the records that it holds.

    Offsets, size and alignment are left out: they follow from the members.
    """
    return (record.kind, *(_member_shape(member) for member in record.members))


def _member_shape(member: Member) -> tuple[object, ...]:
    inner = _record_in(member.type)
    if inner is None:
        return (member.name, member.bit_size, *_kind(member.type))
    if _name_of(member.type) is None:
        return (member.name, _counts(member.type), _own_shape(inner))
    return (member.name, spell(member.type))


def _counts(type_: Type) -> tuple[int | None, ...]:
    inner = strip(type_)
    return inner.counts if isinstance(inner, ArrayType) else ()


def _member_changes(
    was: RecordLayout, is_now: RecordLayout, before: _Prints, after: _Prints
) -> Iterator[MemberChange]:
    """Yield the members that are added, removed, changed or moved.

    They are in the order of the declaration with the option.
    """
    old = {path: (place, member) for path, place, member in _members(was)}
    new = {path: (place, member) for path, place, member in _members(is_now)}
    told: set[str] = set()
    for path in (*new, *(path for path in old if path not in new)):
        first, second = old.get(path), new.get(path)
        if first and second and _is_same(first, second, before, after):
            continue
        # A member that is added or removed stands for all members inside it.
        outer = path.rpartition(".")[0]
        if not (first and second):
            told.add(path)
        if outer not in told:
            places = (first and first[0], second and second[0])
            yield MemberChange(path=path, without=places[0], with_option=places[1])


def _is_same(
    was: tuple[Place, Member], is_now: tuple[Place, Member], before: _Prints, after: _Prints
) -> bool:
    """Return whether a member has the same layout in the same place."""
    places = [(place.bit_offset, place.bit_size) for place, _ in (was, is_now)]
    types = (was[1].type, is_now[1].type)
    if places[0] != places[1] or _kind(types[0]) != _kind(types[1]):
        return False
    old, new = map(_record_in, types)
    if old is None or new is None:
        return old is new
    return before.of(old) == after.of(new)


def _members(
    record: RecordLayout, *, offset: int = 0, prefix: str = ""
) -> Iterator[tuple[str, Place, Member]]:
    """Yield each member with its path, also the members of anonymous and of tagless records.

    As in C, a member of an anonymous record has the path of a member of the record around it.
    """
    for member in record.members:
        inner = _record_in(member.type)
        if member.name is None:
            if inner is not None:
                start = offset + member.bit_offset
                yield from _members(inner, offset=start, prefix=prefix)
            continue
        place = Place(
            bit_offset=offset + member.bit_offset,
            bit_size=member.bit_size,
            type=spell(member.type),
            declared_at=member.declared_at,
        )
        yield f"{prefix}{member.name}", place, member
        if inner is not None and _name_of(member.type) is None:
            yield from _members(inner, prefix=f"{prefix}{member.name}.")
