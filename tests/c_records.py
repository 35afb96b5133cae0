"""Hypothesis strategies for C records of every kind that a layout can depend on, and their text.

A record is complete: everything that it holds is defined inside it. A failing record therefore
shrinks alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from hypothesis import strategies as st

__all__ = ["PRELUDE", "CRecord", "c_records", "render"]

PRELUDE: Final = """\
typedef int int_aligned_1 __attribute__((aligned(1)));
typedef long long __attribute__((__aligned__(16))) long_long_aligned_16;
typedef char char_aligned_8 __attribute__((aligned(sizeof(long long))));
typedef double double_t_t, *double_pointer;
typedef short shorts[3];
typedef int (function)(char, ...);
enum { THREE = 3 };
"""
INTEGERS: Final = {
    "char": 8,
    "signed char": 8,
    "unsigned short": 16,
    "short int": 16,
    "int": 32,
    "unsigned int": 32,
    "long long": 64,
    "unsigned long long": 64,
    "_Bool": 1,
    "int_aligned_1": 32,
    "long_long_aligned_16": 64,
    "char_aligned_8": 8,
    "long": 32,
    "unsigned long int": 32,  # of 32 bits at least
}
OTHERS: Final = (
    *("float", "double", "long double", "WIDE", "unsigned WIDE", "double_t_t", "shorts"),
    *("void *", "struct elsewhere *", "double_pointer", "function *"),
    *("_Atomic char", "_Atomic(long long)", "_Atomic(WIDE)", "char *const volatile"),
)
ARRAYS: Final = tuple(name for name in (*INTEGERS, *OTHERS) if "aligned" not in name)
"""Types that can be elements: their alignment must divide their size."""
ALIGNED: Final = (
    *("aligned(2)", "aligned(4)", "aligned(8)", "aligned(32)", "aligned"),
    *("__aligned__(1 << THREE)", "aligned(__alignof__(long long))"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CEnum:
    """An enum without a tag; `fixed` is the type that it names itself, or ""."""

    values: tuple[int, ...]
    packed: bool
    fixed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CMember:
    """A member; `width` None is no bit-field, and a width of 0 has no name.

    `attributes` come before the member if `is_before`, otherwise after it.
    """

    type: str | CEnum | CRecord
    counts: tuple[str, ...] = ()
    width: int | None = None
    is_named: bool = True
    attributes: tuple[str, ...] = ()
    is_before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CRecord:
    """A record without a name, which `render` gives it; `pack` is of `#pragma pack`, 0 for none.

    `attributes` follow the keyword if `is_before`, otherwise the brace.
    """

    kind: str
    members: tuple[CMember, ...]
    attributes: tuple[str, ...] = ()
    is_before: bool = False
    pack: int = field(default=0)


def render(record: CRecord, name: str) -> str:
    """Return the record as C: members f0, f1, ... at any depth, enumerators of its own."""
    text = f"{_record(record, name, count(), name)};"
    if record.pack:
        return f"#pragma pack(push, {record.pack})\n{text}\n#pragma pack(pop)"
    return text


def _attributes(attributes: tuple[str, ...]) -> str:
    return f"__attribute__(({', '.join(attributes)})) " if attributes else ""


def _record(record: CRecord, tag: str, numbers: Iterator[int], name: str) -> str:
    before = _attributes(record.attributes if record.is_before else ())
    after = _attributes(() if record.is_before else record.attributes)
    members = " ".join(_member(member, numbers, name) for member in record.members)
    return f"{record.kind} {before}{tag}{' ' if tag else ''}{{ {members} }} {after}".rstrip()


def _member(member: CMember, numbers: Iterator[int], name: str) -> str:
    number = next(numbers)
    match member.type:
        case CRecord() as record:
            type_ = _record(record, "", numbers, name)
        case CEnum(values=values, packed=packed, fixed=fixed):
            fixed = f": {fixed} " if fixed else ""
            words = ", ".join(f"{name}_{number}_{n} = {value}" for n, value in enumerate(values))
            type_ = f"enum {_attributes(('packed',) * packed)}{fixed}{{ {words} }}"
        case type_:
            pass
    before = _attributes(member.attributes if member.is_before else ())
    after = _attributes(() if member.is_before else member.attributes)
    declared = f"f{number}" if member.is_named else ""
    width = "" if member.width is None else f" : {member.width}"
    counts = "".join(f"[{each}]" for each in member.counts)
    return f"{before}{type_} {declared}{counts}{width} {after}".rstrip() + ";"


_attribute_sets = st.just(()) | st.lists(
    st.just("packed") | st.sampled_from(ALIGNED), min_size=1, max_size=2
).map(tuple)

_VALUES: Final = (0, 1, 7, 127, 128, 255, 256, 65535, 65536, 2**31 - 1, -1, -128, -129)
_enums = st.builds(
    CEnum,
    values=st.lists(st.sampled_from(_VALUES), min_size=1, max_size=3).map(tuple),
    packed=st.booleans(),
) | st.builds(
    CEnum,
    values=st.just((0, 1, 127)),
    packed=st.just(value=False),
    fixed=st.sampled_from(("unsigned char", "short", "unsigned long long")),
)

_counts = st.lists(st.sampled_from(("1", "2", "THREE", "sizeof(int)", "0")), max_size=2).map(tuple)

_scalars = st.builds(
    CMember,
    type=st.sampled_from(ARRAYS) | st.sampled_from(tuple(INTEGERS)),
    attributes=_attribute_sets,
    is_before=st.booleans(),
)
_arrays = st.builds(
    CMember, type=st.sampled_from(ARRAYS), counts=_counts, attributes=_attribute_sets
)
_enum_members = st.builds(CMember, type=_enums, counts=_counts, attributes=_attribute_sets)


@st.composite
def _bit_fields(draw: st.DrawFn) -> CMember:
    """Draw a bit-field of an integer or enum; an unnamed one has no attributes, as C requires."""
    type_ = draw(st.sampled_from(tuple(INTEGERS)) | _enums)
    bits = INTEGERS[type_] if isinstance(type_, str) else 8
    width = draw(st.integers(min_value=0, max_value=bits))
    is_named = draw(st.booleans()) and width > 0
    attributes = draw(_attribute_sets) if is_named else ()
    return CMember(type=type_, width=width, is_named=is_named, attributes=attributes)


def _records_of(members: st.SearchStrategy[CMember]) -> st.SearchStrategy[CRecord]:
    return st.builds(
        CRecord,
        kind=st.sampled_from(("struct", "struct", "struct", "union")),
        members=st.lists(members, max_size=6).map(tuple),
        attributes=_attribute_sets,
        is_before=st.booleans(),
    )


_plain = _scalars | _bit_fields() | _arrays | _enum_members
_nested = st.builds(
    CMember,
    type=_records_of(_plain),
    counts=_counts | st.just(()),
    is_named=st.booleans(),
    attributes=_attribute_sets,
).map(lambda member: member if member.is_named else CMember(type=member.type, is_named=False))
_members = _plain | _bit_fields() | _nested


@st.composite
def _whole(draw: st.DrawFn) -> CRecord:
    """Draw a record with `#pragma pack`; a struct may end with a flexible array."""
    record = draw(_records_of(_members))
    members = record.members
    has_flexible = record.kind == "struct" and any(member.is_named for member in members)
    if has_flexible and draw(st.integers(0, 5)) == 5:
        members = (*members, CMember(type=draw(st.sampled_from(ARRAYS)), counts=("",)))
    return CRecord(
        kind=record.kind,
        members=members,
        attributes=record.attributes,
        is_before=record.is_before,
        pack=draw(st.sampled_from((0, 0, 0, 0, 1, 2, 4, 8))),
    )


c_records: st.SearchStrategy[CRecord] = _whole()
"""Records of the kinds above, nested up to two deep."""
