"""Result of a pairing: members, records inside them, and the two records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import prod

from layoutcheck.judge.idioms import name_and_type, out_of_core, see_through, unit_number
from layoutcheck.judge.walk import Difference
from layoutcheck.model.bit_access import BitAccess
from layoutcheck.model.layout import ArrayType, Member, RecordLayout, Type, strip

__all__ = ["Accessed", "BitField", "MemberPair", "Nested", "RecordPair", "nested_in", "units_in"]


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
class BitField:
    """A bit-field of C's: `bit_offset` counts from the beginning of the record of the pair."""

    path: str
    member: Member
    bit_offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accessed:
    """A bit-field of C's, and what a method does that has its name.

    `is_sure` is whether the name leaves no doubt that the method is meant to read or write it.
    """

    field: BitField
    access: BitAccess
    is_sure: bool = True


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
    `__BindgenUnionField`s. `accesses` are what Rust's accessors do, and
    `astray` masks of what is no bit-field of C's; `differences` those of the members' types. Where
    the Rust type is opaque, `held_in` is the member that holds one by value.
    """

    c: RecordLayout
    rust: RecordLayout
    members: tuple[MemberPair, ...]
    nested: tuple[Nested, ...]
    accesses: tuple[Accessed, ...] = ()
    astray: tuple[BitAccess, ...] = ()
    differences: tuple[Difference, ...] = ()
    held_in: str | None = None


def nested_in(pair: MemberPair) -> Iterator[Nested]:
    """Yield the records that a pair's members are, or are arrays of."""
    if pair.c is None or pair.rust is None or pair.is_covered:
        return
    c, name = name_and_type(pair.c.type)
    count = 1
    while isinstance(c, ArrayType):
        count *= _count(c)
        c, name = name_and_type(c.element)
    if not isinstance(c, RecordLayout):
        return
    rust = _element(pair.rust.type, count)
    if isinstance(rust, RecordLayout) and not rust.is_tagged:
        chosen, tag = _variant(c, name, rust)
        yield Nested(path=pair.path, c_name=tag, c=chosen, rust=rust)


def units_in(pairs: Iterable[MemberPair]) -> Iterator[Nested]:
    """Yield the Rust records that are units of bits, each with a record of the bit-fields in it.

    Such is `flags: Flags` with `struct Flags(u32)`, also in arrays. bindgen's units are none.
    """
    by_unit: defaultdict[int, list[MemberPair]] = defaultdict(list)
    for pair in pairs:
        if pair.is_covered and pair.rust is not None and not unit_number(pair.rust):
            by_unit[pair.rust.bit_offset].append(pair)
    for covered in by_unit.values():
        unit = covered[0].rust
        if unit is not None:
            yield from _units(unit, covered)


def _units(unit: Member, covered: Iterable[MemberPair]) -> Iterator[Nested]:
    inner = out_of_core(strip(unit.type))
    while isinstance(inner, ArrayType):
        inner = out_of_core(strip(inner.element))
    if not isinstance(inner, RecordLayout):
        return
    size = inner.byte_size * 8
    for number, start in enumerate(range(unit.bit_offset, unit.bit_end, size)):
        inside = tuple(
            replace(pair.c, bit_offset=pair.c_bit_offset - start)
            for pair in covered
            if pair.c is not None
            and start <= pair.c_bit_offset
            and pair.c_bit_offset + pair.c.bit_size <= start + size
        )
        if inside:
            bit_fields = RecordLayout(
                name=None,
                kind="struct",
                byte_size=inner.byte_size,
                alignment=None,
                members=inside,
                declared_at=inside[0].declared_at,
            )
            path = (unit.name or "") + (f"[{number}]" if unit.bit_size > size else "")
            yield Nested(path=path, c_name=None, c=bit_fields, rust=inner)


def _variant(
    c: RecordLayout, name: str | None, rust: RecordLayout
) -> tuple[RecordLayout, str | None]:
    """C's record, or where Rust has one of its variants for the whole union, that variant."""
    if c.kind == "union" and rust.kind == "struct":
        for member in c.members:
            inner, tag = name_and_type(member.type)
            same_name = tag is not None and (rust.name or "").rpartition("::")[2] == tag
            if isinstance(inner, RecordLayout) and same_name:
                return inner, tag
    return c, name


def _element(type_: Type, count: int) -> Type | None:
    """Return the element of a Rust array, or of a newtype of one; else the type itself.

    A newtype is seen through only on the way to as many elements as C has.
    """
    inner = out_of_core(strip(type_))
    if count != 1 and isinstance(inner, RecordLayout):
        seen = see_through(inner)
        inner = seen if isinstance(seen, ArrayType) else inner
    if isinstance(inner, ArrayType):
        return _element(inner.element, count // _count(inner) if _count(inner) else 1)
    return inner


def _count(array: ArrayType) -> int:
    """Return the number of all elements of an array, 0 for a flexible one."""
    return prod(count or 0 for count in array.counts)
