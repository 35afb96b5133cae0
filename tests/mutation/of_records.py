"""Mistakes in a record as a whole: its repr, its kind, and its replacement by another type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Literal

from tests.mutation.declarations import Declaration, Field
from tests.mutation.kinds import Change, Root, Site, kind

__all__: list[str] = []

ALIGNMENT: Final = (Root(check="record-alignment", member=None),)
KIND: Final = (Root(check="record-kind", member=None),)
SIZE: Final = (Root(check="record-size", member=None),)
ACCESSOR: Final = re.compile(
    r"pub fn (\w+)\(&self\).*?_bitfield_(\d+)\s*\.get\((\d+)usize, (\d+)u8\)", re.DOTALL
)


def _repr(site: Site, *words: str, lost: str = "") -> Declaration:
    kept = tuple(word for word in site.record.repr if word.partition("(")[0] != lost)
    return replace(site.record, repr=(*kept, *words))


def _reordered(site: Site, words: tuple[str, ...]) -> Change:
    """Return the record without `repr(C)`; one without C's name is reported in its holder."""
    root = Root(check="repr-missing", member="*" if site.is_inner else None)
    return Change(record=replace(site.record, repr=words), roots=(root,))


@kind("repr(C) lost")
def lost_repr(site: Site) -> Iterator[Change]:
    """Remove `repr(C)`, so that the members may be in any order."""
    if site.record.repr == ("C",):
        yield _reordered(site, ())


@kind("repr(C) lost, but packed or aligned")
def half_lost_repr(site: Site) -> Iterator[Change]:
    """Keep a part of the repr; the members may still be in any order."""
    if len(site.record.repr) > 1:
        yield _reordered(site, tuple(word for word in site.record.repr if word != "C"))


@kind("packed lost")
def lost_packed(site: Site) -> Iterator[Change]:
    """Remove `packed`, so that members move to aligned offsets."""
    if site.record.word("packed") and not site.is_inner:
        yield Change(record=_repr(site, lost="packed"), roots=ALIGNMENT)


@kind("packed added")
def added_packed(site: Site) -> Iterator[Change]:
    """Pack to one byte."""
    if len(site.record.repr) == 1 and not site.is_inner:
        yield Change(record=_repr(site, "packed"), roots=ALIGNMENT)


@kind("packed(N) added")
def added_packed_n(site: Site) -> Iterator[Change]:
    """Pack to 2, 4 and 8 bytes, which changes nothing without higher alignments."""
    for number in (2, 4, 8):
        if len(site.record.repr) == 1 and not site.is_inner:
            yield Change(record=_repr(site, f"packed({number})"), roots=ALIGNMENT)


@kind("packed of another number")
def other_packed(site: Site) -> Iterator[Change]:
    """Pack to one byte for four, or two for one."""
    word = site.record.word("packed")
    if word and not site.is_inner:
        other = "packed(2)" if word == "packed" else "packed"
        yield Change(record=_repr(site, other, lost="packed"), roots=ALIGNMENT)


@kind("align added")
def added_align(site: Site) -> Iterator[Change]:
    """Align to twice the record's alignment."""
    if len(site.record.repr) == 1 and not site.is_inner:
        number = 2 * site.facts.alignment
        yield Change(record=_repr(site, f"align({number})"), roots=ALIGNMENT)


@kind("align of 64 added")
def cache_line(site: Site) -> Iterator[Change]:
    """Align to a cache line; most records grow."""
    if len(site.record.repr) == 1 and not site.is_inner and site.facts.alignment < 64:
        yield Change(record=_repr(site, "align(64)"), roots=ALIGNMENT)


@kind("align that is there anyway")
def same_align(site: Site) -> Iterator[Change]:
    """Align to the record's own alignment, which changes nothing."""
    if len(site.record.repr) == 1:
        yield Change(record=_repr(site, f"align({site.facts.alignment})"), roots=ALIGNMENT)


@kind("align lost")
def lost_align(site: Site) -> Iterator[Change]:
    """Remove `align`, so that the members determine the alignment."""
    if site.record.word("align") and not site.is_inner:
        yield Change(record=_repr(site, lost="align"), roots=ALIGNMENT)


@kind("align of another number")
def other_align(site: Site) -> Iterator[Change]:
    """Double and halve the alignment."""
    word = site.record.word("align")
    if word and not site.is_inner:
        for number in (2 * site.facts.alignment, site.facts.alignment // 2):
            record = _repr(site, f"align({number})", lost="align")
            yield Change(record=record, roots=ALIGNMENT)


def _as(site: Site, kind: Literal["struct", "union"]) -> Declaration:
    return replace(site.record, kind=kind, methods="")


@kind("union for a struct")
def union_for_struct(site: Site) -> Iterator[Change]:
    """Make a struct a union, whose members overlap."""
    is_meant = any("__BindgenUnionField" in field.type for field in site.record.fields)
    if site.record.kind == "struct" and not site.is_inner and not is_meant:
        yield Change(record=_as(site, "union"), roots=KIND)


@kind("struct for a union")
def struct_for_union(site: Site) -> Iterator[Change]:
    """Make a union a struct, whose members follow one another."""
    if site.record.kind == "union" and not site.is_inner:
        yield Change(record=_as(site, "struct"), roots=KIND)


def _bytes(site: Site, byte_size: int) -> Declaration:
    word = min(site.facts.alignment, 8)
    field = Field(name="_opaque", type=f"[u{8 * word}; {byte_size // word}]")
    return replace(site.record, fields=(field,), methods="")


@kind("whole record as bytes, too many")
def long_bytes(site: Site) -> Iterator[Change]:
    """Use bytes for the record, a word too many."""
    if site.record.kind == "struct" and site.record.repr == ("C",) and not site.is_inner:
        size = site.facts.byte_size + site.facts.alignment
        yield Change(record=_bytes(site, size), roots=SIZE)


@kind("whole record as bytes, too few")
def short_bytes(site: Site) -> Iterator[Change]:
    """Use bytes for the record, a word too few, so that the last members are missing."""
    size = site.facts.byte_size - site.facts.alignment
    whole = site.record.kind == "struct" and site.record.repr == ("C",) and not site.is_inner
    if whole and size and all(field.c_name for field in site.record.fields):
        lost = [
            field.c_name
            for field in site.record.fields
            if site.size(field) and site.offset(field) + site.size(field) > size
        ]
        roots = tuple(Root(check="member-missing", member=name) for name in lost)
        if any(site.offset(field) < size for field in site.record.fields if field.c_name in lost):
            roots += (Root(check="member-extra", member="_opaque"),)  # they cut through a member
        yield Change(record=_bytes(site, size), roots=roots)


@kind("whole record as bytes", rule="a private member is room for what it covers")
def as_bytes(site: Site) -> Iterator[Change]:
    """Use as many bytes as the record has."""
    if site.record.kind == "struct" and site.record.repr == ("C",) and not site.is_inner:
        yield Change(record=_bytes(site, site.facts.byte_size))


@kind("record of size zero, held by value")
def empty_record(site: Site) -> Iterator[Change]:
    """Use an empty type for the record, and one that holds it."""
    if site.is_inner:
        return
    for holder in site.bindings.records.values():
        held = [f for f in holder.fields if f.c_name and f.type == site.record.name]
        if held and "__bindgen_ty_" not in holder.name:
            empty = Field(name="_unused", type="[u8; 0]")
            roots = (
                *(Root(check="member-size", member=field.c_name) for field in held),
                Root(check="opaque-by-value", member="*"),
                Root(check="opaque-by-value", member=None),
            )
            yield Change(
                record=replace(site.record, fields=(empty,), repr=("C",), methods=""),
                roots=roots,
                every=False,
                around=(holder,),
            )
            return


def _units(site: Site) -> Iterator[tuple[int, int, list[tuple[str, int, int]]]]:
    """Yield the storage units: place, bytes, and each bit-field's offset and width."""
    for index, field in enumerate(site.record.fields):
        found = re.fullmatch(r"__BindgenBitfieldUnit<\[u8; (\d+)usize\]>", field.type)
        if found:
            number = field.name.removeprefix("_bitfield_")
            inside = [
                (name.removesuffix("_"), int(offset), int(width))
                for name, unit, offset, width in ACCESSOR.findall(site.record.methods)
                if unit == number
            ]
            yield index, int(found[1]), inside


def _is_padded(site: Site, index: int) -> bool:
    return any(f.name.startswith("__bindgen_pad") for f in site.record.fields[index + 1 :][:1])


def _bits(names: list[str]) -> tuple[Root, ...]:
    return tuple(Root(check="member-*", member=name) for name in names)


@kind("unit of bits moved")
def moved_bits(site: Site) -> Iterator[Change]:
    """Move a storage unit, by padding before it or by an alignment."""
    for index, _, inside in _units(site):
        unit = site.record.fields[index]
        roots = _bits([*(name for name, _, _ in inside), unit.name, "mutant_pad"])
        if site.record.kind == "struct":
            for name, type_ in (("mutant_pad", "u8"), ("_bitfield_align_9", "[u64; 0]")):
                moved = site.record.with_field(index, Field(name=name, type=type_))
                yield Change(record=moved, roots=roots, every=False)


@kind("unit of bits too short")
def short_bits(site: Site) -> Iterator[Change]:
    """Shorten a storage unit by a byte, so that its last bit-fields are missing.

    A unit before padding is left out, since padding would cover the bits.
    """
    for index, size, inside in _units(site):
        last = [name for name, offset, width in inside if offset + width > 8 * (size - 1)]
        one, other = (f"__BindgenBitfieldUnit<[u8; {n}usize]>" for n in (size, size - 1))
        is_alone = [field.type for field in site.record.fields].count(one) == 1
        if is_alone and not _is_padded(site, index):
            bytes_, fewer = (f"[u8; {n}usize]" for n in (size, size - 1))
            methods = site.record.methods.replace(bytes_, fewer)
            record = replace(site.record.with_type(index, other), methods=methods)
            yield Change(record=record, roots=_bits(last))


@kind("unit of bits dropped")
def dropped_bits(site: Site) -> Iterator[Change]:
    """Drop a storage unit with all its bit-fields.

    A unit before padding is left out, since padding would cover them as filler.
    """
    for index, _, inside in _units(site):
        record = replace(site.record.without(index), methods="")
        if any(map(site.size, record.fields)) and not _is_padded(site, index):
            yield Change(record=record, roots=_bits([name for name, _, _ in inside]))
