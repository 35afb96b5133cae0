"""Mistakes in the methods that read and write bit-fields; the layout is unchanged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, TypeAlias

from tests.mutation.declarations import Declaration
from tests.mutation.kinds import Change, Root, Site, kind

__all__ = ["Accessor", "accessors_of", "rewrite", "root", "size_of_unit"]

_METHOD: Final = re.compile(
    r"    #\[inline\]\n    pub fn (?P<name>\w+)\(&(?P<mut>mut )?self[^\n]*\n.*?^    \}\n",
    re.MULTILINE | re.DOTALL,
)
_BITS: Final = re.compile(
    r"self\s*\._bitfield_(\d+)\s*\.([gs]et)\(\s*(\d+)usize,\s*(\d+)u8", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accessor:
    """A method of bindgen's: its text, and the bits of its storage unit that it reads or writes.

    `field` is its bit-field.
    """

    name: str
    text: str
    writes: bool
    unit: int
    bit_offset: int
    bit_width: int

    @property
    def field(self) -> str:
        """The bit-field's name in Rust."""
        return self.name.removeprefix("set_") if self.writes else self.name

    @property
    def most(self) -> int:
        """The greatest number of bits of its value."""
        cast = re.search(r"\) *as u(\d+)", self.text)
        is_flag = "-> bool" in self.text
        return 64 if cast is None or self.writes else 1 if is_flag else int(cast[1])

    def of_bits(self, bit_offset: int, bit_width: int, *, unit: int | None = None) -> str:
        """Return the text of the method for other bits."""
        number = self.unit if unit is None else unit
        bits = rf"self._bitfield_{number}.\2({bit_offset}usize, {bit_width}u8"
        return _BITS.sub(bits, self.text, count=1)


def accessors_of(record: Declaration) -> Iterator[Accessor]:
    """Return the methods of a record that read or write one bit-field."""
    for found in _METHOD.finditer(record.methods):
        bits = _BITS.search(found[0])
        if bits is not None:
            yield Accessor(
                name=found["name"],
                text=found[0],
                writes=bits[2] == "set",
                unit=int(bits[1]),
                bit_offset=int(bits[3]),
                bit_width=int(bits[4]),
            )


_Bits: TypeAlias = Callable[[Accessor, int], Iterator[tuple[int, int]]]


def rewrite(record: Declaration, accessor: Accessor, text: str) -> Declaration:
    """Return the record with another text for one of its accessors."""
    return replace(record, methods=record.methods.replace(accessor.text, text))


def size_of_unit(record: Declaration, number: int) -> int:
    """Return the size of a storage unit in bits; 0 if the record has no such unit."""
    for field in record.fields:
        found = re.fullmatch(r"__BindgenBitfieldUnit<\[u8; (\d+)usize\]>", field.type)
        if found is not None and field.name == f"_bitfield_{number}":
            return 8 * int(found[1])
    return 0


def _moved(site: Site, bits: _Bits, *, writes: bool) -> Iterator[Change]:
    """Yield each accessor with each of the other bits that lie in its storage unit."""
    for accessor in accessors_of(site.record):
        size = size_of_unit(site.record, accessor.unit)
        for offset, width in bits(accessor, size) if accessor.writes is writes else ():
            if offset >= 0 and 0 < width <= accessor.most and offset + width <= size:
                text = accessor.of_bits(offset, width)
                record = rewrite(site.record, accessor, text)
                yield Change(record=record, roots=root(accessor))


def root(*accessors: Accessor) -> tuple[Root, ...]:
    """Return the root causes that a wrong accessor has."""
    names = dict.fromkeys(accessor.field.rstrip("_") for accessor in accessors)
    return tuple(Root(check="member-bits", member=name) for name in names)


def _beside(accessor: Accessor, _: int) -> Iterator[tuple[int, int]]:
    yield accessor.bit_offset + 1, accessor.bit_width
    yield accessor.bit_offset - 1, accessor.bit_width


def _wider(accessor: Accessor, _: int) -> Iterator[tuple[int, int]]:
    yield accessor.bit_offset, accessor.bit_width + 1


def _narrower(accessor: Accessor, _: int) -> Iterator[tuple[int, int]]:
    yield accessor.bit_offset, accessor.bit_width - 1


def _from_the_end(accessor: Accessor, size: int) -> Iterator[tuple[int, int]]:
    """Yield the bits counted from the other end, as on a machine of the other byte order."""
    offset = size - accessor.bit_offset - accessor.bit_width
    if offset != accessor.bit_offset:
        yield offset, accessor.bit_width


@kind("getter of the bits beside", is_wrong=True)
def get_beside(site: Site) -> Iterator[Change]:
    """Move the bits by one, up or down."""
    return _moved(site, _beside, writes=False)


@kind("setter of the bits beside", is_wrong=True)
def set_beside(site: Site) -> Iterator[Change]:
    """Move the written bits by one, up or down; the getter is right."""
    return _moved(site, _beside, writes=True)


@kind("getter too wide", is_wrong=True)
def get_wider(site: Site) -> Iterator[Change]:
    """Read the next bit-field's first bit, too."""
    return _moved(site, _wider, writes=False)


@kind("setter too wide", is_wrong=True)
def set_wider(site: Site) -> Iterator[Change]:
    """Write the next bit-field's first bit, too, which is lost."""
    return _moved(site, _wider, writes=True)


@kind("getter too narrow", is_wrong=True)
def get_narrower(site: Site) -> Iterator[Change]:
    """Read without the highest bit."""
    return _moved(site, _narrower, writes=False)


@kind("setter too narrow", is_wrong=True)
def set_narrower(site: Site) -> Iterator[Change]:
    """Write without the highest bit."""
    return _moved(site, _narrower, writes=True)


@kind("getter counted from the other end", is_wrong=True)
def get_from_the_end(site: Site) -> Iterator[Change]:
    """Read the bits counted from the other end, as on a machine of the other byte order."""
    return _moved(site, _from_the_end, writes=False)


@kind("setter counted from the other end", is_wrong=True)
def set_from_the_end(site: Site) -> Iterator[Change]:
    """Write the bits counted from the other end, as on a machine of the other byte order."""
    return _moved(site, _from_the_end, writes=True)


@kind("accessors of two bit-fields exchanged", is_wrong=True)
def exchanged(site: Site) -> Iterator[Change]:
    """Exchange the bits of two getters, which always differ."""
    getters = [one for one in accessors_of(site.record) if not one.writes]
    for one, two in pairwise(getters):
        methods = site.record.methods
        for accessor, other in ((one, two), (two, one)):
            bits = other.of_bits(other.bit_offset, other.bit_width)
            found = _BITS.search(bits)
            if found is not None:
                text = accessor.of_bits(other.bit_offset, other.bit_width, unit=other.unit)
                methods = methods.replace(accessor.text, text)
        yield Change(record=replace(site.record, methods=methods), roots=root(one, two))


@kind("accessor of another unit", is_wrong=True)
def other_unit(site: Site) -> Iterator[Change]:
    """Use another storage unit of the record."""
    for accessor in accessors_of(site.record):
        for unit in {1, 2, 3} - {accessor.unit}:
            if accessor.bit_offset + accessor.bit_width <= size_of_unit(site.record, unit):
                text = accessor.of_bits(accessor.bit_offset, accessor.bit_width, unit=unit)
                record = rewrite(site.record, accessor, text)
                yield Change(record=record, roots=root(accessor))


@kind("accessor dropped", is_wrong=False)
def dropped(site: Site) -> Iterator[Change]:
    """Drop an accessor: the bit-field still exists, without a reader."""
    for accessor in accessors_of(site.record):
        yield Change(record=rewrite(site.record, accessor, ""))


@kind("accessor nobody else can call", is_wrong=False)
def private(site: Site) -> Iterator[Change]:
    """Give wrong bits to a private accessor, which other crates cannot call."""
    for accessor in accessors_of(site.record):
        if accessor.bit_width > 1 and not accessor.writes:
            text = accessor.of_bits(accessor.bit_offset, accessor.bit_width - 1)
            yield Change(record=rewrite(site.record, accessor, text.replace("pub fn", "fn")))


@kind("accessor by shift and mask", is_wrong=False)
def by_hand(site: Site) -> Iterator[Change]:
    """Read the whole storage unit, and shift and mask by hand."""
    for accessor in accessors_of(site.record):
        size = size_of_unit(site.record, accessor.unit)
        whole = re.search(r"get\(\s*\d+usize,\s*\d+u8\)", accessor.text)
        if accessor.writes or whole is None or size > 64:
            continue
        mask = (1 << accessor.bit_width) - 1
        bits = f"get(0usize, {size}u8) >> {accessor.bit_offset} & {mask:#x}"
        text = accessor.text.replace(f" {whole[0]}", bits).replace(whole[0], bits)
        text = re.sub(
            r"transmute\(\s*(.*?) as (\w+)\s*,?\s*\)",
            r"transmute((\1) as \2)",
            text,
            flags=re.DOTALL,
        )
        yield Change(record=rewrite(site.record, accessor, text))
