"""Members of a type that is nearly C's: with another name, without a layout, behind a pointer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from tests.mutation.declarations import Declaration, Field
from tests.mutation.kinds import Change, Root, Site, kind
from tests.mutation.records import has_no_padding, render_enum, twin_of, with_other_sign
from tests.mutation.signatures import (
    change_sign,
    integer_for_pointer,
    lose_convention,
    lose_result,
    other_name,
    parse_pointer,
    same_convention,
)

__all__: list[str] = []

_POINTER: Final = re.compile(r"(\*mut |\*const )(\w+)")
_ENUM: Final = "mutant_enum"
_FREE: Final = "mutant_free"
_MOVED: Final = "mutant_moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Declaration):
    """A type that is no record: its declaration is its `text`."""

    text: str

    def render(self, *, in_union: bool = False) -> str:
        """The text."""
        del in_union
        return self.text


def _retyped(
    site: Site,
    index: int,
    type_: str,
    *roots: Root,
    around: tuple[Declaration, ...] = (),
    every: bool = True,
) -> Change:
    record = site.record.with_type(index, type_)
    own = Root(check="member-type", member=site.record.fields[index].c_name)
    return Change(record=record, roots=roots or (own,), around=around, every=every)


def _pointed(site: Site) -> Iterator[tuple[int, str, Declaration]]:
    """Yield the fields that point to a right record: place, `*mut ` or `*const `, the record."""
    for index, field, _ in site.fields():
        found = _POINTER.fullmatch(site.bindings.resolve(field.type))
        record = site.bindings.record(found[2]) if found else None
        if found and record and record.name in site.named and record.name != site.record.name:
            yield index, found[1], record


def _held(site: Site) -> Iterator[tuple[int, Field, Declaration]]:
    for index, field, _ in site.fields():
        record = site.bindings.record(field.type)
        if record and record.name in site.named and site.record.kind == "struct":
            yield index, field, record


# -- records ---------------------------------------------------------------------------------------


@kind("pointer to another record of the same size", is_wrong=True)
def other_pointee(site: Site) -> Iterator[Change]:
    """Point to another record of C."""
    for index, star, record in _pointed(site):
        other = twin_of(record, site.records, site.named)
        if other and other != site.record.name:
            yield _retyped(site, index, f"{star}{other}")


def _moved(site: Site, *, is_right: bool) -> Iterator[Change]:
    pointed = ((index, star, record) for index, star, record in _pointed(site))
    for index, star, record in (*pointed, *((i, "", r) for i, _, r in _held(site))):
        moved, roots = replace(record, name=_MOVED, methods=""), tuple[Root, ...]()
        if not is_right:
            signs = list(with_other_sign(site.bindings, record))
            for place, type_, c_name in signs:
                moved = moved.with_type(place, type_)
                roots = (Root(check="member-type", member=c_name),)
            if not signs:
                continue
        yield _retyped(site, index, f"{star}{_MOVED}", *roots, around=(moved,))


@kind("a record of a name that C does not have", is_wrong=False)
def moved(site: Site) -> Iterator[Change]:
    """Rename the record, held or pointed to; it is compared at its place."""
    return _moved(site, is_right=True)


@kind("a wrong record of a name that C does not have", is_wrong=True)
def wrong_moved(site: Site) -> Iterator[Change]:
    """Rename the record and change a member's sign; the record is the root cause."""
    return _moved(site, is_right=False)


def _no_repr(field: Field) -> tuple[Root, ...]:
    """Return both roots: the member, and a whole type that has or wraps no `repr`."""
    return tuple(Root(check="repr-missing", member=member) for member in (field.c_name, None))


@kind("tuple for a record", is_wrong=True)
def as_tuple(site: Site) -> Iterator[Change]:
    """Use a tuple, which has no fixed layout even if it happens to have C's."""
    for index, field, record in _held(site):
        if has_no_padding(record, site.records[record.name]):
            types = [member.type for member in record.fields]
            roots = _no_repr(field)
            yield _retyped(site, index, f"({', '.join(types)},)", *roots, every=False)


@kind("record without repr in what wraps it", is_wrong=True)
def unfixed(site: Site) -> Iterator[Change]:
    """Put a record without `repr` into `ManuallyDrop`, a transparent newtype, or an array."""
    for index, field, record in _held(site):
        if not has_no_padding(record, site.records[record.name]):
            continue
        roots = _no_repr(field)
        free = replace(record, name=_FREE, repr=(), methods="")
        only = (Field(name="__0", type=_FREE),)
        newtype = Declaration(
            name="mutant_newtype", kind="struct", repr=("transparent",), fields=only
        )
        for type_, around in (
            (f"::core::mem::ManuallyDrop<{_FREE}>", (free,)),
            ("mutant_newtype", (free, newtype)),
            (f"[{_FREE}; 1]", (free,)),
        ):
            yield _retyped(site, index, type_, *roots, around=around, every=False)


# -- enums -----------------------------------------------------------------------------------------


def _enum(site: Site, *, step: int) -> Iterator[Change]:
    for index, field, _ in site.fields():
        scalar = site.bindings.scalar(field.type)
        if scalar is not None and scalar.enumerators:
            text = render_enum(_ENUM, scalar, step=step)
            enum = Text(name=_ENUM, kind="struct", repr=(), fields=(), text=text)
            yield _retyped(site, index, _ENUM, around=(enum,))


@kind("an enum of another name, a value changed", is_wrong=True)
def wrong_enum(site: Site) -> Iterator[Change]:
    """Change a value of the enum to one that C lacks."""
    return _enum(site, step=1)


@kind("an enum of another name", is_wrong=False)
def renamed_enum(site: Site) -> Iterator[Change]:
    """Rename the enum, with C's values."""
    return _enum(site, step=0)


# -- arrays ----------------------------------------------------------------------------------------


@kind("rows of another length", is_wrong=True)
def regrouped(site: Site) -> Iterator[Change]:
    """Regroup an array's elements, as many in all."""
    for index, field, _ in site.fields():
        outer = site.bindings.array(field.type)
        inner = site.bindings.array(outer[0]) if outer else None
        whole = outer[1] * inner[1] if outer and inner else 0
        for length in range(2, whole):
            if inner and whole % length == 0 and length != inner[1]:
                type_ = f"[[{inner[0]}; {length}]; {whole // length}]"
                yield _retyped(site, index, type_)


# -- callbacks -------------------------------------------------------------------------------------


def _callback(site: Site, *, is_right: bool) -> Iterator[Change]:
    """Yield pointers to functions that take pointers to functions."""
    wrong = (change_sign, integer_for_pointer, lose_result, lose_convention)
    for index, field, c_name in site.fields():
        signature = parse_pointer(site.bindings.resolve(field.type))
        for place, parameter in enumerate(signature.parameters if signature else ()):
            inner = parse_pointer(site.bindings.resolve(parameter.type))
            for make in (other_name, same_convention) if is_right else wrong if inner else ():
                for changed, _ in make(site.bindings, inner) if inner else ():
                    assert signature is not None
                    outer = signature.with_type(place, changed.render_pointer())
                    root = Root(check="member-signature", member=c_name)
                    yield _retyped(site, index, outer.render_pointer(), root)


@kind("a callback's callback of another type", is_wrong=True)
def wrong_callback(site: Site) -> Iterator[Change]:
    """Make the mistakes of callbacks one level deeper."""
    return _callback(site, is_right=False)


@kind("a callback's callback in other words", is_wrong=False)
def callback_alike(site: Site) -> Iterator[Change]:
    """Use equal types and conventions: `i32` for `c_int`, "system" for "C"."""
    return _callback(site, is_right=True)
