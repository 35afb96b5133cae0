"""What a pairing comes to: members, records inside them, and the two records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from layoutcheck.idioms import name_and_type, out_of_core, see_through
from layoutcheck.layout import ArrayType, Member, RecordLayout, strip

__all__ = ["MemberPair", "Nested", "RecordPair", "nested_in"]


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


def nested_in(pair: MemberPair) -> Iterator[Nested]:
    """The records that a pair's members are, or are arrays of."""
    if pair.c is None or pair.rust is None or pair.is_covered:
        return
    c, name = name_and_type(pair.c.type)
    rust = out_of_core(strip(pair.rust.type))
    if isinstance(c, ArrayType) and isinstance(see_through(rust), ArrayType):
        rust = see_through(rust)
    while isinstance(c, ArrayType):
        c, name = name_and_type(c.element)
    while isinstance(rust, ArrayType):
        rust = out_of_core(strip(rust.element))
    if isinstance(c, RecordLayout) and isinstance(rust, RecordLayout):
        yield Nested(path=pair.path, c_name=name, c=c, rust=rust)
