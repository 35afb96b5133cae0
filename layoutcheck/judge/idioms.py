"""Idioms of bindings: wrappers, newtypes, unions as structs, bytes for anything.

bindgen's idioms and those of hand-written crates; what pairs with what is in `pairing/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    Member,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
    byte_size_of,
    natural_alignment,
    strip,
)

__all__ = [
    "ANYTHING",
    "anonymous_number",
    "as_record",
    "bare",
    "content_of",
    "is_bindgens_opaque",
    "is_cores",
    "is_filler",
    "is_flexible",
    "is_opaque",
    "is_sizeless",
    "is_stand_in",
    "is_tuple",
    "is_unit",
    "name_and_type",
    "out_of_core",
    "padded_content",
    "see_through",
    "spellings",
    "unit_number",
    "unwrapped",
]

ANONYMOUS: Final = re.compile(r"__bindgen_anon_(\d+)")
PADDING: Final = re.compile(r"(?:\w*_)?(?:pad|padding|reserved|spare|unused)\d*")
BITS: Final = "_bitfield_"
TUPLE_FIELD: Final = re.compile(r"__\d+")
UNION_FIELD: Final = "__BindgenUnionField<"
FLEXIBLE: Final = "__IncompleteArrayField<"
CORE: Final = ("core::", "std::", "alloc::")
ANYTHING: Final = ("core::ffi::c_void", "std::ffi::c_void")
"""The enum that Rust has for C's `void` behind a pointer."""


def anonymous_number(name: str | None) -> int | None:
    """Return the N of bindgen's `__bindgen_anon_N`, by which it names the N-th anonymous member."""
    match = ANONYMOUS.fullmatch(name or "")
    return int(match[1]) if match else None


def spellings(name: str) -> tuple[str, ...]:
    """Return the names in C for which Rust may say `name`, likeliest first: `type_` or `r#type`."""
    return (name, name.removeprefix("r#"), name.rstrip("_"), name.strip("_"))


def bare(name: str) -> str:
    """Return a name without the underscores around it, by which it is only marked."""
    return name.strip("_")


def is_stand_in(member: Member) -> bool:
    """Return whether a member that C does not have is but room: private by its name, or padding."""
    name = member.name or ""
    if name.startswith("_") and not name.startswith(BITS):
        return is_opaque(member.type)
    return PADDING.fullmatch(name) is not None and _is_integers(member.type)


def is_filler(member: Member, c_name: str | None) -> bool:
    """Tell bytes that Rust marks as private by an underscore, which C's name does not have."""
    name, array = member.name or "", strip(member.type)
    element = array
    while isinstance(element, ArrayType):
        element = strip(element.element)
    is_bytes = element is not array and _is_integers(member.type) and byte_size_of(element) == 1
    return is_bytes and name.startswith("_") and name != c_name


def is_tuple(record: RecordLayout) -> bool:
    """Return whether a record is a tuple struct of several fields that have a size."""
    sized = [member for member in record.members if member.bit_size]
    return len(sized) > 1 and all(TUPLE_FIELD.fullmatch(member.name or "") for member in sized)


def is_opaque(type_: Type | None) -> bool:
    """Return whether a type is only filler: integers or pointers, one or an array of them."""
    inner = see_through(type_)
    while isinstance(inner, ArrayType):
        inner = see_through(inner.element)
    return isinstance(inner, PointerType) or (inner is not None and _is_integers(inner))


def is_bindgens_opaque(type_: Type | None) -> bool:
    """Return whether bindgen writes this for a type that C only declares or that has no size."""
    if not isinstance(type_, RecordLayout):
        return False
    return not type_.byte_size or [member.name for member in type_.members] == ["_address"]


def is_flexible(member: Member) -> bool:
    """Return whether a member without a size is a flexible array, and no marker (`_align`)."""
    is_array = isinstance(see_through(member.type), ArrayType)
    return is_array and not member.bit_size and not (member.name or "").startswith("_")


def is_unit(member: Member, *, in_union: bool) -> bool:
    """Return whether a member may be a unit of bits: `_bitfield_N`, or an integer of a name.

    In a union an integer is a variant of its own.
    """
    if (member.name or "").startswith(BITS):
        return True
    return not in_union and not is_stand_in(member) and _is_integers(member.type)


def unit_number(member: Member) -> int:
    """Return the N of bindgen's `_bitfield_N`, by which it names the N-th unit of bits; else 0."""
    number = (member.name or "").removeprefix(BITS)
    return int(number) if number != member.name and number.isdecimal() else 0


def see_through(type_: Type | None) -> Type | None:
    """Return the type without typedefs, qualifiers, and records that only wrap one member.

    Such are `UnsafeCell`, `MaybeUninit`, `NonNull`, atomics, `Option` of what has a niche, and any
    newtype: one member that has a size, at offset 0, as large as the record (the Rust Reference,
    "Type layout", repr(transparent)).
    """
    type_ = strip(type_)
    while isinstance(type_, RecordLayout):
        inner = unwrapped(type_)
        if inner is None:
            break
        type_ = strip(inner.type)
    return type_


def unwrapped(record: RecordLayout) -> Member | None:
    """Return the one member that a record wraps: of its size, or bindgen's flexible array."""
    return _flexible_array(record) or _wrapped(record)


def _flexible_array(record: RecordLayout) -> Member | None:
    """Return the `[T; 0]` in bindgen's `__IncompleteArrayField<T>`."""
    arrays = (m for m in record.members if isinstance(strip(m.type), ArrayType))
    return next(arrays, None) if FLEXIBLE in (record.name or "") else None


def _wrapped(record: RecordLayout) -> Member | None:
    sized = [member for member in record.members if member.bit_size]
    if len(sized) == 1 and sized[0].bit_offset == 0 and sized[0].bit_size == record.byte_size * 8:
        return sized[0]
    return None


def padded_content(type_: Type | None) -> Member | None:
    """Return the one member of a newtype that is aligned on purpose, so that padding follows it.

    Such is `#[repr(align(64))] struct CacheAligned<T>(T)`.
    """
    inner = out_of_core(strip(type_))
    if not isinstance(inner, RecordLayout) or inner.kind != "struct":
        return None
    sized = [member for member in inner.members if member.bit_size]
    if len(sized) != 1 or sized[0].bit_offset or sized[0].bit_size == inner.byte_size * 8:
        return None
    return sized[0] if (inner.alignment or 0) > natural_alignment(sized[0].type) else None


def as_record(rust: RecordLayout, c: RecordLayout, c_names: frozenset[str]) -> RecordLayout:
    """Return the Rust record without its newtypes, and as a union if bindgen means one.

    `c_names` are the names of C's members, and Rust's own for them: what has one of these is a
    member, and no newtype's content.
    Nor is it where C itself has but an anonymous record inside.
    """
    c_inner = _wrapped(c)
    wrapped = None if c_inner is not None and c_inner.name is None else content_of(rust)
    while wrapped is not None and c_names.isdisjoint(spellings(wrapped.name or "")):
        inner = strip(wrapped.type)
        is_newtype = rust.kind == "struct" or is_cores(rust)
        if not is_newtype or not isinstance(inner, RecordLayout) or anonymous_number(wrapped.name):
            break
        # The newtype may be aligned higher, and so be greater.
        rust = replace(inner, alignment=rust.alignment, byte_size=rust.byte_size)
        wrapped = content_of(inner)
    fields = tuple(_union_fields(rust)) if rust.kind == "struct" else ()
    return replace(rust, kind="union", members=fields) if fields else rust


def content_of(record: RecordLayout) -> Member | None:
    """Return the one member of a newtype, also of one that is aligned on purpose."""
    return _wrapped(record) or padded_content(record)


def _union_fields(record: RecordLayout) -> Iterator[Member]:
    """Yield the members of a struct of `__BindgenUnionField<T>` as a union's: each a T."""
    for member in record.members:
        field = strip(member.type)
        if isinstance(field, RecordLayout) and UNION_FIELD in (field.name or ""):
            for type_ in field.type_parameters[:1]:
                size = byte_size_of(type_) * 8
                yield replace(member, type=type_, bit_offset=0, bit_size=size)


def name_and_type(type_: Type) -> tuple[Type | None, str | None]:
    """Return the type without typedefs and qualifiers, and its tag or nearest typedef's name."""
    name, inner = None, type_
    while isinstance(inner, TypedefType | QualifiedType) and inner.target is not None:
        name = inner.name if isinstance(inner, TypedefType) else name
        inner = inner.target
    tag = inner.name if isinstance(inner, RecordLayout) else None
    return inner, tag or name


def is_cores(record: RecordLayout) -> bool:
    """Tell a record of Rust's own libraries from the crate's."""
    return (record.name or "").startswith(CORE)


def out_of_core(type_: Type | None) -> Type | None:
    """Return the type out of the wrappers that Rust's own libraries provide (`UnsafeCell`, ...)."""
    while isinstance(type_, RecordLayout) and is_cores(type_):
        inner = _wrapped(type_)
        if inner is None:
            break
        type_ = strip(inner.type)
    return type_


def _is_integers(type_: Type) -> bool:
    """Return whether a type is an integer or an array of them: filler for anything."""
    inner = see_through(type_)
    while isinstance(inner, ArrayType):
        inner = see_through(inner.element)
    integers = (Encoding.SIGNED, Encoding.UNSIGNED)
    return isinstance(inner, BaseType) and inner.encoding in integers


def is_sizeless(type_: Type | None) -> bool:
    """Return whether nobody has a value of a type: it has no size, or is Rust's `c_void`."""
    match strip(type_):
        case RecordLayout(byte_size=size, is_declaration=is_declaration):
            return is_declaration or not size
        case EnumType(name=name, byte_size=size):
            return name in ANYTHING or not size
        case _:
            return False
