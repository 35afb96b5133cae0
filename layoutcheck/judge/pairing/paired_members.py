"""Result of a pairing: pairs of members, of records inside them, and of the two records."""

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
    """Pair of a C member and a Rust member; None for a side that has none.

    Offsets count from the beginning of the record in which the two are compared. For a member of
    an anonymous struct, that is the record around it. With `is_covered`, the Rust member is a
    storage unit that holds C's bit-field.
    """

    path: str
    c: Member | None
    rust: Member | None
    c_bit_offset: int = 0
    rust_bit_offset: int = 0
    is_covered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BitField:
    """Bit-field of C: `bit_offset` counts from the beginning of the record of the pair."""

    path: str
    member: Member
    bit_offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accessed:
    """Bit-field of C, and an access of the method that has its name.

    With `is_sure`, the name leaves no doubt that the method reads or writes the bit-field.
    """

    field: BitField
    access: BitAccess
    is_sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """Pair of records that are the member at `path`, or the elements of its array.

    `c_name` is the C tag or typedef, None for a record without either.
    """

    path: str
    c_name: str | None
    c: RecordLayout
    rust: RecordLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPair:
    """Pair of a C record and a Rust record, with the pairs of members in C's order.

    `rust` is the record that Rust means: a union, too, where bindgen wrote a struct of
    `__BindgenUnionField`s. `accesses` are those of Rust's accessors. `astray` are masks of
    something that is no bit-field in C. `differences` are those of the members' types. If the Rust
    type is opaque, `held_in` is the member that holds it by value. `packed` is the number of bytes
    in Rust's `repr(packed)`, None without one.
    """

    c: RecordLayout
    rust: RecordLayout
    members: tuple[MemberPair, ...]
    nested: tuple[Nested, ...]
    accesses: tuple[Accessed, ...] = ()
    astray: tuple[BitAccess, ...] = ()
    differences: tuple[Difference, ...] = ()
    held_in: str | None = None
    packed: int | None = None


def nested_in(pair: MemberPair) -> Iterator[Nested]:
    """Yield the pair of records that a pair's members are, or are arrays of."""
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
    """Yield each Rust record that is a storage unit, with a C record of the bit-fields in it.

    Example: `flags: Flags` with `struct Flags(u32)`, also in arrays. bindgen's storage units are
    left out.
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
    """Return C's record, or for a union the variant that Rust has in place of the whole union."""
    if c.kind == "union" and rust.kind == "struct":
        for member in c.members:
            inner, tag = name_and_type(member.type)
            same_name = tag is not None and (rust.name or "").rpartition("::")[2] == tag
            if isinstance(inner, RecordLayout) and same_name:
                return inner, tag
    return c, name


def _element(type_: Type, count: int) -> Type | None:
    """Return the element of a Rust array, or of a newtype of one; else the type itself.

    A newtype is unwrapped only until as many elements as C has are reached.
    """
    inner = out_of_core(strip(type_))
    if count != 1 and isinstance(inner, RecordLayout):
        seen = see_through(inner)
        inner = seen if isinstance(seen, ArrayType) else inner
    if isinstance(inner, ArrayType):
        return _element(inner.element, count // _count(inner) if _count(inner) else 1)
    return inner


def _count(array: ArrayType) -> int:
    """Return the number of elements of all dimensions, 0 for a flexible array."""
    return prod(count or 0 for count in array.counts)
