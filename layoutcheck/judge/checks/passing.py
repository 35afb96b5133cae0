"""A C type and the Rust type in its place -> in what they are passed or held unlike: no check.

What `parameter-type`, `result-type` and `static-type` have in common.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from layoutcheck.judge.checks.member_type import type_difference
from layoutcheck.judge.idioms import is_opaque, name_and_type, see_through
from layoutcheck.layout import (
    ArrayType,
    BaseType,
    EnumType,
    FunctionType,
    PointerType,
    RecordLayout,
    Type,
    byte_size_of,
    spell,
    strip,
)

__all__ = ["Words", "is_sizeless", "passing_difference", "undefined_enums"]

Words: TypeAlias = tuple[str, str]
"""What C says, and what Rust says."""

_ANYTHING: Final = ("core::ffi::c_void", "std::ffi::c_void")


def passing_difference(c: Type | None, rust: Type | None) -> Words | None:
    """In what the two types differ for whoever passes a value of them; None for `void`.

    Pointers are compared by what they point to, but not further.
    """
    words = _difference(c, rust)
    if words is None:
        return None
    return f"{spell(c)} ({words[0]})", f"{spell(rust)} ({words[1]})"


def undefined_enums(c: Type | None) -> Iterator[str]:
    """What of a C type, or of a function's, cannot be compared: enums that are only declared.

    C has no such thing; to clang and gcc it is one that is yet to be defined.
    """
    if isinstance(c, FunctionType):
        parts = [(f"parameter {number}", type_) for number, type_ in enumerate(c.parameters, 1)]
        for what, type_ in (*parts, ("the result", c.result)):
            yield from (f"{what} is {said}" for said in undefined_enums(type_))
    elif _is_undefined(strip(c)):
        yield f"{spell(c)}, which the headers only declare"


def is_sizeless(type_: Type | None) -> bool:
    """Whether nobody has a value of a type: it has no size, or is Rust's `c_void`."""
    match strip(type_):
        case RecordLayout(byte_size=size, is_declaration=is_declaration):
            return is_declaration or not size
        case EnumType(name=name, byte_size=size):
            return name in _ANYTHING or not size
        case _:
            return False


def _is_undefined(type_: Type | None) -> bool:
    return isinstance(type_, EnumType) and not type_.byte_size


def _difference(c: Type | None, rust: Type | None) -> Words | None:
    c_inner, rust_inner = see_through(c), see_through(rust)
    if _is_undefined(c_inner):
        return None
    if _is_nothing(c_inner) or _is_nothing(rust_inner):
        same = _is_nothing(c_inner) and _is_nothing(rust_inner)
        return None if same else (_presence(c_inner), _presence(rust_inner))
    if isinstance(c_inner, PointerType) and isinstance(rust_inner, PointerType):
        return _behind(c_inner.pointee, rust_inner.pointee)
    sizes = byte_size_of(c), byte_size_of(rust)
    if sizes[0] != sizes[1]:
        return f"{sizes[0]} bytes", f"{sizes[1]} bytes"
    if isinstance(strip(c), RecordLayout) and is_opaque(rust):
        return None  # room for a record, such as the u32 that bindgen has for armv7's va_list
    assert c is not None  # noqa: S101 - it is not nothing
    assert rust is not None  # noqa: S101
    return type_difference(c, rust)


def _is_nothing(type_: Type | None) -> bool:
    """`void`, and Rust's `()` and `!`."""
    return type_ is None or (isinstance(type_, BaseType) and not type_.byte_size)


def _presence(type_: Type | None) -> str:
    return "nothing" if _is_nothing(type_) else f"{byte_size_of(type_)} bytes"


def _behind(c: Type | None, rust: Type | None) -> Words | None:
    """In what two types that are pointed to differ.

    What says less than the other says nothing wrong: `void`, bytes, a type without a size. Records
    are judged where they are declared: here only that it is not another one.
    """
    c_inner, rust_inner = _pointed(c), _pointed(rust)
    if _is_anything(c_inner) or _is_anything(rust_inner):
        return None
    functions = [isinstance(t, FunctionType) for t in (c_inner, rust_inner)]
    if any(functions):
        words = ["to a function" if is_function else "to data" for is_function in functions]
        return None if all(functions) else (words[0], words[1])
    c_record, rust_record = (isinstance(t, RecordLayout) for t in (c_inner, rust_inner))
    sizes = byte_size_of(c_inner), byte_size_of(rust_inner)
    if sizes[0] != sizes[1]:
        if c_record and rust_record and _are_namesakes(c, rust_inner):
            return None
        return f"to {sizes[0]} bytes", f"to {sizes[1]} bytes"
    if c_record or rust_record or None in (c_inner, rust_inner):
        return None
    assert c_inner is not None  # noqa: S101 - looked at above
    assert rust_inner is not None  # noqa: S101
    pointers = [isinstance(t, PointerType) for t in (c_inner, rust_inner)]
    unlike = None if all(pointers) else type_difference(c_inner, rust_inner)
    return unlike and (f"to {unlike[0]}", f"to {unlike[1]}")


def _pointed(type_: Type | None) -> Type | None:
    """What is pointed to; of an array its element, to which C's pointer points."""
    inner = strip(type_)
    while isinstance(inner, ArrayType):
        inner = strip(inner.element)
    return inner


def _is_anything(type_: Type | None) -> bool:
    """Whether a pointer to this says nothing of what is there."""
    match type_:
        case None:
            return True
        case EnumType(name=name, byte_size=size):
            return name in _ANYTHING or not size
        case BaseType(byte_size=size):
            return size <= 1
        case RecordLayout(byte_size=size):
            return not size
        case _:
            return False


def _are_namesakes(c: Type | None, rust: Type | None) -> bool:
    """Whether a record of Rust is called as C's tag or typedef is, but for the case of letters."""
    tag = name_and_type(c)[1] if c is not None else None
    name = rust.name if isinstance(rust, RecordLayout) else None
    return _plain(tag) == _plain((name or "").rpartition("::")[2])


def _plain(name: str | None) -> str:
    return (name or "").replace("_", "").lower()
