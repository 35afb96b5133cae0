"""Setters that do more than assign, getters in other forms than bindgen's, and constructors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final, TypeAlias

from tests.mutation.declarations import Declaration
from tests.mutation.kinds import Change, Root, Site, kind
from tests.mutation.of_accessors import Accessor, accessors_of, rewrite, root, size_of_unit

__all__: list[str] = []

_SET: Final = re.compile(
    r"self\s*\._bitfield_\d+\s*\.set\(\s*\d+usize,\s*\d+u8,\s*val as u64,?\s*\)", re.DOTALL
)
_TYPE_OF_VALUE: Final = re.compile(r"let val: u(\d+)")
_WORD: Final = 64
_CONSTRUCTOR: Final = re.compile(
    r"^    pub fn new_bitfield_\d+\(.*?^    \}\n", re.DOTALL | re.MULTILINE
)
_MADE: Final = re.compile(r"\.set\(\s*(\d+usize,\s*\d+u8),\s*\{\s*let (\w+):", re.DOTALL)

_Besides: TypeAlias = Callable[[Accessor, int, str], Iterator[str]]


def _set_besides(site: Site, besides: _Besides) -> Iterator[Change]:
    """Yield each setter with other statements, which `besides` makes of the right one.

    `besides` gets the accessor, the size of its storage unit in bits, and the text of the
    statement.
    """
    for accessor in accessors_of(site.record):
        found = _SET.search(accessor.text)
        if found is not None:
            size = size_of_unit(site.record, accessor.unit)
            for statements in besides(accessor, size, found[0]):
                text = accessor.text.replace(found[0], f"{{ {statements} }}")
                record = rewrite(site.record, accessor, text)
                yield Change(record=record, roots=root(accessor))


@kind("setter that only ORs", is_wrong=True)
def set_by_or(site: Site) -> Iterator[Change]:
    """OR the value into the bits, so that bits which were 1 stay 1."""

    def besides(accessor: Accessor, _: int, call: str) -> Iterator[str]:
        bits = f"{accessor.bit_offset}usize, {accessor.bit_width}u8"
        old = f"let old = self._bitfield_{accessor.unit}.get({bits});"
        yield f"{old} {call.replace('val as u64', 'val as u64 | old')}"

    return _set_besides(site, besides)


@kind("setter that clears a neighbour's bit", is_wrong=True)
def set_and_clear(site: Site) -> Iterator[Change]:
    """Clear the bit after the bit-field, or the one before it."""

    def besides(accessor: Accessor, size: int, call: str) -> Iterator[str]:
        for bit in (accessor.bit_offset + accessor.bit_width, accessor.bit_offset - 1):
            if 0 <= bit < size:
                yield f"{call}; self._bitfield_{accessor.unit}.set({bit}usize, 1u8, 0)"

    return _set_besides(site, besides)


@kind("setter that spills", is_wrong=True)
def set_and_spill(site: Site) -> Iterator[Change]:
    """OR a value's excess bits into the next bit."""
    return _set_besides(site, _spilling)


def _spilling(accessor: Accessor, size: int, call: str) -> Iterator[str]:
    """Yield the statements of a setter that spills, if its value can be too wide."""
    type_, behind = _TYPE_OF_VALUE.search(accessor.text), accessor.bit_offset + accessor.bit_width
    is_wide = type_ is not None and int(type_[1]) > accessor.bit_width
    if is_wide and behind < size and "val: bool" not in accessor.text:
        unit, bit = f"self._bitfield_{accessor.unit}", f"{behind}usize, 1u8"
        more = f"val as u64 >> {accessor.bit_width} & 1"
        yield f"{call}; let old = {unit}.get({bit}); {unit}.set({bit}, old | {more})"


@kind("setter that asserts", is_wrong=False)
def set_and_assert(site: Site) -> Iterator[Change]:
    """Refuse a value that does not fit; negative values belong to a signed bit-field."""

    def besides(accessor: Accessor, _: int, call: str) -> Iterator[str]:
        if accessor.bit_width < _WORD and "c_int)" not in accessor.text:
            yield f"assert!(val as u64 >> {accessor.bit_width} == 0); {call}"

    return _set_besides(site, besides)


def _by_value(text: str) -> str:
    return text.replace("(&self)", "(self)")


def _by_pointer(text: str) -> str:
    text = text.replace("(&self)", "(this: *const Self)").replace("pub fn", "pub unsafe fn")
    return re.sub(r"\bself\b", "(&*this)", text)


def _by_parameter(text: str) -> str:
    return re.sub(r"\bself\b", "this", text.replace("(&self)", "(this: &Self)"))


_FORMS: Final = (_by_value, _by_pointer, _by_parameter)


def _with_trait(record: Declaration, accessor: Accessor, text: str) -> Declaration:
    """Return the record with a getter of a trait in place of its own."""
    name = f"Of_{record.name}_{accessor.name}"
    method = text.replace("    #[inline]\n", "").replace("pub fn", "fn")
    head = method.partition("{")[0].strip()
    of_trait = f"pub trait {name} {{ {head}; }}\nimpl {name} for {record.name} {{\n{method}}}\n"
    return replace(record, methods=record.methods.replace(accessor.text, "") + f"\n{of_trait}")


def _in_other_forms(site: Site, moved: int) -> Iterator[Change]:
    for accessor in accessors_of(site.record):
        offset, size = accessor.bit_offset + moved, size_of_unit(site.record, accessor.unit)
        if accessor.writes or offset + accessor.bit_width > size:
            continue
        text = accessor.of_bits(offset, accessor.bit_width)
        for form in _FORMS:
            record = rewrite(site.record, accessor, form(text))
            yield Change(record=record, roots=root(accessor))
        yield Change(record=_with_trait(site.record, accessor, text), roots=root(accessor))


@kind("getter of another form", is_wrong=False)
def get_in_another_form(site: Site) -> Iterator[Change]:
    """Write a getter by value, by pointer, of a parameter that is no `self`, or of a trait."""
    return _in_other_forms(site, 0)


@kind("getter of another form, of the bits beside", is_wrong=True)
def get_beside_in_another_form(site: Site) -> Iterator[Change]:
    """Write a getter in another form, of bits beside by one."""
    return _in_other_forms(site, 1)


@kind("constructor that mixes two bit-fields up", is_wrong=True)
def made_of_two_exchanged(site: Site) -> Iterator[Change]:
    """Exchange two values in bindgen's constructor of a storage unit."""
    methods = site.record.methods
    for constructor in _CONSTRUCTOR.finditer(methods):
        for one, two in pairwise(_MADE.finditer(methods, *constructor.span())):
            first, between, last = (
                methods[: one.start(1)],
                methods[one.end(1) : two.start(1)],
                two[1],
            )
            text = f"{first}{last}{between}{one[1]}{methods[two.end(1) :]}"
            names = (found[2].rstrip("_") for found in (one, two))
            roots = tuple(Root(check="member-bits", member=name) for name in names)
            yield Change(record=replace(site.record, methods=text), roots=roots)
