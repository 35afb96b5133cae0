"""Mistakes in the type of a parameter, a result or a variable.

A record, a callback, an enum, rows of an array: each of these places has the same mistakes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from tests.mutation.declarations import Scalar
from tests.mutation.kinds import ItemChange, Root
from tests.mutation.places import Place, of_places
from tests.mutation.records import has_no_padding, render_enum, twin_of, with_other_sign
from tests.mutation.signatures import (
    Mutated,
    Signature,
    change_sign,
    drop_last,
    integer_for_pointer,
    lose_convention,
    lose_result,
    other_name,
    parse_pointer,
    same_convention,
    widen,
)

__all__: list[str] = []

_FREE: Final = "mutant_free"
_MOVED: Final = "mutant_moved"
_ENUM: Final = "mutant_enum"
_NEWTYPE: Final = "mutant_newtype"
_EXTENDED: Final = 4
"""Scalars of fewer bytes are extended where they are passed (SysV amd64)."""


# -- records ---------------------------------------------------------------------------------------


@of_places("another record of the same size", is_wrong=True)
def twin(place: Place) -> Iterator[ItemChange]:
    """Use another record of the same size, by value or behind a pointer."""
    found = place.record()
    other = twin_of(found[0], place.site.records, place.site.named) if found else None
    if found and other:
        yield place.change(f"{found[1]}{other}")


@of_places("a number or bytes for a record", is_wrong=True, values_only=True)
def bytes_for_record(place: Place) -> Iterator[ItemChange]:
    """Use bytes or an integer of the record's size."""
    found = place.record()
    if found and not found[1]:
        size = place.site.records[found[0].name].byte_size
        yield place.change(f"[u8; {size}]")
        if size in {1, 2, 4, 8}:
            yield place.change(f"u{8 * size}")


def _generic(place: Place, *, is_right: bool) -> Iterator[ItemChange]:
    """Yield a record that has one member's type as an argument."""
    found = place.record()
    for index, type_, _ in with_other_sign(place.site.bindings, found[0]) if found else ():
        assert found is not None
        record = replace(found[0].with_type(index, "T"), name="mutant_generic<T>", methods="")
        argument = found[0].fields[index].type if is_right else type_
        yield place.change(f"{found[1]}mutant_generic<{argument}>", record.render())


@of_places("a generic of another argument", is_wrong=True)
def wrong_generic(place: Place) -> Iterator[ItemChange]:
    """Use a generic record whose argument has the other sign of a member."""
    return _generic(place, is_right=False)


@of_places("a generic of the right argument", is_wrong=False)
def right_generic(place: Place) -> Iterator[ItemChange]:
    """Use a generic record with the right argument, in place of C's record."""
    return _generic(place, is_right=True)


@of_places("a record of a name that C does not have", is_wrong=False)
def moved(place: Place) -> Iterator[ItemChange]:
    """Rename the record to one that C lacks; it is compared at its place."""
    found = place.record()
    if found:
        record = replace(found[0], name=_MOVED, methods="")
        yield place.change(f"{found[1]}{_MOVED}", record.render())


@of_places("a wrong record of a name that C does not have", is_wrong=True)
def wrong_moved(place: Place) -> Iterator[ItemChange]:
    """Rename the record and change a member's sign; the record is the root cause."""
    found = place.record()
    for index, type_, c_name in with_other_sign(place.site.bindings, found[0]) if found else ():
        assert found is not None
        record = replace(found[0].with_type(index, type_), name=_MOVED, methods="")
        root = Root(check="member-type", member=c_name)
        yield place.change(f"{found[1]}{_MOVED}", record.render(), root)


@of_places("a wrong record of C's name", is_wrong=True)
def wrong_record(place: Place) -> Iterator[ItemChange]:
    """Change the record; the mismatch of the place is a consequence."""
    found = place.record()
    for index, type_, c_name in with_other_sign(place.site.bindings, found[0]) if found else ():
        assert found is not None
        record = replace(found[0].with_type(index, type_), methods="")
        root = Root(check="member-type", member=c_name)
        yield place.change(f"{found[1]}{record.name}", record.render(), root)


@of_places("a record of no fixed layout", is_wrong=True)
def unfixed(place: Place) -> Iterator[ItemChange]:
    """Use by value a tuple, or a struct without `repr` inside a wrapper."""
    found = place.record()
    if found and not found[1] and has_no_padding(found[0], place.site.records[found[0].name]):
        types = [field.type for field in found[0].fields]
        own = Root(check="repr-missing", member=None)
        yield place.change(f"({', '.join(types)},)", "", place.no_repr())
        text = replace(found[0], name=_FREE, repr=(), methods="").render()
        wrapped = f"::core::mem::ManuallyDrop<{_FREE}>"
        yield replace(place.change(wrapped, text, own, place.no_repr()), every=False)
        text += f"#[repr(transparent)]\npub struct {_NEWTYPE}(pub {_FREE});\n"
        unknown = Root(check="indeterminate", member=f"*{_NEWTYPE}*")
        roots = (own, place.no_repr(), unknown)
        yield replace(place.change(_NEWTYPE, text, *roots), every=False)


# -- scalars and enums -----------------------------------------------------------------------------


def _scalar(place: Place) -> Iterator[Scalar]:
    scalar = place.site.bindings.scalar(place.type)
    if scalar is not None:
        yield scalar


@of_places("a repr(C) newtype for a scalar", is_wrong=True, values_only=True)
def record_for_scalar(place: Place) -> Iterator[ItemChange]:
    """Use a `repr(C)` newtype, which is not extended like a scalar; the newtype is unchecked."""
    unknown = Root(check="indeterminate", member=f"*{_NEWTYPE}*")
    for scalar in _scalar(place):
        if scalar.byte_size >= _EXTENDED:
            continue
        text = f"#[repr(C)]\npub struct {_NEWTYPE}(pub {scalar.spell()});\n"
        yield place.change(_NEWTYPE, text, place.root, unknown)


@of_places("a repr(C) newtype for a whole register", is_wrong=False, values_only=True)
def record_for_register(place: Place) -> Iterator[ItemChange]:
    """Use a `repr(C)` newtype of a scalar that needs no extension: equal on amd64."""
    for scalar in _scalar(place):
        if scalar.byte_size >= _EXTENDED:
            text = f"#[repr(C)]\npub struct {_NEWTYPE}(pub {scalar.spell()});\n"
            yield place.change(_NEWTYPE, text)


@of_places("a slice for a pointer", is_wrong=True)
def slice_for_pointer(place: Place) -> Iterator[ItemChange]:
    """Use a slice, which Rust points to with two words."""
    if place.site.bindings.resolve(place.type).startswith(("*mut ", "*const ")):
        yield place.change("*mut [u8]")


@of_places("a transparent newtype for a scalar", is_wrong=False)
def newtype_for_scalar(place: Place) -> Iterator[ItemChange]:
    """Use a transparent newtype, which is passed like its scalar."""
    for scalar in _scalar(place):
        text = f"#[repr(transparent)]\npub struct {_NEWTYPE}(pub {scalar.spell()});\n"
        yield place.change(_NEWTYPE, text)


@of_places("u8 for a signed char", is_wrong=True, values_only=True)
def byte_for_char(place: Place) -> Iterator[ItemChange]:
    """Use `u8` for a signed char, which is extended by its sign."""
    for scalar in _scalar(place):
        if scalar.is_char:
            yield place.change("u8")


def _enum(place: Place, *, step: int) -> Iterator[ItemChange]:
    """Yield a Rust enum with its own names; its highest value is `step` more than in C."""
    for scalar in _scalar(place):
        if scalar.enumerators:
            yield place.change(_ENUM, render_enum(_ENUM, scalar, step=step))


@of_places("an enum of another name, a value changed", is_wrong=True, values_only=True)
def wrong_enum(place: Place) -> Iterator[ItemChange]:
    """Change a value of the enum to one that C lacks."""
    return _enum(place, step=1)


@of_places("an enum of another name", is_wrong=False, values_only=True)
def renamed_enum(place: Place) -> Iterator[ItemChange]:
    """Rename the enum, with C's values."""
    return _enum(place, step=0)


# -- arrays ----------------------------------------------------------------------------------------


@of_places("an array in rows", is_wrong=False)
def in_rows(place: Place) -> Iterator[ItemChange]:
    """Regroup the elements in other rows, at the same offsets."""
    array = place.site.bindings.array(place.type)
    if array and array[1] and array[1] % 2 == 0:
        yield place.change(f"[[{array[0]}; 2]; {array[1] // 2}]")


# -- callbacks -------------------------------------------------------------------------------------

_Change: TypeAlias = Callable[..., Iterator[Mutated]]


def _callback(place: Place, *makers: _Change) -> Iterator[ItemChange]:
    bindings = place.site.bindings
    signature: Signature | None = parse_pointer(bindings.resolve(place.type))
    for make in makers if signature else ():
        for changed, _ in make(bindings, signature):
            yield place.change(changed.render_pointer())


@of_places("a callback's parameter of another type", is_wrong=True)
def callback_parameter(place: Place) -> Iterator[ItemChange]:
    """Change a parameter's width or sign, or use an integer for a pointer."""
    return _callback(place, widen, change_sign, integer_for_pointer)


@of_places("a callback's parameter or result lost", is_wrong=True)
def callback_count(place: Place) -> Iterator[ItemChange]:
    """Drop the callback's last parameter, or its result."""
    return _callback(place, drop_last, lose_result)


@of_places("a callback of Rust's convention", is_wrong=True)
def callback_convention(place: Place) -> Iterator[ItemChange]:
    """Use Rust's own convention, which is not fixed."""
    return _callback(place, lose_convention)


@of_places("a callback in other words", is_wrong=False)
def callback_alike(place: Place) -> Iterator[ItemChange]:
    """Use equal types and conventions: `i32` for `c_int`, "system" for "C"."""
    return _callback(place, other_name, same_convention)
