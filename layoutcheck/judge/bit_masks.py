"""Find the bits of a record that the manifest's masks select. Pure.

A mask counts from the lowest bit of its member's value. The place of that bit in the record
depends on the machine's byte order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from layoutcheck.bindings.rustdoc.surface import Surface
from layoutcheck.judge.idioms import see_through
from layoutcheck.judge.judge_types import Side
from layoutcheck.manifest.reader import Mask, names_path
from layoutcheck.model.bit_access import BitAccess
from layoutcheck.model.layout import BaseType, Encoding, Member, RecordLayout, strip
from layoutcheck.model.probe_key import ProbeKey
from layoutcheck.model.target import Target

__all__ = ["with_masks"]

INTEGERS = (Encoding.SIGNED, Encoding.UNSIGNED)


class _UnknownError(Exception):
    """Mask whose bits are not known; the message says why."""


def with_masks(side: Side, masks: Sequence[Mask], surface: Surface, target: Target) -> Side:
    """Return Rust's side with an access for each mask, beside those of the accessors.

    If a mask's bits are not known, its access says why.
    """
    found: defaultdict[str, tuple[BitAccess, ...]] = defaultdict(tuple, side.accessors)
    for number, type_ in enumerate(surface.types):
        record = side.layouts.records.get(ProbeKey("type", number))
        for mask in masks:
            if record is not None and names_path(mask.record, type_.rust_path):
                access = _access(mask, record, side, surface, target)
                found[type_.rust_path] += (access,)
    return replace(side, accessors=found)


def _access(
    mask: Mask,
    record: RecordLayout,
    side: Side,
    surface: Surface,
    target: Target,
) -> BitAccess:
    try:
        member, first = _member(mask.member, record)
        bits = _number(mask.mask, side, surface)
        shift = _number(mask.shift, side, surface)
    except _UnknownError as error:
        return BitAccess(name=mask.field, verb="masks", unknown=str(error))
    if not bits or bits.bit_length() + shift > member.bit_size:
        unknown = f"{bits:#x} << {shift} is no mask of {member.bit_size} bits"
        return BitAccess(name=mask.field, verb="masks", unknown=unknown)
    places = [n + shift for n in range(bits.bit_length()) if bits >> n & 1]
    if target.byte_order == "big":
        places = [member.bit_size - 1 - place for place in reversed(places)]
    return BitAccess(name=mask.field, verb="masks", bits=tuple(first + place for place in places))


def _member(path: str, record: RecordLayout) -> tuple[Member, int]:
    """Return the integer at a dotted path, and the bit of the record at which it begins."""
    first, found = 0, None
    inside: object = record
    for name in path.split("."):
        members = inside.members if isinstance(inside, RecordLayout) else ()
        found = next((member for member in members if member.name == name), None)
        if found is None:
            raise _UnknownError(f"the Rust type has no member {path}")
        first, inside = first + found.bit_offset, strip(found.type)
    type_ = see_through(found.type) if found is not None else None
    if found is None or not isinstance(type_, BaseType) or type_.encoding not in INTEGERS:
        raise _UnknownError(f"{path} is no integer")
    return found, first


def _number(written: int | str, side: Side, surface: Surface) -> int:
    """Return a number as it is, and for a name the value of the one constant of that name."""
    if isinstance(written, int):
        return written
    named = [
        (number, item)
        for number, item in enumerate(surface.items)
        if item.kind == "constant" and names_path(written, item.rust_path)
    ]
    if len(named) != 1:
        count = "several constants" if named else "no constant"
        raise _UnknownError(f"the crate has {count} {written}")
    number, _ = named[0]
    constant = side.layouts.constants.get(ProbeKey("item", number))
    if constant is None or not isinstance(constant.value, int) or constant.value < 0:
        raise _UnknownError(f"{written} is no number of 0 or more")
    return constant.value
