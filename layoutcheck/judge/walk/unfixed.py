"""Find the type without a fixed layout by which a Rust type stands for C's."""

from __future__ import annotations

from typing import TypeAlias

from layoutcheck.judge.idioms import name_and_type, spellings, unwrapped
from layoutcheck.judge.type_reprs import OPTION, Reprs, is_part_of_library, path_of
from layoutcheck.judge.walk.definitions import Definitions
from layoutcheck.model.layout import (
    ArrayType,
    EnumType,
    PointerType,
    RecordLayout,
    Type,
    byte_size_of,
    strip,
)

__all__ = ["Unfixed", "find_unfixed"]

Unfixed: TypeAlias = RecordLayout | EnumType


def find_unfixed(
    c: Type | None, rust: Type | None, reprs: Reprs, definitions: Definitions
) -> Unfixed | None:
    """Return the type without a fixed layout that a Rust type is, holds or points to.

    The type may also be one whose layout is not known to be fixed. Return None if there is none. A
    type that is held by value counts, also in arrays and wrappers. A type behind a pointer counts
    if it has the name of the record that C's pointer leads to. A type without a size does not
    count.
    """
    inner, holder = strip(rust), None
    while inner is not None:
        if isinstance(inner, RecordLayout):
            inner = definitions.of_rust(inner)
        if isinstance(inner, RecordLayout | EnumType) and not is_part_of_library(holder, inner):
            if not _is_fixed(inner, reprs):
                return inner if byte_size_of(inner) else None
            holder = inner if isinstance(inner, RecordLayout) else None
        if isinstance(inner, ArrayType):
            inner = strip(inner.element)
        elif isinstance(inner, RecordLayout):
            content = unwrapped(inner)
            inner = None if content is None else strip(content.type)
        elif isinstance(inner, PointerType):
            pointee = definitions.out_of_core(inner.pointee)
            return _pointee(strip(c), pointee, reprs)
        else:
            return None
    return None


def _is_fixed(rust: Unfixed, reprs: Reprs) -> bool:
    """Return whether a type's own layout is fixed, apart from the layout of its content.

    A newtype of which nothing is known has the layout of its content. Example: `bitflags!` declares
    one inside a constant, where rustdoc does not see it. An Option of an enum counts as fixed: None
    is a value that no variant has, and C does not name that value either.
    """
    said = reprs.of(rust)
    content = unwrapped(rust) if isinstance(rust, RecordLayout) else None
    if said in {"fixed", "transparent"} or content is None:
        return said in {"fixed", "transparent"}
    return said is None or (path_of(rust) == OPTION and isinstance(strip(content.type), EnumType))


def _pointee(c: Type | None, rust: Type | None, reprs: Reprs) -> RecordLayout | None:
    if not isinstance(c, PointerType) or c.pointee is None or not isinstance(rust, RecordLayout):
        return None
    _, tag = name_and_type(c.pointee)
    is_cs = tag is not None and tag in spellings((path_of(rust) or "").rpartition("::")[2])
    return rust if is_cs and reprs.of(rust) == "free" and byte_size_of(rust) else None
