"""Handles: named types without a size, which stand behind pointers. Pure."""

from __future__ import annotations

from layoutcheck.judge.idioms import ANYTHING, CORE, bare, name_and_type, see_through, spellings
from layoutcheck.judge.type_reprs import path_of
from layoutcheck.judge.walk.definitions import Definitions
from layoutcheck.judge.walk.parts import is_anything
from layoutcheck.judge.walk.scalars import element_of
from layoutcheck.model.layout import (
    BaseType,
    EnumType,
    FunctionType,
    PointerType,
    RecordLayout,
    Type,
    spell,
)

__all__ = ["handle_words"]


def handle_words(
    c_type: Type | None, c: Type | None, rust: Type | None, definitions: Definitions
) -> tuple[str, str] | None:
    """Return words for two pointees if a handle shows that they differ; `c` is `c_type` stripped.

    They differ in three cases: one side has a handle and the other a pointer or a function; C has
    a pointer to bytes and Rust has the bytes; or the handle has the name of another C record.
    """
    pair = (c, rust)
    kinds = tuple(_pointed_kind(one) for one in pair)
    if any(map(_is_handle, pair)) and not all(map(_is_handle, pair)) and any(kinds):
        words = [kind or f"to {spell(one)}" for kind, one in zip(kinds, pair, strict=True)]
        return words[0], words[1]
    if isinstance(c, PointerType) and _is_bytes(element_of(c.pointee)) and _is_bytes(rust):
        return "to a pointer", "to bytes"
    return _other_record(c_type, rust, definitions)


def _other_record(
    c: Type | None, rust: Type | None, definitions: Definitions
) -> tuple[str, str] | None:
    """Return words for C's record and for a handle with the name of another C record."""
    inner, name = name_and_type(c) if c is not None else (None, None)
    if not isinstance(inner, RecordLayout) or name is None or not _is_handle(rust):
        return None
    path = path_of(rust) or ""
    called = {bare(word) for word in spellings(path.rpartition("::")[2])}
    known = {bare(one) for one in (name, inner.name) if one is not None}
    if not called.isdisjoint(known) or not any(map(definitions.is_tag, called)):
        return None
    return f"to {spell(inner)}", f"to {path}, which has the name of another C record"


def _pointed_kind(type_: Type | None) -> str | None:
    inner = see_through(type_)
    if isinstance(inner, FunctionType):
        return "to a function"
    return "to a pointer" if isinstance(inner, PointerType) else None


def _is_handle(type_: Type | None) -> bool:
    """Return whether a type is a handle: it has a name, and no size here."""
    match type_:
        case RecordLayout(name=str(name), byte_size=0) | EnumType(name=str(name), byte_size=0):
            return name not in ANYTHING and not name.startswith(CORE)
        case _:
            return False


def _is_bytes(type_: Type | None) -> bool:
    return isinstance(type_, BaseType) and type_.byte_size == 1 and is_anything(type_, False)
