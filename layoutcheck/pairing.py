"""A C record and a Rust record -> which member stands for which: all naming idioms live here.

What pairs with what, in this order: a member of the same name (Rust's may have a trailing `_`, or
another name by the manifest); a member of one of C's anonymous structs and unions, which Rust may
have at its own level; bindgen's `__bindgen_anon_N` with C's N-th anonymous member; a Rust record
where C has an anonymous one; a Rust unit of bits (bindgen's `_bitfield_N`) with the bit-fields in
it. Rust's padding, markers and opaque bytes stand for what they cover.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from layoutcheck.layout import (
    ArrayType,
    BaseType,
    Encoding,
    Member,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
    byte_size_of,
    strip,
)

__all__ = ["MemberPair", "Nested", "RecordPair", "pair_records", "see_through"]

Way: TypeAlias = tuple[int, ...]
ANONYMOUS: Final = re.compile(r"__bindgen_anon_(\d+)")
PADDING: Final = re.compile(r"_\w*|\w*(?:pad|padding|reserved|spare)\d*")
UNION_FIELD: Final = "__BindgenUnionField<"
CORE: Final = ("core::", "std::", "alloc::")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPair:
    """Members that stand for each other; None where a side has none.

    Offsets count from the beginning of the record in which the two are compared: for a member of
    an anonymous struct, from the record around it. With `is_covered`, the Rust member is a unit of
    bits that holds C's bit-field.
    """

    path: str
    c: Member | None
    rust: Member | None
    c_bit_offset: int = 0
    rust_bit_offset: int = 0
    is_covered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """Records, or elements of arrays, that stand for each other as the member at `path`.

    `c_name` is the C tag or typedef, None for a record without any.
    """

    path: str
    c_name: str | None
    c: RecordLayout
    rust: RecordLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPair:
    """Two records and their members' pairs, in the order of C's members.

    `rust` is as Rust means it: a union also where bindgen wrote a struct of
    `__BindgenUnionField`s.
    """

    c: RecordLayout
    rust: RecordLayout
    members: tuple[MemberPair, ...]
    nested: tuple[Nested, ...]


def pair_records(
    c: RecordLayout, rust: RecordLayout, *, renames: Mapping[str, str] | None = None
) -> RecordPair:
    """The pairs of the two records' members; `renames` maps Rust's names to C's."""
    return _Pairing(c, _as_record(c, rust), renames or {}).pair()


class _Pairing:
    """One pairing: what is left of each side shrinks from step to step.

    C's members are known by the way to them: `(2,)` is the third, `(2, 0)` the first in it.
    """

    def __init__(self, c: RecordLayout, rust: RecordLayout, renames: Mapping[str, str]) -> None:
        self._c, self._rust, self._renames = c, rust, renames
        self._flat = dict(_flatten(c))
        self._taken: set[Way] = set()
        self._left = list(rust.members)
        self._pairs: list[MemberPair] = []

    def pair(self) -> RecordPair:
        if self._c.kind == self._rust.kind:
            self._by_name()
            self._anonymous_by_number()
            self._anonymous_by_offset()
            self._bit_units()
            self._stand_ins()
            self._rest()
        pairs = tuple(self._in_order())
        return RecordPair(
            c=self._c,
            rust=self._rust,
            members=pairs,
            nested=tuple(nested for pair in pairs for nested in _nested(pair)),
        )

    def _take(self, way: Way, rust: Member, *, is_covered: bool = False) -> None:
        offset, member = self._flat[way]
        self._pairs.append(
            MemberPair(
                path=_spell_member(member),
                c=member,
                rust=rust,
                c_bit_offset=offset,
                rust_bit_offset=rust.bit_offset,
                is_covered=is_covered,
            )
        )
        self._claim(way)
        if rust in self._left:
            self._left.remove(rust)

    def _claim(self, way: Way) -> None:
        """Account for a C member, what is in it, what it is in, and a union's other members."""
        self._taken.update(other for other in self._flat if other[: len(way)] == way)
        while len(way) > 1:
            way = way[:-1]
            self._taken.add(way)
            around = strip(self._flat[way][1].type)
            if isinstance(around, RecordLayout) and around.kind == "union":
                self._taken.update(other for other in self._flat if other[: len(way)] == way)

    def _free(self) -> Iterator[tuple[Way, int, Member]]:
        """C's members that nothing accounts for yet."""
        for way, (offset, member) in self._flat.items():
            if way not in self._taken:
                yield way, offset, member

    def _by_name(self) -> None:
        ways: dict[str, Way] = {}
        for way, (_, member) in self._flat.items():
            if member.name is not None:
                ways.setdefault(member.name, way)
        for rust in tuple(self._left):
            name = rust.name or ""
            names = (self._renames.get(name, name), name.removeprefix("r#"), name.rstrip("_"))
            found = next((ways[n] for n in names if n in ways), None)
            if found is not None and found not in self._taken:
                self._take(found, rust)

    def _anonymous_by_number(self) -> None:
        direct = [
            way for way, (_, member) in self._flat.items() if len(way) == 1 and not member.name
        ]
        for rust in tuple(self._left):
            match = ANONYMOUS.fullmatch(rust.name or "")
            if match and 0 < int(match[1]) <= len(direct):
                way = direct[int(match[1]) - 1]
                if way not in self._taken:
                    self._take(way, rust)

    def _anonymous_by_offset(self) -> None:
        for way, offset, member in self._free():
            if member.name is None:
                for rust in self._left:
                    is_record = isinstance(strip(rust.type), RecordLayout)
                    if is_record and rust.bit_size and rust.bit_offset == offset:
                        self._take(way, rust)
                        break

    def _bit_units(self) -> None:
        units = [unit for unit in self._left if _is_integers(unit.type)]
        for way, offset, member in self._free():
            if member.is_bit_field:
                for unit in units:
                    if unit.bit_offset <= offset and offset + member.bit_size <= unit.bit_end:
                        self._take(way, unit, is_covered=True)
                        break

    def _stand_ins(self) -> None:
        """Rust's padding and opaque bytes account for every C member that lies wholly in them."""
        for rust in tuple(self._left):
            if not rust.bit_size or rust.name == "bindgen_union_field":
                self._left.remove(rust)
            elif PADDING.fullmatch(rust.name or "") and _is_integers(rust.type):
                end = rust.bit_end
                touched = [
                    (way, rust.bit_offset <= offset and offset + member.bit_size <= end)
                    for way, offset, member in self._free()
                    if offset < end and rust.bit_offset < offset + member.bit_size
                ]
                if all(is_inside for _, is_inside in touched) and not self._overlaps(rust):
                    self._left.remove(rust)
                    for way, _ in touched:
                        self._claim(way)

    def _overlaps(self, rust: Member) -> bool:
        """Whether a Rust member lies over a C member that another Rust member stands for."""
        return self._c.kind == "struct" and any(
            pair.c is not None
            and pair.c_bit_offset < rust.bit_end
            and rust.bit_offset < pair.c_bit_offset + pair.c.bit_size
            for pair in self._pairs
        )

    def _rest(self) -> None:
        for way, offset, member in self._free():
            if member.bit_size:
                path = _spell_member(member)
                self._pairs.append(MemberPair(path=path, c=member, rust=None, c_bit_offset=offset))
            self._claim(way)
        for rust in self._left:
            path = rust.name or "?"
            self._pairs.append(
                MemberPair(path=path, c=None, rust=rust, rust_bit_offset=rust.bit_offset)
            )

    def _in_order(self) -> list[MemberPair]:
        """C's order; a member that only Rust has stands behind the one before it in Rust."""
        rank = {id(member): number for number, member in enumerate(self._rust.members)}
        ordered = sorted((p for p in self._pairs if p.c is not None), key=lambda p: p.c_bit_offset)
        for extra in (p for p in self._pairs if p.c is None):
            before = [
                place
                for place, other in enumerate(ordered, 1)
                if other.rust is not None and rank[id(other.rust)] < rank[id(extra.rust)]
            ]
            ordered.insert(max(before, default=0), extra)
        return ordered


def see_through(type_: Type | None) -> Type | None:
    """The type without typedefs, qualifiers, and records that only wrap one member.

    Such are `UnsafeCell`, `MaybeUninit`, `NonNull`, atomics, `Option` of what has a niche, and any
    newtype: one member that has a size, at offset 0, as large as the record (the Rust Reference,
    "Type layout", repr(transparent)).
    """
    type_ = strip(type_)
    while isinstance(type_, RecordLayout):
        inner = _wrapped(type_)
        if inner is None:
            break
        type_ = strip(inner.type)
    return type_


def _wrapped(record: RecordLayout) -> Member | None:
    sized = [member for member in record.members if member.bit_size]
    if len(sized) == 1 and sized[0].bit_offset == 0 and sized[0].bit_size == record.byte_size * 8:
        return sized[0]
    return None


def _as_record(c: RecordLayout, rust: RecordLayout) -> RecordLayout:
    """The Rust record as it is meant: out of its newtypes, and a union where bindgen means one."""
    names = {member.name for _, (_, member) in _flatten(c)}
    wrapped = _wrapped(rust)
    while wrapped is not None and wrapped.name not in names:
        inner = strip(wrapped.type)
        if not isinstance(inner, RecordLayout) or ANONYMOUS.fullmatch(wrapped.name or ""):
            break
        rust = inner
        wrapped = _wrapped(rust)
    fields = tuple(_union_fields(rust)) if rust.kind == "struct" else ()
    return replace(rust, kind="union", members=fields) if fields else rust


def _union_fields(record: RecordLayout) -> Iterator[Member]:
    """The members of a struct of bindgen's `__BindgenUnionField<T>`, as a union's: each a T."""
    for member in record.members:
        field = strip(member.type)
        if isinstance(field, RecordLayout) and UNION_FIELD in (field.name or ""):
            for type_ in field.type_parameters[:1]:
                size = byte_size_of(type_) * 8
                yield replace(member, type=type_, bit_offset=0, bit_size=size)


def _flatten(
    record: RecordLayout, start: Way = (), bit_offset: int = 0
) -> Iterator[tuple[Way, tuple[int, Member]]]:
    """The record's members and those of its anonymous members, with offsets in the record."""
    for index, member in enumerate(record.members):
        way, offset = (*start, index), bit_offset + member.bit_offset
        yield way, (offset, member)
        inner = strip(member.type)
        if member.name is None and isinstance(inner, RecordLayout):
            yield from _flatten(inner, way, offset)


def _nested(pair: MemberPair) -> Iterator[Nested]:
    """The records that a pair's members are, or are arrays of."""
    if pair.c is None or pair.rust is None or pair.is_covered:
        return
    c, name = _named(pair.c.type)
    rust = strip(pair.rust.type)
    while isinstance(c, ArrayType):
        rust = _out_of_core(rust)
        if not isinstance(rust, ArrayType):
            return
        c, name = _named(c.element)
        rust = strip(rust.element)
    rust = _out_of_core(rust)
    if isinstance(c, RecordLayout) and isinstance(rust, RecordLayout):
        yield Nested(path=pair.path, c_name=name, c=c, rust=rust)


def _named(type_: Type) -> tuple[Type | None, str | None]:
    """The type behind typedefs and qualifiers, and its tag, or else the nearest typedef's name."""
    name, inner = None, type_
    while isinstance(inner, TypedefType | QualifiedType) and inner.target is not None:
        name = inner.name if isinstance(inner, TypedefType) else name
        inner = inner.target
    tag = inner.name if isinstance(inner, RecordLayout) else None
    return inner, tag or name


def _out_of_core(type_: Type | None) -> Type | None:
    """The type out of the wrappers that Rust's own libraries provide (`UnsafeCell`, ...)."""
    while isinstance(type_, RecordLayout) and (type_.name or "").startswith(CORE):
        inner = _wrapped(type_)
        if inner is None:
            break
        type_ = strip(inner.type)
    return type_


def _is_integers(type_: Type) -> bool:
    """Whether a type is an integer or an array of them: bytes that may stand for anything."""
    inner = see_through(type_)
    while isinstance(inner, ArrayType):
        inner = see_through(inner.element)
    integers = (Encoding.SIGNED, Encoding.UNSIGNED)
    return isinstance(inner, BaseType) and inner.encoding in integers


def _spell_member(member: Member) -> str:
    """The member's name; an anonymous one is told by its kind and line."""
    if member.name is not None:
        return member.name
    inner = strip(member.type)
    kind = inner.kind if isinstance(inner, RecordLayout) else "member"
    line = f" at line {member.declared_at.line}" if member.declared_at else ""
    return f"(anonymous {kind}{line})"
