"""Idioms of bindings for C's types: wrappers, newtypes, unions as structs, fillers.

The idioms are bindgen's and those of hand-written crates. `pairing/` has the rules for pairs.
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
"""Rust's enum for C's `void` behind a pointer."""


def anonymous_number(name: str | None) -> int | None:
    """Return the N of `__bindgen_anon_N`, bindgen's name for the N-th anonymous member."""
    match = ANONYMOUS.fullmatch(name or "")
    return int(match[1]) if match else None


def spellings(name: str) -> tuple[str, ...]:
    """Return C's possible names for Rust's `name` (`type_`, `r#type`), likeliest first."""
    return (name, name.removeprefix("r#"), name.rstrip("_"), name.strip("_"))


def bare(name: str) -> str:
    """Return a name without the underscores around it, which only mark it."""
    return name.strip("_")


def is_stand_in(member: Member) -> bool:
    """Return whether a member that C does not have is a filler: private by name, or padding."""
    name = member.name or ""
    if name.startswith("_") and not name.startswith(BITS):
        return is_opaque(member.type)
    return PADDING.fullmatch(name) is not None and _is_integers(member.type)


def is_filler(member: Member, c_name: str | None) -> bool:
    """Return whether a member is bytes under a name with `_` in front, and not C's name."""
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
    """Return whether a type may be a filler: integers or pointers, one or an array of them."""
    inner = see_through(type_)
    while isinstance(inner, ArrayType):
        inner = see_through(inner.element)
    return isinstance(inner, PointerType) or (inner is not None and _is_integers(inner))


def is_bindgens_opaque(type_: Type | None) -> bool:
    """Return whether it is bindgen's type for one that C only declares, or has no size."""
    if not isinstance(type_, RecordLayout):
        return False
    return not type_.byte_size or [member.name for member in type_.members] == ["_address"]


def is_flexible(member: Member) -> bool:
    """Return whether a member without a size is a flexible array, and no marker like `_align`."""
    is_array = isinstance(see_through(member.type), ArrayType)
    return is_array and not member.bit_size and not (member.name or "").startswith("_")


def is_unit(member: Member, *, in_union: bool) -> bool:
    """Return whether a member may be a storage unit: bindgen's `_bitfield_N`, or a named integer.

    In a union, an integer is a variant of its own.
    """
    if (member.name or "").startswith(BITS):
        return True
    return not in_union and not is_stand_in(member) and _is_integers(member.type)


def unit_number(member: Member) -> int:
    """Return the N of `_bitfield_N`, bindgen's name for the N-th storage unit; 0 for others."""
    number = (member.name or "").removeprefix(BITS)
    return int(number) if number != member.name and number.isdecimal() else 0


def see_through(type_: Type | None) -> Type | None:
    """Return the type without typedefs, qualifiers, and records that only wrap one member.

    Such records are `UnsafeCell`, `MaybeUninit`, `NonNull`, atomics, `Option` of a type with a
    niche, and any newtype. A newtype has one member with a size, at offset 0, as large as the
    record (the Rust Reference, "Type layout", repr(transparent)).
    """
    type_ = strip(type_)
    while isinstance(type_, RecordLayout):
        inner = unwrapped(type_)
        if inner is None:
            break
        type_ = strip(inner.type)
    return type_


def unwrapped(record: RecordLayout) -> Member | None:
    """Return the one member that a record wraps: one of its size, or bindgen's flexible array."""
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
    """Return the one member of a newtype with an `align`, behind which padding follows.

    Example: `#[repr(align(64))] struct CacheAligned<T>(T)`.
    """
    inner = out_of_core(strip(type_))
    if not isinstance(inner, RecordLayout) or inner.kind != "struct":
        return None
    sized = [member for member in inner.members if member.bit_size]
    if len(sized) != 1 or sized[0].bit_offset or sized[0].bit_size == inner.byte_size * 8:
        return None
    return sized[0] if (inner.alignment or 0) > natural_alignment(sized[0].type) else None


def as_record(rust: RecordLayout, c: RecordLayout, c_names: frozenset[str]) -> RecordLayout:
    """Return the Rust record out of its newtypes, and as a union where bindgen means one.

    `c_names` are the names of C's members, and Rust's own names for them. A member of such a name
    is not the content of a newtype. A record is not taken as a newtype either if the C record
    has only an anonymous record inside.
    """
    c_inner = _wrapped(c)
    wrapped = None if c_inner is not None and c_inner.name is None else content_of(rust)
    while wrapped is not None and c_names.isdisjoint(spellings(wrapped.name or "")):
        inner = strip(wrapped.type)
        is_newtype = rust.kind == "struct" or is_cores(rust)
        if not is_newtype or not isinstance(inner, RecordLayout) or anonymous_number(wrapped.name):
            break
        # The newtype may have a higher alignment, and so a greater size.
        rust = replace(inner, alignment=rust.alignment, byte_size=rust.byte_size)
        wrapped = content_of(inner)
    fields = tuple(_union_fields(rust)) if rust.kind == "struct" else ()
    return replace(rust, kind="union", members=fields) if fields else rust


def content_of(record: RecordLayout) -> Member | None:
    """Return the one member of a newtype, also of one with an `align`."""
    return _wrapped(record) or padded_content(record)


def _union_fields(record: RecordLayout) -> Iterator[Member]:
    """Yield the members of a struct of bindgen's `__BindgenUnionField<T>`, as members of type T."""
    for member in record.members:
        field = strip(member.type)
        if isinstance(field, RecordLayout) and UNION_FIELD in (field.name or ""):
            for type_ in field.type_parameters[:1]:
                size = byte_size_of(type_) * 8
                yield replace(member, type=type_, bit_offset=0, bit_size=size)


def name_and_type(type_: Type) -> tuple[Type | None, str | None]:
    """Return the type behind typedefs and qualifiers, and its tag or the innermost typedef."""
    name, inner = None, type_
    while isinstance(inner, TypedefType | QualifiedType) and inner.target is not None:
        name = inner.name if isinstance(inner, TypedefType) else name
        inner = inner.target
    tag = inner.name if isinstance(inner, RecordLayout) else None
    return inner, tag or name


def is_cores(record: RecordLayout) -> bool:
    """Return whether a record belongs to Rust's own libraries."""
    return (record.name or "").startswith(CORE)


def out_of_core(type_: Type | None) -> Type | None:
    """Return the type out of the wrappers of Rust's own libraries (`UnsafeCell`, ...)."""
    while isinstance(type_, RecordLayout) and is_cores(type_):
        inner = _wrapped(type_)
        if inner is None:
            break
        type_ = strip(inner.type)
    return type_


def _is_integers(type_: Type) -> bool:
    """Return whether a type is an integer or an array of integers."""
    inner = see_through(type_)
    while isinstance(inner, ArrayType):
        inner = see_through(inner.element)
    integers = (Encoding.SIGNED, Encoding.UNSIGNED)
    return isinstance(inner, BaseType) and inner.encoding in integers


def is_sizeless(type_: Type | None) -> bool:
    """Return whether a type has no values: it has no size, or is Rust's `c_void`."""
    match strip(type_):
        case RecordLayout(byte_size=size, is_declaration=is_declaration):
            return is_declaration or not size
        case EnumType(name=name, byte_size=size):
            return name in ANYTHING or not size
        case _:
            return False
