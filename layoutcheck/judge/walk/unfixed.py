"""A Rust type -> the type of no fixed layout by which it stands for C's."""

from __future__ import annotations

from typing import TypeAlias, TypeGuard

from layoutcheck.judge.idioms import has_fixed_layout, name_and_type, spellings, unwrapped
from layoutcheck.judge.walk.definitions import Definitions
from layoutcheck.judge.walk.differences import RustFacts
from layoutcheck.layout import (
    ArrayType,
    EnumType,
    PointerType,
    RecordLayout,
    Type,
    byte_size_of,
    strip,
)

__all__ = ["find_unfixed", "is_unfixed", "is_without_repr"]

Named: TypeAlias = RecordLayout | EnumType


def find_unfixed(
    c: Type | None, rust: Type | None, facts: RustFacts, definitions: Definitions
) -> Named | None:
    """Return the type of no fixed layout that a Rust type is, holds or points to; else None.

    Held by value, also in arrays and in what wraps it; or behind a pointer, if it has the name of
    the record that C's points to. What has no size takes no part.
    """
    inner = strip(rust)
    while inner is not None:
        if is_unfixed(inner, facts):
            return inner if byte_size_of(inner) else None
        if isinstance(inner, ArrayType):
            inner = strip(inner.element)
        elif isinstance(inner, RecordLayout):
            content = unwrapped(definitions.of_rust(inner))
            inner = None if content is None else strip(content.type)
        elif isinstance(inner, PointerType):
            return _pointee(strip(c), strip(inner.pointee), facts, definitions)
        else:
            return None
    return None


def is_unfixed(rust: Type | None, facts: RustFacts) -> TypeGuard[Named]:
    """Whether rustc may lay a type out as it likes."""
    if not isinstance(rust, RecordLayout | EnumType):
        return False
    return is_without_repr(rust, facts) or not has_fixed_layout(rust.name or "")


def is_without_repr(rust: Named, facts: RustFacts) -> bool:
    """Whether a type is declared without a `repr`: tuples and wide pointers are not declared."""
    return _base(rust) in facts.without_repr


def _pointee(
    c: Type | None, rust: Type | None, facts: RustFacts, definitions: Definitions
) -> Named | None:
    if not isinstance(c, PointerType) or c.pointee is None:
        return None
    if not is_unfixed(rust, facts):
        return None
    _, tag = name_and_type(c.pointee)
    is_cs = tag is not None and tag in spellings(_base(rust).rpartition("::")[2])
    whole = definitions.of_rust(rust) if isinstance(rust, RecordLayout) else rust
    return rust if is_cs and byte_size_of(whole) else None


def _base(type_: Named) -> str:
    """Return a Rust type's path without the arguments of a generic."""
    return (type_.name or "").partition("<")[0]
