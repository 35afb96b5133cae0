"""Find the types of the crate that are skipped, and the reason. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from layoutcheck.bindings.rustdoc.surface_type import SurfaceType
from layoutcheck.judge.idioms import spellings
from layoutcheck.manifest.reader import Manifest, names_path
from layoutcheck.model.layout import RecordLayout, strip
from layoutcheck.model.verdict import Aside, SetAside

__all__ = ["BINDGEN_OPAQUE", "NamedRecord", "aside_of_type", "is_declaration", "member_names"]

BINDGENS: Final = ("__bindgen_anon_", "_bitfield_")
"""Beginnings of bindgen's names for anonymous members and for storage units."""

BINDGEN_OPAQUE: Final = ("_address",)
"""Names of the members, one byte, that bindgen gives to a type which C only declares."""


NamedRecord: TypeAlias = tuple[str, RecordLayout]
"""C's name of a record, and the record."""


def is_declaration(type_: SurfaceType, rust: RecordLayout | None) -> bool:
    """Return whether it is bindgen's type for one that C only declares."""
    return type_.fields == BINDGEN_OPAQUE and rust is not None and rust.byte_size == 1


def aside_of_type(
    manifest: Manifest,
    type_: SurfaceType,
    known: Mapping[str, RecordLayout],
    named: Mapping[str, NamedRecord],
) -> SetAside | None:
    """Return why a type is skipped, or None; `known` are Rust's records, `named` C's, by path."""
    path, rust = type_.rust_path, known.get(type_.rust_path)
    c = named[path][1] if path in named else None
    may_be_opaque = type_.opaque or (type_.is_foreign and rust is not None)
    has_no_size = may_be_opaque and (rust is None or not rust.byte_size)
    why: Aside | None = None
    if not type_.repr and (c is None or not _is_meant(manifest, type_, c, rust)):
        why = "not in C"
    elif type_.generic:
        why = "generic"
    elif has_no_size and c is not None and _names_a_member(type_, c):
        pass  # not meant as opaque: a member that has a size in C has none in Rust
    elif has_no_size or (c is None and is_declaration(type_, rust)):
        why = "opaque"
    elif c is None and type_.of is not None:
        why = "not in C" if type_.is_alias else "another name"
    if why is None:
        return None
    return SetAside(rust_path=path, why=why, rust_location=type_.location, kind=type_.subject)


def _is_meant(
    manifest: Manifest, type_: SurfaceType, c: RecordLayout, rust: RecordLayout | None
) -> bool:
    """Return whether a type without `repr` stands for the C record of its name.

    It does if more of its fields have the name of a C member than have not. A method counts like a
    field if it may read a bit-field and has the name of a C member. A name with `_` in front does
    not count as unlike. bindgen's
    names for anonymous members and storage units count as alike. For a type of another crate,
    equal numbers are enough; a type without named fields then stands for C's by its own name.
    """
    renames = member_names(manifest, type_.rust_path)
    members = frozenset(_names_in(c))
    alike = unlike = 0
    fields = type_.fields if not type_.is_foreign or rust is None else _names_in(rust)
    getters = (m.name for m in type_.methods if m.verb == "reads" and m.why_not is None)
    for name in (*fields, *(n for n in getters if n in members)):
        if not members.isdisjoint((renames.get(name, name), *spellings(name))):
            alike += 1
        elif not name.startswith("_"):
            unlike += 1
        elif name.startswith(BINDGENS):
            alike += 1
    return alike >= unlike if type_.is_foreign else alike > unlike


def _names_a_member(type_: SurfaceType, c: RecordLayout) -> bool:
    """Return whether a field has exactly the name of a C member that has a size."""
    return any(member.bit_size and member.name in type_.fields for member in c.members)


def _names_in(record: RecordLayout) -> Iterator[str]:
    """Yield the names of a record's members, and of the members of its anonymous ones."""
    for member in record.members:
        inner = strip(member.type)
        if member.name is not None:
            yield member.name
        elif isinstance(inner, RecordLayout):
            yield from _names_in(inner)


def member_names(manifest: Manifest, rust_path: str) -> Mapping[str, str]:
    """Return the manifest's C names for the members of a type, by their Rust names."""
    return {
        rename.member: rename.c
        for rename in manifest.renames
        if rename.member is not None and names_path(rename.rust, rust_path)
    }
